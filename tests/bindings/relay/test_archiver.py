"""The CDK's archiver is loaded when it is first used, and then is the real one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import northsouth.bindings.relay as room

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node (https://nodejs.org)"),
]

SCRIPT = Path(room.__file__).with_name("archiver.cjs")
ARCHIVER = """
globalThis.loads = (globalThis.loads ?? 0) + 1;
module.exports = (format) => `an archive of ${format}`;
module.exports.formats = ['zip'];
"""
USER = "const archiver = require('archiver'); module.exports = archiver;"
PROGRAM = """
require(SCRIPT).putOff();
const archiver = require(process.argv[1]);
const before = globalThis.loads ?? 0;
process.stdout.write(JSON.stringify([before, archiver('zip'), archiver.formats, globalThis.loads]));
"""


@pytest.mark.parametrize(
    ("user", "before"),
    [
        ("cdktf/lib/private/fs.js", 0),
        ("cdktn/lib/private/fs.js", 0),
        ("cdktf/lib/other.js", 1),
        ("mine/lib/private/fs.js", 1),
    ],
)
def test_only_the_cdk_loads_it_late(user: str, before: int, tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    for path, text in (("archiver/index.js", ARCHIVER), (user, USER)):
        (modules / path).parent.mkdir(parents=True)
        (modules / path).write_text(text)
    command = ["node", "-e", PROGRAM.replace("SCRIPT", json.dumps(str(SCRIPT))), str(modules / user)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(answer.stdout) == [before, "an archive of zip", ["zip"], 1]


def test_the_cdk_asks_for_it_where_we_know() -> None:
    """Another place would load it as in stock, and nobody would notice."""
    (file,) = Path(__file__).parents[3].glob("node_modules/cdktf/lib/private/fs.js")
    assert 'require("archiver")' in file.read_text()
