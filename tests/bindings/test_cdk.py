"""Which CDK answers to the name ``cdktf``: small made-up packages, each case in an interpreter without any other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LIBRARY = Path(__file__).parents[2] / "constructs"
PROVIDER = "VERSION = '{0}'\nfrom . import vpc\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with both CDKs and a provider of each."""
    for cdk, provider in (("cdktf", "cdktf_cdktf_provider_made_up"), ("cdktn", "cdktn_provider_made_up")):
        for package in (cdk, provider):
            (tmp_path / package).mkdir()
        (tmp_path / cdk / "__init__.py").write_text("class TerraformStack:\n    pass\n")
        (tmp_path / cdk / "_jsii.py").write_text("")
        (tmp_path / provider / "__init__.py").write_text(PROVIDER.format(cdk))
        (tmp_path / provider / "_jsii.py").write_text(f"import {cdk}._jsii\n")
        (tmp_path / provider / "vpc.py").write_text(f"import {cdk}\nclass Vpc:\n    stack = {cdk}.TerraformStack\n")
    (tmp_path / "constructs.py").write_text("class Construct:\n    pass\n")
    (tmp_path / "room.py").write_text("import cdktf, constructs\nclass Egress(constructs.Construct):\n    pass\n")
    (tmp_path / "pure.py").write_text("COST = 1\n")
    return tmp_path


def remove(site: Path, cdk: str) -> None:
    for package in site.glob(f"{cdk}*"):
        package.rename(site / f"removed_{package.name}")


def python(site: Path, program: str, cdk: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{LIBRARY}{os.pathsep}{site}", **variables}
    if cdk is not None:
        environment["NORTHSOUTH_CDK"] = cdk
    # Without site-packages (-S), where the real ones are.
    return subprocess.run(
        [sys.executable, "-S", "-c", program], env=environment, capture_output=True, text=True, check=False
    )


def works(site: Path, program: str, cdk: str | None = None, **variables: str) -> str:
    done = python(site, program, cdk, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(site: Path, program: str, cdk: str | None = None) -> str:
    done = python(site, program, cdk)
    assert done.returncode == 1, done.stdout
    return done.stderr.strip().splitlines()[-1]


WHICH = "from northsouth import bindings; import cdktf; print(cdktf.__name__)"


@pytest.mark.parametrize(("cdk", "used"), [(None, "cdktf"), ("", "cdktf"), ("cdktf", "cdktf"), (" cdktn ", "cdktn")])
def test_the_variable_chooses_where_both_are_installed(site: Path, cdk: str | None, used: str) -> None:
    assert works(site, WHICH, cdk) == used


@pytest.mark.parametrize("alone", ["cdktf", "cdktn"])
def test_the_only_one_that_is_installed_is_used(site: Path, alone: str) -> None:
    remove(site, "cdktn" if alone == "cdktf" else "cdktf")
    assert works(site, WHICH) == alone


ONE_OF_EACH = """
import sys
from northsouth import bindings
import cdktf, cdktn, cdktf._jsii, cdktn._jsii
import cdktf_cdktf_provider_made_up as old, cdktn_provider_made_up as new
from cdktf_cdktf_provider_made_up.vpc import Vpc
from cdktf_cdktf_provider_made_up import vpc

assert cdktf is cdktn and sys.modules["cdktf._jsii"] is cdktn._jsii
assert old is new and old.VERSION == "cdktn"
assert sys.modules["cdktf_cdktf_provider_made_up.vpc"] is vpc is new.vpc
assert isinstance(cdktn.TerraformStack(), cdktf.TerraformStack) and Vpc.stack is cdktf.TerraformStack
"""


@pytest.mark.parametrize("stock", ["", "1"])
def test_a_class_is_one_whichever_name_it_is_imported_by(site: Path, stock: str) -> None:
    works(site, ONE_OF_EACH, "cdktn", NORTHSOUTH_STOCK_BINDINGS=stock)
    remove(site, "cdktf")
    works(site, ONE_OF_EACH, NORTHSOUTH_STOCK_BINDINGS=stock)


def test_a_module_keeps_its_own_name_spec_and_loader(site: Path) -> None:
    works(
        site,
        "from northsouth import bindings\n"
        "import cdktf, importlib, importlib.util, cdktf_cdktf_provider_made_up.vpc as vpc\n"
        "for module in (cdktf, vpc):\n"
        "    assert module.__spec__.name == module.__name__ and module.__name__.startswith('cdktn'), module\n"
        "    assert module.__spec__.loader is module.__loader__ and module.__file__ == module.__spec__.origin\n"
        "assert importlib.reload(cdktf) is cdktf\n"
        "assert importlib.util.find_spec('cdktf').name == 'cdktn'\n"
        "assert importlib.util.find_spec('cdktf_cdktf_provider_made_up.nothing') is None\n",
        "cdktn",
    )


def test_threads_may_import_both_names_at_once(site: Path) -> None:
    works(
        site,
        "from northsouth import bindings\n"
        "import importlib, sys, threading\n"
        "roots = ('cdktf_cdktf_provider_made_up', 'cdktn_provider_made_up')\n"
        "names = [root + rest for root in roots for rest in ('', '.vpc', '._jsii')]\n"
        "gate = threading.Barrier(len(names))\n"
        "def load(name):\n"
        "    gate.wait()\n"
        "    importlib.import_module(name)\n"
        "threads = [threading.Thread(target=load, args=(name,)) for name in names]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "assert all(name in sys.modules for name in names), sys.modules.keys()\n"
        "assert sys.modules[names[1]] is sys.modules[names[4]]\n",
        "cdktn",
    )


def test_another_value_is_refused(site: Path) -> None:
    assert refused(site, WHICH, "cdk8s") == "ImportError: NORTHSOUTH_CDK is 'cdk8s'; it may be 'cdktf' or 'cdktn'."


def test_a_cdk_that_is_not_installed(site: Path) -> None:
    remove(site, "cdktn")
    assert "pip install cdktn" in refused(site, WHICH, "cdktn")
    remove(site, "cdktf")
    assert refused(site, WHICH) == "ModuleNotFoundError: No module named 'cdktf'"


def test_a_provider_that_is_not_installed_for_the_cdk(site: Path) -> None:
    remove(site, "cdktn_provider")
    told = refused(site, "from northsouth import bindings; import cdktf_cdktf_provider_made_up", "cdktn")
    assert "No module named 'cdktn_provider_made_up'" in told
    assert "pip install cdktn-provider-made-up" in told
    assert "NORTHSOUTH_CDK" in told


def test_a_submodule_that_the_later_provider_has_no_more(site: Path) -> None:
    told = refused(site, "from northsouth import bindings; import cdktf_cdktf_provider_made_up.opsworks_stack", "cdktn")
    assert told == "ModuleNotFoundError: No module named 'cdktf_cdktf_provider_made_up.opsworks_stack'"


def test_a_provider_that_is_still_built_on_cdktf(site: Path) -> None:
    (site / "cdktn_provider_made_up" / "_jsii.py").write_text("import cdktf._jsii\n")
    program = "from northsouth import bindings; import cdktn_provider_made_up._jsii as m; print(m.cdktf.__name__)"
    assert works(site, program) == "cdktf"
    told = refused(site, program, "cdktn")
    assert "cdktn_provider_made_up is built on cdktf" in told
    assert "pip install --upgrade cdktn-provider-made-up" in told


def test_cdktf_imported_before_northsouth_is_refused_under_cdktn(site: Path) -> None:
    told = refused(site, "import cdktf\nfrom northsouth import bindings", "cdktn")
    assert "imported cdktf before northsouth" in told
    # The other one is what the names stand for anyhow.
    works(site, "import cdktn\nfrom northsouth import bindings\nimport cdktf\nassert cdktf is cdktn", "cdktn")


ROOM = (
    "from northsouth.exports import lazy\n"
    "load, _ = lazy('__main__', {'Egress': 'room', 'COST': 'pure'})\n"
    "from northsouth import bindings\n"
)


@pytest.mark.parametrize(
    "program",
    [
        f"{ROOM}import cdktn\nload('Egress')",
        f"{ROOM}load('Egress')\nimport cdktn",
        f"{ROOM}load('Egress')\nimport cdktn_provider_made_up",
    ],
)
def test_a_program_of_both_cdks_is_refused_once_it_uses_a_construct(site: Path, program: str) -> None:
    assert "Set NORTHSOUTH_CDK=cdktn before northsouth is imported" in refused(site, program)
    works(site, program, "cdktn")


def test_without_our_constructs_both_cdks_may_be_used(site: Path) -> None:
    works(site, f"{ROOM}load('COST')\nimport cdktf, cdktn\nload('COST')\nassert cdktf is not cdktn")
