"""A place in the tokens of a text that is parsed; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Token = tuple[str, str]
"""A token's kind, and its text."""


class Cursor:
    """Reads tokens one after another. At the end, the next token is ``("end", "")``.

    Args:
        tokens: the tokens.
        error: makes the error of a text that cannot be parsed, from the place: ``at 'x'``, or ``at its end``.

    """

    def __init__(self, tokens: Sequence[Token], error: Callable[[str], Exception]) -> None:
        self._tokens = tokens
        self._error = error
        self._place = 0

    def peek(self) -> Token:
        """Return the next token, and stay before it."""
        return self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")

    def next(self, *kinds: str) -> str:
        """Return the text of the next token, which is of one of these kinds, and go past it."""
        kind, text = self.peek()
        if kind not in kinds:
            raise self.wrong()
        self._place += 1
        return text

    def take(self, sign: str) -> None:
        """Go past a sign that must be next."""
        if not self.skips("sign", sign):
            raise self.wrong()

    def skips(self, kind: str, text: str) -> bool:
        """Go past a token if it is next, and return whether it was."""
        if self.peek() != (kind, text):
            return False
        self._place += 1
        return True

    def end(self) -> None:
        """Check that no token is left."""
        if self._place < len(self._tokens):
            raise self.wrong()

    def wrong(self) -> Exception:
        """Return the error of a text that cannot go on with the next token."""
        kind, text = self.peek()
        return self._error("at its end" if kind == "end" else f"at {text!r}")
