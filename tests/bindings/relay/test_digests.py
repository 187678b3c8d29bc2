"""Digests of providers' archives are computed once for each state of a file."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import cdktf
import pytest

import northsouth.bindings.relay as room

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node (https://nodejs.org)"),
]

SCRIPT = Path(room.__file__).with_name("digests.cjs")
PROGRAM = """
const {readFileSync} = require('fs');
const {rememberedIn} = require(SCRIPT);
const [root, file, ...key] = process.argv.slice(1);
let computed = 0;
const sha256 = (file) => require('crypto').createHash('sha256').update(readFileSync(file)).digest();
const V = {digestFile: (e) => (computed += 1, sha256(e))};
const text = 'function extractViaCache(e,p,m={},...f){const{cache:y,root:g}=of();return(0,V.digestFile)(e,...f)}';
const of = () => ({cache: null, root});
const extractViaCache = eval(`(${rememberedIn(text)})`);
const digest = extractViaCache(file, null, {}, ...key).toString('hex');
process.stdout.write(JSON.stringify({digest, computed: computed > 0}));
"""


LIST = "northsouth-digests.json"
INSTALLED = Path(cdktf.__file__).parent / "_jsii" / "cdktf@0.21.0.jsii.tgz"
"""A file of 2 MB that nobody changed just now; Python cannot make a file that is old."""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def computes(cache: Path, file: Path, version: str = "1.0.0") -> bool:
    """Ask for the digest as the kernel does, see that it is right, and return whether it was computed."""
    program = PROGRAM.replace("SCRIPT", json.dumps(str(SCRIPT)))
    command = ["node", "-e", program, str(cache), str(file), "name", version]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert answer["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    return bool(answer["computed"])


def test_a_digest_is_computed_once(cache: Path) -> None:
    assert [computes(cache, INSTALLED), computes(cache, INSTALLED)] == [True, False]
    assert computes(cache, INSTALLED, "2.0.0"), "another key"


@pytest.mark.parametrize("place", range(4), ids=["inode", "size", "time of change", "time of modification"])
def test_it_is_computed_again_for_another_state(place: int, cache: Path) -> None:
    computes(cache, INSTALLED)
    kept = json.loads((cache / LIST).read_text())
    (entry,) = kept.values()
    state = entry["state"].split(",")
    state[place] = "1"
    entry.update(state=",".join(state), digest="00")
    (cache / LIST).write_text(json.dumps(kept))
    assert [computes(cache, INSTALLED), computes(cache, INSTALLED)] == [True, False]


def test_the_state_of_a_file_is_what_the_system_says(cache: Path) -> None:
    computes(cache, INSTALLED)
    (entry,) = json.loads((cache / LIST).read_text()).values()
    stat = INSTALLED.stat()
    assert entry["state"] == f"{stat.st_ino},{stat.st_size},{stat.st_ctime_ns},{stat.st_mtime_ns}"


def test_a_file_that_changed_just_now_may_change_again(cache: Path, tmp_path: Path) -> None:
    shutil.copy2(INSTALLED, tmp_path / "archive")
    assert computes(cache, tmp_path / "archive")
    assert list(cache.iterdir()) == []


def test_a_small_file_is_not_remembered(cache: Path) -> None:
    assert computes(cache, Path(cdktf.__file__).parent / "_jsii" / "__init__.py")
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": 1}'])
def test_a_damaged_list_is_written_anew(text: str, cache: Path) -> None:
    (cache / LIST).write_text(text)
    assert [computes(cache, INSTALLED), computes(cache, INSTALLED)] == [True, False]


def test_the_list_keeps_the_newest_fifty(cache: Path) -> None:
    (cache / LIST).write_text(json.dumps({f"archive {each}": {} for each in range(60)}))
    computes(cache, INSTALLED)
    names = list(json.loads((cache / LIST).read_text()))
    assert names[:-1] == [f"archive {each}" for each in range(11, 60)]
    assert str(INSTALLED) in names[-1]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert [computes(gone, INSTALLED), computes(gone, INSTALLED)] == [True, True]
