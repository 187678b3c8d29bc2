"""Builds the documentation as a site: ``make docs`` writes it to ``build/docs/html``.

The pages are the Markdown files of the repository as they are, laid out beside the files that they link to. The
reference is generated: commands from their parsers, environment files from the types that read them and the comments of
the example, the API from signatures and docstrings. Warnings are errors: a page in no list, a link to nothing.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from docs.site.api import PACKAGES, api_pages
from docs.site.commands import commands_page
from docs.site.environment import environment_page

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "docs"
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "LICENSE")
_FOLDERS = ("docs", "examples", "environments")
_BENCHMARKS = ("README.md", "chart.svg", "figures.json")


def lay_out(source: Path) -> None:
    """Write everything that Sphinx reads."""
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name in _PAGES:
        shutil.copy2(ROOT / name, source)
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("site", "__pycache__"))
    (source / "benchmarks").mkdir()
    for name in _BENCHMARKS:
        shutil.copy2(ROOT / "benchmarks" / name, source / "benchmarks")
    for page in sorted((source / "docs").rglob("*.md")):
        _link_reference(page, source)
    shutil.copy2(ROOT / "docs" / "site" / "index.md", source)
    shutil.copy2(ROOT / "docs" / "site" / "conf.py", source)
    _add_linked(source)
    pages = {"commands.md": commands_page(), "environment.md": environment_page(ROOT), **api_pages(ROOT)}
    for name, text in pages.items():
        target = source / "reference" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _link_reference(page: Path, source: Path) -> None:
    """Name at a page's end the reference of each package that it imports from or names."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:from|import) (northsouth[\w.]*)|`(northsouth\.[\w.]+)`", text))
    packages = [package for package in PACKAGES if any(package in pair for pair in named)]
    if packages:
        up = "../" * len(page.relative_to(source).parents[:-1])
        links = (f"- [`{package}`]({up}reference/api/{package}.md)\n" for package in packages)
        page.write_text(f"{text}\n## Reference\n\n{''.join(links)}", encoding="utf-8")


def _add_linked(source: Path) -> None:
    """Copy what pages link to, such as a test, so that it can be downloaded; show diagrams as their text."""
    for page in sorted(source.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for link in _LINK.findall(text):
            target = (page.parent / link).resolve()
            if "://" in link or target.exists() or not target.is_relative_to(source):
                continue
            original = ROOT / target.relative_to(source)
            if original.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(original, target)
        page.write_text(text.replace("```mermaid", "```text"), encoding="utf-8")


def main() -> int:
    """Lay out the sources and build the site."""
    source = BUILD / "source"
    lay_out(source)
    return build_main(["-W", "--keep-going", "-q", "-b", "html", str(source), str(BUILD / "html")])


if __name__ == "__main__":
    sys.exit(main())
