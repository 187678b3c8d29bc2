"""What the wheel holds, and that it works where nothing else is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bindings import startup
from tests.packaging.conftest import ROOT, run

pytestmark = pytest.mark.packaging

WHICH_CONSTRUCTS = "import constructs; print(constructs.__file__)"

USE = """
from cdktf import TerraformStack, Testing
from northsouth.logs import AlbLogBucket
from cdktf_cdktf_provider_aws.provider import AwsProvider

stack = TerraformStack(Testing.app(), "mine")
AwsProvider(stack, "aws", region="eu-west-3")
AlbLogBucket(stack, "logs", name="acme-edge-logs", region="eu-west-3")
print(Testing.synth(stack, True))
"""

TYPED = """
from northsouth.errors import ConfigurationError
from northsouth.egress import NatGateways
from northsouth.dns import DnsOverrides
from northsouth.logs import AlbLogBucket
from northsouth.alerts import Alarm

reveal_type(ConfigurationError)
reveal_type(NatGateways)
reveal_type(DnsOverrides)
reveal_type(AlbLogBucket)
reveal_type(Alarm)
"""


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"northsouth"}
    assert "northsouth/__init__.py" not in names
    assert not [name for name in names if name.startswith("northsouth/tests")]
    assert {"northsouth/stacks/edge.py", "northsouth/alerts/alarm.py", "northsouth/errors/__init__.py"} <= set(names)


def test_the_wheel_holds_the_scripts_for_node(wheel: Path) -> None:
    # Without them the bindings load the stock way, which is slow and otherwise unnoticed.
    library = ROOT / "constructs"
    scripts = {str(file.relative_to(library)) for file in (library / "northsouth" / "bindings").glob("**/*.*js")}
    assert len(scripts) > 3
    assert scripts <= set(zipfile.ZipFile(wheel).namelist())


def test_the_source_distribution_holds_documents_and_examples(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT), cwd=ROOT)
    (archive,) = tmp_path.iterdir()
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("examples/**/*.py"),
        *ROOT.glob("docs/images/*"),
    ]
    assert {str(page.relative_to(ROOT)) for page in pages} <= names
    assert {"environments/example.toml", "main.py", "cdktf.json"} <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_every_regular_package_is_typed(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packages = {name.rsplit("/", 1)[0] for name in names if name.endswith("/__init__.py")}
    tops = {package for package in packages if package.count("/") == 1}
    assert len(tops) >= 6
    assert {f"{package}/py.typed" for package in tops} <= names


def test_constructs_is_the_pypi_package_from_the_repository_root() -> None:
    assert "site-packages" in run(sys.executable, "-c", WHICH_CONSTRUCTS, cwd=ROOT)


def test_constructs_is_the_pypi_package_from_a_wheel(installed: Path, tmp_path: Path) -> None:
    assert "site-packages" in run(installed, "-c", WHICH_CONSTRUCTS, cwd=tmp_path)
    assert "site-packages" in run(installed, "-c", WHICH_CONSTRUCTS, cwd=ROOT)


def test_constructs_is_the_pypi_package_from_an_editable_install(editable: Path, tmp_path: Path) -> None:
    assert "site-packages" in run(editable, "-c", WHICH_CONSTRUCTS, cwd=tmp_path)
    assert "site-packages" in run(editable, "-c", WHICH_CONSTRUCTS, cwd=ROOT)
    located = run(editable, "-c", "import northsouth.errors; print(northsouth.errors.__file__)", cwd=tmp_path)
    assert located.strip() == str(ROOT / "constructs" / "northsouth" / "errors" / "__init__.py")


def test_the_wheel_alone_synthesizes(installed: Path, tmp_path: Path) -> None:
    assert "acme-edge-logs" in run(installed, "-c", USE, cwd=tmp_path)


def test_the_bindings_work_zipped_isolated_and_editable(installed: Path, editable: Path, tmp_path: Path) -> None:
    (site,) = installed.parents[1].glob("lib/*/site-packages")
    # Not the wheel itself: Python 3.11 sees no namespace package in a zip without entries for its folders.
    archive = shutil.make_archive(str(tmp_path / "library"), "zip", site, "northsouth")
    here = startup.run(tmp_path)
    zipped = startup.run(tmp_path, path=archive)
    isolated = startup.run(tmp_path, python=installed, options=["-I"])
    assert here.is_fast
    assert startup.run(tmp_path, python=editable) == here
    assert zipped == replace(here, northsouth=f"{archive}/northsouth/bindings/kernel.py")
    assert isolated == replace(here, northsouth=str(site / "northsouth/bindings/kernel.py"))


def test_the_wheel_alone_synthesizes_environments(installed: Path, tmp_path: Path) -> None:
    example = (ROOT / "environments" / "example.toml").read_text(encoding="utf-8")
    alerts = '[alerts]\nrunbook = "https://runbooks.example.com"\n[alerts.nat]\nport_allocation_errors = {}\n'
    (tmp_path / "own.toml").write_text(example[: example.index("[dns.")] + alerts, encoding="utf-8")
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")
    command = installed.parent / "northsouth"
    run(command, "synth", "own.toml", cwd=tmp_path, CDKTF_OUTDIR="out")
    assert (tmp_path / "out" / "stacks" / "example" / "cdk.tf.json").is_file()
    # What needs an extra says so.
    done = subprocess.run([command, "synth", "example.toml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "example.toml: prometheus: got a section" in done.stderr
    assert "pip install 'northsouth[prometheus]'" in done.stderr


def test_the_command_is_installed(installed: Path, tmp_path: Path) -> None:
    assert "resolve" in run(installed.parent / "northsouth", "--help", cwd=tmp_path)


def test_users_see_our_types(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(TYPED)
    # As the README advises: the root of the bindings imports everything, and mypy would read all of it.
    (tmp_path / "mypy.ini").write_text("[mypy-cdktf_cdktf_provider_aws]\nfollow_imports = skip\n")
    told = run(sys.executable, "-m", "mypy", "--strict", "--python-executable", installed, "user.py", cwd=tmp_path)
    assert "Any" not in told
    assert told.count("Revealed type") == 5
