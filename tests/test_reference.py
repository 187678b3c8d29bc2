"""The reference of the API shows every public name, and what it means."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from docs.site.api import PACKAGES, ROOTS, api_pages

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
NOT_SHOWN = {
    "northsouth.arguments": "what constructs check their arguments with",
    "northsouth.metrics.functions": "northsouth.metrics has its names",
    "northsouth.policies": "what constructs write policies with",
}
"""Packages with names to import whose page would tell a user nothing, each with the reason."""
FEW = 4
"""So many parameters can be described in a sentence; more have a table."""


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    return api_pages(ROOT)


def packages() -> list[str]:
    """Return every module that lists public names."""
    files = [file for root in ROOTS for file in sorted((ROOT / root).rglob("*.py"))]
    listing = [file for file in files if re.search(r"(?m)^__all__ ", file.read_text(encoding="utf-8"))]
    parts = [file.relative_to(ROOT).with_suffix("").parts[1:] for file in listing]
    return [".".join(each[:-1] if each[-1] == "__init__" else each) for each in parts]


def entry(page: str, name: str) -> str:
    (text,) = re.findall(rf"(?ms)^## {name}\n(.*?)(?=^## |\Z)", page)
    return str(text)


def without_code(text: str) -> str:
    return re.sub(r"(?s)```.*?```", "", text).strip()


def test_every_package_with_public_names_has_a_page() -> None:
    assert set(packages()) - set(PACKAGES) == NOT_SHOWN.keys()


@pytest.mark.parametrize("package", packages())
def test_every_public_name_has_an_entry_that_says_what_it_is(package: str, pages: Mapping[str, str]) -> None:
    if package in NOT_SHOWN:
        return
    page = pages[f"api/{package}.md"]
    if package == "northsouth.alerts.routes":
        page += pages["api/northsouth.alerts.routes.receivers.md"]  # to which the page leads
    for name in importlib.import_module(package).__all__:
        assert without_code(entry(page, name)), f"{package}.{name} has no text"


@pytest.mark.parametrize("package", [each for each in PACKAGES if each in packages()])
def test_an_entry_describes_each_of_many_parameters(package: str, pages: Mapping[str, str]) -> None:
    for name, text in re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", pages[f"api/{package}.md"]):
        signature = re.match(r"\n```python\n(?:class|def) \w+\((.*?)\n?\)(?: -> .*)?\n```", text, re.DOTALL)
        parameters = re.findall(r"(?m)^    (\w+)(?:: .*)?,$", signature[1] + ",") if signature else []
        wanted = [each for each in parameters if each not in ("scope", "id")]
        described = without_code(text.partition("\n### ")[0])
        if len(wanted) > FEW:
            assert [each for each in wanted if f"`{each}`" not in described] == [], f"{package}.{name}"
