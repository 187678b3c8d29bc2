"""What a status page refuses at synth; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from northsouth.errors import Problem
from northsouth.logs.bucket_rules import check_bucket_name
from northsouth.tokens import is_token

MAX_TITLE = 100
MAX_ABOUT = 500
MAX_NAME = 55
"""The characters left for the page's name. AWS allows 64 for a rule and a schedule; suffixes take the rest."""
INTERVALS = range(1, 61)
"""Minutes between two runs."""
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def page_problems(*, name: str, bucket_name: str, title: str, about: str, interval_minutes: int) -> Iterator[Problem]:
    """Yield what is wrong with the arguments of a status page."""
    if not is_token(name) and not (_NAME.fullmatch(name) and len(name) <= MAX_NAME):
        rule = f"a name is 1 to {MAX_NAME} letters, digits, hyphens and underscores"
        yield Problem("name", repr(name), rule, "Shorten it, and replace the other characters.")
    yield from check_bucket_name(bucket_name, "bucket_name")
    yield from text_problems("title", title, shortest=1, longest=MAX_TITLE)
    yield from text_problems("about", about, shortest=0, longest=MAX_ABOUT)
    if isinstance(interval_minutes, bool) or interval_minutes not in INTERVALS:
        rule = f"a run starts every {INTERVALS.start} to {INTERVALS.stop - 1} minutes"
        yield Problem("interval_minutes", repr(interval_minutes), rule, "Write 5.")


def text_problems(where: str, text: str, *, shortest: int, longest: int) -> Iterator[Problem]:
    """Check a text of the page, which is made at synth."""
    if is_token(text):
        rule = "the page is made at synth, so its text must be known then"
        yield Problem(where, "a token", rule, "Give the text itself.")
    elif not shortest <= len(text.strip()) <= longest:
        yield Problem(where, f"{len(text.strip())} characters", f"it has {shortest} to {longest}", "Change its length.")
    elif text.startswith("{%") and text.endswith("%}"):
        rule = "Step Functions takes a text between {% and %} for an expression"
        yield Problem(where, repr(text), rule, "Write anything before it.")
