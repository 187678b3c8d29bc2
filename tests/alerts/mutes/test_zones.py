"""Time zones that there are."""

from __future__ import annotations

import pytest

from northsouth.alerts.mutes.zones import ZoneError, zone


@pytest.mark.parametrize("name", ["Mars/Olympus", "+01:03", "+19:00", "+05:65", "../etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ZoneError, match="time zone"):
        zone(name)
