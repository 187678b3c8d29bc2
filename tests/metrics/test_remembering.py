"""The last answer is remembered for the very value that was asked of."""

from __future__ import annotations

from northsouth.metrics.remembering import remembering


def test_an_answer_is_remembered_for_the_same_value_only() -> None:
    asked: list[object] = []

    @remembering
    def shown(value: object) -> str:
        """Show it."""
        asked.append(value)
        return repr(value)

    whole, fraction = 1, 1.0
    assert [shown(value) for value in (whole, whole, fraction, fraction, whole)] == ["1", "1", "1.0", "1.0", "1"]
    assert [type(value) for value in asked] == [int, float, int]
    assert (shown.__name__, shown.__doc__) == ("shown", "Show it.")


def test_an_error_is_not_remembered() -> None:
    asked: list[object] = []

    @remembering
    def failing(value: object) -> object:
        asked.append(value)
        if len(asked) == 1:
            raise ValueError
        return value

    value = object()
    try:
        failing(value)
    except ValueError:
        assert failing(value) is value
    assert len(asked) == 2
