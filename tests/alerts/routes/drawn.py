"""Draws what Slack, Teams and Discord show of a message: HTML that looks alike, from the body that they are sent.

One function a service, which takes the body and nothing else. It draws the bodies of both senders: of the routes' state
machines, and of Alertmanager. The services draw them in their own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Any

Body = Mapping[str, Any]

STYLE = """
.dot { display: inline-block; width: .8em; height: .8em; border-radius: 50%; background: #dd2e44; }
.dot.good { background: #78b159; }
.message { display: flex; gap: 10px; margin-bottom: 16px; font: 12px/1.4 "Liberation Sans", Arial, sans-serif; }
.message:last-child { margin-bottom: 0; }
.message > :last-child { min-width: 0; flex: 1; overflow-wrap: anywhere; }
.face { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #611f69; }
.who { font-weight: 700; } .who span { font-weight: 400; font-size: 12px; opacity: .7; margin-left: 6px; }
.message h3 { font-size: 15px; margin: 4px 0; } .message p { margin: 2px 0; white-space: pre-wrap; }
.message a { text-decoration: none; }
.slack { color: #1d1c1d; } .slack a { color: #1264a3; }
.slack .attachment { border-left: 4px solid #ddd; border-radius: 3px; padding: 2px 0 2px 12px; margin-top: 4px; }
.slack .danger { border-color: #a30200; } .slack .good { border-color: #2eb886; }
.teams { background: #f5f5f5; color: #242424; }
.teams .card { background: #fff; border: 1px solid #e0e0e0; border-radius: 6px; padding: 12px 16px; flex: 1; }
.teams .face { background: #4b53bc; border-radius: 50%; } .teams a { color: #4b53bc; }
.teams .attention { color: #c4314b; } .teams .card .good { color: #237b4b; }
.teams button { font: inherit; font-weight: 600; background: #fff; border: 1px solid #d1d1d1; border-radius: 4px;
  padding: 4px 14px; margin: 10px 8px 0 0; }
.discord { background: #313338; color: #dbdee1; } .discord a { color: #00a8fc; }
.discord .face { background: #5865f2; border-radius: 50%; }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 10px 16px; flex: 1; }
.embed small { font-weight: 600; } .embed b { display: block; color: #f2f3f5; margin-top: 6px; }
"""


def slack(body: Body) -> str:
    """Draw the blocks of a message, or its attachments."""
    lines = [_slack_block(block) for block in body.get("blocks", [])]
    lines += [_slack_attachment(each) for each in body.get("attachments", [])]
    return f'<div><div class="who">alerts<span>APP 01:29</span></div>{"".join(lines)}</div>'


def _slack_block(block: Body) -> str:
    if block["type"] == "header":
        return f"<h3>{escape(block['text']['text'])}</h3>"
    (section,) = block["elements"]
    return f"<p>{''.join(map(_slack_element, section['elements']))}</p>"


def _slack_element(element: Body) -> str:
    text = escape(element["text"])
    if element["type"] == "link":
        return f'<a href="{escape(element["url"])}">{text}</a>'
    return f"<strong>{text}</strong>" if element.get("style", {}).get("bold") else text


def _slack_attachment(attachment: Body) -> str:
    """Draw an attachment; in its text, Slack reads ``mrkdwn``, and addresses become links."""
    text = _marked(unescape(attachment["text"]), {r"(?<!\w)\*([^*\n]+)\*(?!\w)": "strong", _ITALIC: "em"})
    title = escape(unescape(attachment["title"]))
    return f'<div class="attachment {escape(attachment["color"])}"><h3>{title}</h3><p>{text}</p></div>'


def teams(body: Body) -> str:
    """Draw the Adaptive Card of a message."""
    card = body["attachments"][0]["content"]
    lines = [
        f"<p>{''.join(map(_text_run, block['inlines']))}</p>" if "inlines" in block else _text_block(block)
        for block in card["body"]
    ]
    actions = "".join(f"<button>{escape(action['title'])}</button>" for action in card.get("actions", []))
    return f'<div class="card">{"".join(lines)}{actions}</div>'


def _text_run(run: Body) -> str:
    return _styled(run, escape(run["text"]))


def _text_block(block: Body) -> str:
    """Draw text in which Teams reads Markdown: one line break is a blank, an empty line begins a paragraph."""
    paragraphs = [" ".join(lines.split("\n")) for lines in re.split(r"\n{2,}", block["text"].strip("\n"))]
    marks = {r"\*\*([^*]+)\*\*": "strong", _ITALIC: "em"}
    return "".join(f"<p>{_styled(block, _marked(paragraph, marks))}</p>" for paragraph in paragraphs)


def _styled(text: Body, html: str) -> str:
    size = "font-size: 15px" if text.get("size", "").lower() in ("medium", "large") else ""
    weight = "font-weight: 600" if text.get("weight", "").lower() == "bolder" else ""
    return f'<span class="{escape(text.get("color", "").lower())}" style="{size};{weight}">{html}</span>'


def discord(body: Body) -> str:
    """Draw the embed of a message: with fields from a state machine, with a description from Alertmanager."""
    (embed,) = body["embeds"]
    author = f"<small>{escape(embed['author']['name'])}</small>" if "author" in embed else ""
    head = f"{author}<h3>{_discord_text(embed['title'])}</h3>"
    description = _discord_text(embed.get("description", "").strip("\n"))
    rest = f"<p>{description}</p>" if description else ""
    rest += "".join(f"<b>{escape(f['name'])}</b><p>{_discord_text(f['value'])}</p>" for f in embed.get("fields") or [])
    return f'<div class="embed" style="border-color: #{embed["color"]:06x}">{head}{rest}</div>'


def _discord_text(text: str) -> str:
    if link := re.fullmatch(r"\[(.+)\]\(<(.+)>\)", text):
        return f'<a href="{escape(link[2])}">{escape(link[1])}</a>'
    return _marked(text, {r"(?<!\\)\*\*([^*]+)\*\*": "strong", _ITALIC: "em"}, escapes=True)


_ITALIC = r"(?<![\w\\])_([^_\n]+)_(?!\w)"
_ADDRESS = re.compile(r"(https?://[^\s<>]+)")


def _marked(text: str, marks: Mapping[str, str], *, escapes: bool = False) -> str:
    """Turn a service's marks for bold and italic into elements, and addresses into links.

    Args:
        text: what the service is sent.
        marks: the element for each mark, by an expression whose group is what is marked.
        escapes: whether a backslash takes a mark its meaning.

    """
    parts = []
    for index, part in enumerate(_ADDRESS.split(text)):
        if index % 2:
            parts.append(f'<a href="{escape(part)}">{escape(part)}</a>')
            continue
        html = escape(part)
        for mark, element in marks.items():
            html = re.sub(mark, rf"<{element}>\1</{element}>", html)
        parts.append(re.sub(r"\\([^\w\s]|_)", r"\1", html) if escapes else html)
    return "".join(parts)


DRAW: Mapping[str, Callable[[Body], str]] = {"slack": slack, "teams": teams, "discord": discord}
"""What a service shows of a body, by the service's name."""


def message(html: str) -> str:
    """Put the sender's picture beside what is shown of a message; a container may have no font for emoji."""
    for mark, kind in (("\N{LARGE RED CIRCLE}", "dot"), ("\N{LARGE GREEN CIRCLE}", "dot good")):
        html = html.replace(mark, f'<i class="{kind}"></i>')
    return f'<div class="message"><div class="face"></div>{html}</div>'
