"""The JavaScript of the Node half in a plain Node process, with the folders the jsii kernel would make."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

HOOK = Path(__file__).parents[2] / "constructs" / "northsouth" / "bindings" / "hook"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node (https://nodejs.org)")

EAGER = (
    'exports.alpha = exports.beta = void 0;\nexports.alpha = require("./alpha");\nexports.beta = require("./beta");\n'
)
LAZY = "for (const x of ['alpha', 'beta']) Object.defineProperty(exports, x, {get: () => require('./' + x)});\n"


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A ``node_modules`` with northsouth's assembly in it, as the kernel unpacks it."""
    folder = tmp_path / "node_modules"
    own = folder / "northsouth-bindings"
    shutil.copytree(HOOK, own)
    (own / "package.json").write_text(json.dumps({"scripts": ["lazy_index.js", "runtime_index.js"]}))
    return folder


def provider(modules: Path, *, eager: str = EAGER, lazy: str | None = LAZY, scope: str = "@cdktf") -> str:
    lib = modules / scope / "provider-x" / "lib"
    lib.mkdir(parents=True)
    (lib.parent / "package.json").write_text(json.dumps({"main": "lib/index.js"}))
    (lib / "index.js").write_text(eager)
    if lazy is not None:
        (lib / "lazy-index.js").write_text(lazy)
    for name in ("alpha", "beta"):
        (lib / f"{name}.js").write_text(f"exports.name = '{name}';")
    return f"{scope}/provider-x"


def node(modules: Path, script: str) -> str:
    prelude = f"""
        const root = {json.dumps(str(modules.parent))};
        const hook = require(root + '/node_modules/northsouth-bindings');
    """
    command = ["node", "--preserve-symlinks", "-e", prelude + script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=modules)
    assert done.returncode == 0, done.stderr
    return done.stdout


RESOLVE = """
const asKernel = require.resolve(%(name)s, {paths: [root]});
const asOthers = require('module').createRequire(root + '/').resolve(%(name)s);
const path = require('path');
console.log(JSON.stringify({
  kernel: path.basename(asKernel),
  others: path.basename(asOthers),
  same: require(asKernel).alpha === require(asOthers).alpha,
  notes: hook.Hook.takeNotes(),
  after: hook.Hook.takeNotes(),
}));
"""


@pytest.mark.parametrize("scope", ["@cdktf", "@cdktn"])
def test_the_kernel_gets_the_lazy_index_and_others_the_eager_one(modules: Path, scope: str) -> None:
    name = provider(modules, scope=scope)

    assert json.loads(node(modules, RESOLVE % {"name": json.dumps(name)})) == {
        "kernel": "lazy-index.js",
        "others": "index.js",
        "same": True,
        "notes": [],
        "after": [],
    }


@pytest.mark.parametrize(
    ("eager", "lazy", "note"),
    [
        (EAGER, None, "Cannot find module"),
        (EAGER, LAZY.replace(", 'beta'", ""), "lazy-index.js lacks beta"),
        (EAGER, "throw new Error('broken')", "broken"),
        (EAGER + "__exportStar(require('./beta'), exports);\n", LAZY, "exports more than submodules"),
        (EAGER + 'Object.defineProperty(exports, "Thing", {});\n', LAZY, "exports more than submodules"),
    ],
)
def test_any_doubt_leaves_the_eager_index_with_one_note(modules: Path, eager: str, lazy: str | None, note: str) -> None:
    eager = "function __exportStar() {}\n" + eager
    name = provider(modules, eager=eager, lazy=lazy)
    seen = json.loads(node(modules, RESOLVE % {"name": json.dumps(name)}))

    assert seen["kernel"] == "index.js"
    assert len(seen["notes"]) == 1
    assert note in seen["notes"][0]
    assert name in seen["notes"][0]
    assert seen["after"] == []


def test_other_packages_resolve_as_ever(modules: Path) -> None:
    name = provider(modules, scope="@other")

    assert json.loads(node(modules, RESOLVE % {"name": json.dumps(name)}))["kernel"] == "index.js"


# A worker that ends half a second later. Prints whether the hook waited until then.
INDEX = """
const {Worker} = require('worker_threads');
let ended = false;
if (%(worker)s) {
  const worker = new Worker('setTimeout(() => { %(fails)s }, 500)', {eval: true});
  worker.on('error', () => {}).once('exit', () => (ended = true));
}
setTimeout(async () => {
  if (hook.Hook.isIndexing()) await new hook.Hook().finishIndex();
  console.log(JSON.stringify({ended, notes: hook.Hook.takeNotes()}));
  process.exit(0);
}, 100);
"""


def waits(modules: Path, *, worker: bool = True, fails: bool = False) -> bool:
    failing = 'throw new Error("disk full")' if fails else ""
    seen = json.loads(node(modules, INDEX % {"worker": json.dumps(worker), "fails": failing}))
    assert seen["notes"] == []
    return bool(seen["ended"])


@pytest.fixture
def cached(modules: Path, tmp_path: Path) -> Path:
    """A provider that lies in jsii's cache, to which the kernel links it."""
    provider(modules)
    entry = tmp_path / "cache" / "provider-x"
    shutil.move(modules / "@cdktf" / "provider-x", entry)
    (modules / "@cdktf" / "provider-x").symlink_to(entry, target_is_directory=True)
    return entry


@pytest.mark.slow
def test_waits_for_the_runtime_index(modules: Path, cached: Path) -> None:
    assert waits(modules)
    # Also where there is one, but a damaged one.
    (cached / ".jsii.runtime.v1.json").write_text("{}")
    assert waits(modules)


@pytest.mark.slow
@pytest.mark.usefixtures("cached")
def test_waits_no_longer_than_for_a_worker_that_fails(modules: Path) -> None:
    assert waits(modules, fails=True)


@pytest.mark.usefixtures("cached")
def test_does_not_wait_without_a_worker(modules: Path) -> None:
    assert not waits(modules, worker=False)


@pytest.mark.usefixtures("cached")
def test_does_not_wait_for_an_index_that_cannot_be_written(modules: Path) -> None:
    script = "const fs = require('fs'); fs.accessSync = () => { throw new Error('EROFS'); };" + INDEX
    assert json.loads(node(modules, script % {"worker": "true", "fails": ""})) == {"ended": False, "notes": []}


def test_does_not_wait_outside_a_cache(modules: Path) -> None:
    provider(modules)

    assert not waits(modules)


ENCODING = Path(__file__).parents[2] / "node_modules" / "cdktf" / "lib" / "tokens" / "private" / "encoding.js"
CUT = """
const path = require('path');
const file = %(file)s;
const own = root + '/node_modules/northsouth-bindings/token_strings.js';
const {TokenString} = require(file);
let read = 0;
const exec = RegExp.prototype.exec;
RegExp.prototype.exec = function (text) {
  if (this.source.includes('(?!TfToken')) read += text.length - this.lastIndex;
  return exec.call(this, text);
};
const cut = (text) => {
  const pieces = TokenString.forString(text, true).split((id) => ({id, toString: () => id}));
  return JSON.stringify(pieces.fragments ?? pieces);
};
const notes = [];
const texts = JSON.parse(require('fs').readFileSync(root + '/texts.json', 'utf8'));
const stock = texts.map(cut), before = read;
require(own)((note) => notes.push(note));
read = 0;
const ours = texts.map(cut);
console.log(JSON.stringify({same: JSON.stringify(stock) === JSON.stringify(ours), before, read, notes}));
"""
PIECES = ("${TfToken[TOKEN.1]}", "${TfToken[TOKEN.22]}", "${aws_eip.x.id}", "$", "{", "}", "$${", "${", 'a"b', "é", "")


@pytest.mark.skipif(not ENCODING.is_file(), reason="needs node_modules/cdktf (make install)")
def test_texts_are_cut_as_the_cdk_cuts_them(modules: Path) -> None:
    random = Random(20261128)
    texts = ["".join(random.choices(PIECES, k=random.randrange(12))) for _ in range(2_000)]
    # As a dashboard: many tokens, many braces, no escape.
    texts.append('{"a": "${TfToken[TOKEN.1]}", "b": [1, 2]}' * 400)
    (modules.parent / "texts.json").write_text(json.dumps(texts))
    seen = json.loads(node(modules, CUT % {"file": json.dumps(str(ENCODING))}))

    assert seen["same"]
    assert seen["notes"] == []
    assert seen["read"] < seen["before"] / 50


def test_a_cdk_that_cuts_texts_in_another_way_is_left_alone(modules: Path) -> None:
    encoding = modules / "cdktf" / "lib" / "tokens" / "private" / "encoding.js"
    encoding.parent.mkdir(parents=True)
    encoding.write_text("exports.TokenString = class { nextEscapeToken(one, two) {} };")
    start = "require(root + '/node_modules/northsouth-bindings/token_strings.js')(console.log);"

    assert "in another way" in node(modules, f"require({json.dumps(str(encoding))});{start}")
    assert "no lib/tokens/private/encoding.js" in node(
        modules, f"try {{ {start} }} catch (error) {{ console.log(error.message); }}"
    )
