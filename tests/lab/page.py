"""The receiver's page: what is going on, and each message as Slack, Teams and Discord show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tests.alerts.routes import drawn
from tests.lab.receiver import SERVICES, Inbox, Message


@dataclass(frozen=True)
class State:
    """One thing of the lab: what it is called, how it is, whether that is good."""

    name: str
    value: str
    good: bool


@dataclass(frozen=True)
class Link:
    """A program with a page of its own."""

    name: str
    url: str


_STYLE = """
:root { color-scheme: light dark; --paper: #fafafa; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --bad: #b3261e;
  --good: #1a6e33; --column: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --ink: #e6e8eb; --quiet: #9aa4af; --line: #363c44; --bad: #ff8a80; --good: #7bd88f;
    --column: #1d2126; }
  .slack { color: #d1d2d3; background: #1a1d21; } .slack a { color: #4aa6e0; }
  .teams { background: #1f1f1f; color: #e6e6e6; } .teams .card { background: #292929; border-color: #424242; }
  .teams a { color: #a6a7f5; } .teams .attention { color: #f1707b; } .teams .card .good { color: #92c353; }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; }
.head, main { max-width: 1240px; margin: 0 auto; padding: 16px; box-sizing: border-box; }
.head { padding-bottom: 0; } h1 { font-size: 22px; margin: 0; } .head p { margin: 4px 0 0; color: var(--quiet); }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; padding: 0; margin: 0 0 16px; }
li { border: 1px solid var(--line); border-radius: 16px; padding: 2px 12px; background: var(--column); }
li b { color: var(--good); } li.bad b { color: var(--bad); }
.columns { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; align-items: start; }
section { border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
section h2 { font-size: 15px; margin: 0 0 8px; } .empty { opacity: .7; margin: 0; }
section time { display: block; font-size: 12px; opacity: .7; margin-bottom: 2px; }
section .who span { display: none; }
.choice { display: none; } a { color: inherit; }
@media (max-width: 860px) {
  .columns { display: block; } section { display: none; }
  .choice { display: flex; gap: 8px; max-width: 1240px; margin: 0 auto; padding: 16px 16px 0; }
  .choice label { flex: 1; } .choice input { margin: 0 6px 0 0; }
  body:has(#choose-slack:checked) section.slack, body:has(#choose-teams:checked) section.teams,
  body:has(#choose-discord:checked) section.discord { display: block; }
}
"""
_SCRIPT = """
const refresh = async () => {
  try {
    const text = await (await fetch("/")).text();
    const next = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    const main = document.querySelector("main");
    if (next.innerHTML !== main.innerHTML) main.innerHTML = next.innerHTML;
  } catch { document.querySelector("#running").textContent = "The lab has ended."; clearInterval(timer); }
};
const timer = setInterval(refresh, 1000);
"""
_TITLES = {"slack": "Slack", "teams": "Teams", "discord": "Discord"}


def page(inbox: Inbox, states: Sequence[State], links: Sequence[Link]) -> str:
    """Return the page."""
    pills = "".join(
        f'<li class="{"" if state.good else "bad"}">{escape(state.name)}: <b>{escape(state.value)}</b></li>'
        for state in states
    )
    columns = "".join(_column(service, inbox.to(service)) for service in SERVICES)
    choice = "".join(
        f'<label><input type="radio" name="service" id="choose-{service}"{" checked" if service == "slack" else ""}>'
        f"{title}</label>"
        for service, title in _TITLES.items()
    )
    pages = ", ".join(f'<a href="{escape(link.url)}">{escape(link.name)}</a>' for link in links)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>northsouth: the lab</title>
<style>{drawn.STYLE}{_STYLE}</style></head><body>
<div class="head"><h1>The lab</h1>
<p>An hour passes in a minute: every wait is a sixtieth of what it is in production. Texts keep the real durations.</p>
<p id="running">The newest message is on top. Also running: {pages}.</p></div>
<div class="choice">{choice}</div>
<main><ul>{pills}</ul><div class="columns">{columns}</div></main>
<script>{_SCRIPT}</script></body></html>"""


def _column(service: str, messages: Sequence[Message]) -> str:
    shown = "".join(
        f"<time>after {message.seconds:.0f} s</time>{drawn.message(drawn.DRAW[service](message.body))}"
        for message in reversed(messages)
    )
    shown = shown or '<p class="empty">No message yet.</p>'
    return f'<section class="{service}"><h2>{_TITLES[service]}</h2>{shown}</section>'
