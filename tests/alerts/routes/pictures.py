"""Draws docs/images/routes-*.png: what Slack, Teams and Discord show of one alarm, from the bodies that they are sent.

``python -m tests.alerts.routes.pictures``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.alerts.routes import drawn
from tests.alerts.routes.messages import REASON, alarm, notified
from tests.alerts.routes.receivers import DISCORD, SLACK, TEAMS
from tests.alerts.routes.running import told
from tests.alerts.status.browser import chromium

FOLDER = Path(__file__).parents[3] / "docs" / "images"
DESCRIPTION = """[critical] NAT gateways drop packets
Measured: Sum of PacketsDropCount > 1000 for 2 of 3 periods of 1 min.
Why it matters: connections that leave the network hang or break
No data counts as good.
Runbook: https://wiki.example.com/alerts/nat#dropped-packets"""
ENDED = REASON.replace("were greater", "were not greater").replace("1423.5", "3.0").replace("1202.0", "0.0")
STYLE = f"""
body {{ margin: 0; padding: 16px; width: 448px; font: 12px/1.4 "Liberation Sans", Arial, sans-serif; }}
{drawn.STYLE}"""
RECEIVERS = {
    "slack": replace(SLACK, note="Ask in #network."),
    "teams": replace(TEAMS, note="Ask in #network."),
    "discord": replace(DISCORD, note="Ask in #network."),
}


def page(name: str) -> str:
    """Return the HTML of a service: the alarm is raised, and it is over (not of Discord, whose messages are long)."""
    changes = (
        alarm(description=DESCRIPTION),
        alarm(now="OK", before="ALARM", description=DESCRIPTION, reason=ENDED, changed="2026-11-22T01:52:30.123+0000"),
    )
    wanted = changes[:1] if name == "discord" else changes
    bodies = [json.loads(told(RECEIVERS[name], notified(change)) or "") for change in wanted]
    messages = "".join(drawn.message(drawn.DRAW[name](body)) for body in bodies)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body class="{name}">{messages}</body>'


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name in RECEIVERS:
            tab = browser.new_page(viewport={"width": 480, "height": 400})
            tab.set_content(page(name))
            tab.screenshot(path=FOLDER / f"routes-{name}.png", full_page=True)


if __name__ == "__main__":
    main()
