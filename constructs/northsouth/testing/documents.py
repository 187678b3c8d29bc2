"""Asserts that sample documents fit the list of fields of an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike

from northsouth.logs.index_samples import document_misfits
from northsouth.logs.index_template import IndexTemplate

_MOST_SHOWN = 20


def assert_documents_fit(
    template: IndexTemplate, documents: str | PathLike[str] | Iterable[Mapping[str, object]]
) -> None:
    """Assert that an index takes each document whole, and that the archive reads each of its values.

    Args:
        template: the list of fields.
        documents: a file with one JSON document on each line, or the documents. A hit of a search stands for its
            ``_source``.

    Raises:
        AssertionError: if one does not fit, with each reason; or if there is no document.

    """
    __tracebackhide__ = True
    reasons = list(document_misfits(template, documents))
    if not reasons:
        return
    lines = [f"  {reason}" for reason in reasons[:_MOST_SHOWN]]
    if len(reasons) > _MOST_SHOWN:
        lines.append(f"  and {len(reasons) - _MOST_SHOWN:,} more")
    raise AssertionError("\n".join([f"not all documents fit the fields of {template.name!r}:", *lines]))
