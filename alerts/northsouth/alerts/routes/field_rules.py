"""What AWS, or a service, would not accept of single fields of receivers; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from northsouth.errors import Problem
from northsouth.tokens import is_token

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_SECRET_KEYS = frozenset({"sig", "token", "key", "apikey", "api_key", "access_token", "secret", "password", "auth"})


def name_problems(where: str, name: str) -> Iterator[Problem]:
    """Yield a name that cannot begin the names of resources."""
    rule = "a name is lower-case letters, digits and hyphens, and begins with a letter"
    yield from form_problems(where, name, _NAME, rule, "Choose such a name.")


def form_problems(
    where: str, value: str, form: re.Pattern[str], rule: str, fix: str = "Correct it."
) -> Iterator[Problem]:
    """Yield a value that does not match a pattern.

    Args:
        where: the path of the field.
        value: its value.
        form: the pattern of the whole value.
        rule: what the pattern allows, in words.
        fix: what to do.

    """
    if not is_token(value) and not form.fullmatch(value):
        yield Problem(where, repr(value), rule, fix)


def choice_problems(where: str, value: str, choices: tuple[str, ...], rule: str) -> Iterator[Problem]:
    """Yield a problem if a value is not one of the choices."""
    if value not in choices:
        yield Problem(where, repr(value), rule, "Write one of them.")


def literal_problems(where: str, text: str) -> Iterator[Problem]:
    """Yield a text that Step Functions (step-functions/latest/dg/transforming-data) or Terraform would evaluate."""
    if not is_token(text) and text.startswith("{%") and text.endswith("%}"):
        rule = "Step Functions takes a text between {% and %} for an expression"
        yield Problem(where, repr(text), rule, "Write anything before it.")
    elif not is_token(text) and re.search(r"(?<!%)%\{", text):
        yield Problem(where, repr(text), "Terraform takes %{ for a directive", "Write %%{, or leave it out.")


def whole_number_problems(where: str, value: object, most: int, rule: str, fix: str) -> Iterator[Problem]:
    """Yield what is not a whole number from 1 to ``most``."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        yield Problem(where, repr(value), rule, fix)


def address_problems(where: str, url: str) -> Iterator[Problem]:
    """Yield an address that a state machine cannot call, or that shows a secret; the secret is not repeated."""
    if is_token(url):
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        yield Problem(where, "no address", "receivers are called by HTTPS alone", "Write https://….")
        return
    if parts.scheme != "https" or not parts.hostname:
        given = repr(f"{parts.scheme}://{parts.hostname}") if parts.hostname else "no address"
        yield Problem(where, given, "receivers are called by HTTPS alone", "Write https://….")
    elif "." not in parts.hostname:
        rule = "a receiver needs a public domain name"
        yield Problem(where, repr(parts.hostname), rule, "Write the public name.")
    elif parts.username or parts.password:
        yield Problem(where, "an address with a password", "it would be in plain sight", "Give it as the secret.")
    for key, _ in parse_qsl(parts.query, keep_blank_values=True):
        if key.lower() in _SECRET_KEYS:
            rule = "it is a secret in plain text: it would be in code, plan and state"
            fix = "Leave it out of the address and give it as the secret."
            yield Problem(where, f"an address with {key}=", rule, fix)
