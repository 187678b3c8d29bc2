"""What a price can be, in each table of prices."""

from __future__ import annotations

import math
from typing import Any

import pytest

from northsouth.alerts.alarm_cost import AlarmPrices
from northsouth.alerts.history import HistoryPrices
from northsouth.egress import Prices
from northsouth.errors import ConfigurationError

TABLES = {AlarmPrices: "metric", HistoryPrices: "firehose_gb", Prices: "nat_gateway_hour"}
"""Each table of prices, and a price in it."""


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("value", [-0.01, math.nan, math.inf, "0.05", True, None, (0.05,)])
def test_a_price_is_a_number_not_below_zero(table: type[Any], value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"- {TABLES[table]}: got "):
        table(**{TABLES[table]: value})


@pytest.mark.parametrize("table", TABLES)
def test_nothing_may_be_free_and_text_is_text(table: type[Any]) -> None:
    assert getattr(table(**{TABLES[table]: 0}), TABLES[table]) == 0
    with pytest.raises(ConfigurationError, match="as_of: got 2026; it is text"):
        table(as_of=2026)
