"""Draws docs/images/routes-*.png: what Slack, Teams and Discord show of one alarm, from the bodies that they are sent.

``python -m tests.alerts.routes.pictures``. The services draw them in their own way; this is HTML that looks alike, one
function a service, which takes the body and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

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
STYLE = """
.dot { display: inline-block; width: .8em; height: .8em; border-radius: 50%; background: #dd2e44; }
.dot.good { background: #78b159; }
body { margin: 0; padding: 16px; width: 448px; font: 12px/1.4 "Liberation Sans", Arial, sans-serif; }
.message { display: flex; gap: 10px; margin-bottom: 16px; }
.message:last-child { margin-bottom: 0; }
.face { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #611f69; }
.who { font-weight: 700; } .who span { font-weight: 400; font-size: 12px; opacity: .7; margin-left: 6px; }
h3 { font-size: 15px; margin: 4px 0; } p { margin: 2px 0; white-space: pre-wrap; }
a { text-decoration: none; }
.slack { color: #1d1c1d; } .slack a { color: #1264a3; }
.teams { background: #f5f5f5; color: #242424; }
.teams .card { background: #fff; border: 1px solid #e0e0e0; border-radius: 6px; padding: 12px 16px; flex: 1; }
.teams .face { background: #4b53bc; border-radius: 50%; } .attention { color: #c4314b; } .good { color: #237b4b; }
.teams button { font: inherit; font-weight: 600; background: #fff; border: 1px solid #d1d1d1; border-radius: 4px;
  padding: 4px 14px; margin: 10px 8px 0 0; }
.discord { background: #313338; color: #dbdee1; } .discord a { color: #00a8fc; }
.discord .face { background: #5865f2; border-radius: 50%; }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 10px 16px; flex: 1; }
.embed small { font-weight: 600; } .embed b { display: block; color: #f2f3f5; margin-top: 6px; }
"""


def slack(body: Mapping[str, Any]) -> str:
    """Draw the blocks of a message."""
    lines = []
    for block in body["blocks"]:
        if block["type"] == "header":
            lines.append(f"<h3>{escape(block['text']['text'])}</h3>")
            continue
        (section,) = block["elements"]
        lines.append(f"<p>{''.join(map(_slack_element, section['elements']))}</p>")
    return f'<div><div class="who">alerts<span>APP 01:29</span></div>{"".join(lines)}</div>'


def _slack_element(element: Mapping[str, Any]) -> str:
    text = escape(element["text"])
    if element["type"] == "link":
        return f'<a href="{escape(element["url"])}">{text}</a>'
    return f"<strong>{text}</strong>" if element.get("style", {}).get("bold") else text


def teams(body: Mapping[str, Any]) -> str:
    """Draw the Adaptive Card of a message."""
    card = body["attachments"][0]["content"]
    lines = []
    for block in card["body"]:
        runs = "".join(_text_run(run) for run in block["inlines"])
        lines.append(f"<p>{runs}</p>")
    actions = "".join(f"<button>{escape(action['title'])}</button>" for action in card["actions"])
    return f'<div class="card">{"".join(lines)}{actions}</div>'


def _text_run(run: Mapping[str, Any]) -> str:
    size = "font-size: 15px" if run.get("size") == "large" else ""
    weight = "font-weight: 600" if run.get("weight") == "bolder" else ""
    return f'<span class="{run.get("color", "")}" style="{size};{weight}">{escape(run["text"])}</span>'


def discord(body: Mapping[str, Any]) -> str:
    """Draw the embed of a message."""
    (embed,) = body["embeds"]
    fields = "".join(f"<b>{escape(f['name'])}</b><p>{_markdown(f['value'])}</p>" for f in embed["fields"])
    head = f"<small>{escape(embed['author']['name'])}</small><h3>{_markdown(embed['title'])}</h3>"
    return f'<div class="embed" style="border-color: #{embed["color"]:06x}">{head}{fields}</div>'


def _markdown(text: str) -> str:
    if link := re.fullmatch(r"\[(.+)\]\(<(.+)>\)", text):
        return f'<a href="{escape(link[2])}">{escape(link[1])}</a>'
    return escape(re.sub(r"\\(.)", r"\1", text))


DRAWN: dict[str, tuple[Any, Callable[[Mapping[str, Any]], str]]] = {
    "slack": (replace(SLACK, note="Ask in #network."), slack),
    "teams": (replace(TEAMS, note="Ask in #network."), teams),
    "discord": (replace(DISCORD, note="Ask in #network."), discord),
}


def page(name: str) -> str:
    """Return the HTML of a service: the alarm is raised, and it is over (not of Discord, whose messages are long)."""
    receiver, draw = DRAWN[name]
    changes = (
        alarm(description=DESCRIPTION),
        alarm(now="OK", before="ALARM", description=DESCRIPTION, reason=ENDED, changed="2026-11-22T01:52:30.123+0000"),
    )
    wanted = changes[:1] if name == "discord" else changes
    shown = [draw(json.loads(told(receiver, notified(change)) or "")) for change in wanted]
    # A container may have no font for emoji.
    for mark, kind in (("\N{LARGE RED CIRCLE}", "dot"), ("\N{LARGE GREEN CIRCLE}", "dot good")):
        shown = [each.replace(mark, f'<i class="{kind}"></i>') for each in shown]
    messages = "".join(f'<div class="message"><div class="face"></div>{each}</div>' for each in shown)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body class="{name}">{messages}</body>'


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name in DRAWN:
            tab = browser.new_page(viewport={"width": 480, "height": 400})
            tab.set_content(page(name))
            tab.screenshot(path=FOLDER / f"routes-{name}.png", full_page=True)


if __name__ == "__main__":
    main()
