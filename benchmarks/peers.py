"""Northsouth and its peers, each installed from its registry into an environment of its own, below one cache folder."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(__file__).parent / "programs"
CDKTF = ("cdktf==0.21.0", "cdktf-cdktf-provider-aws==20.1.0", "constructs==10.8.1", "jsii==1.142.0")
CDKTN = ("cdktn==0.24.0", "cdktn-provider-aws==25.8.1")
OWN = f"{ROOT}[prometheus]"
PYTHON = {
    # The example has Prometheus rules, which need the extra.
    "cdktf": (*CDKTF, OWN),
    "cdktn": (*CDKTN, OWN),
    "awscdk": ("aws-cdk-lib==2.275.0",),
    "troposphere": ("troposphere==4.11.1",),
}
JAVASCRIPT = {
    "@cdktf/provider-aws": "20.1.0",
    "@types/node": "20.19.0",
    "cdktf": "0.21.0",
    "cdktf-cli": "0.21.0",
    "constructs": "10.4.2",
    "ts-node": "10.9.2",
    "typescript": "5.4.5",
}


@dataclass(frozen=True)
class Peers:
    """The environments; each is built when it is first asked for and kept for later runs."""

    cache: Path
    _ready: dict[str, Path] = field(default_factory=dict)

    @property
    def jsii_cache(self) -> Path:
        return self.cache / "jsii"

    def python(self, name: str) -> Path:
        """Return the interpreter of a Python environment."""
        if name not in self._ready:
            self._ready[name] = self._prepared(name)
        return self._ready[name]

    def _prepared(self, name: str) -> Path:
        folder, requirements = self.cache / name, PYTHON[name]
        python = folder / "bin" / "python"
        own = OWN in requirements
        if not _is_built(folder, requirements):
            print(f"building {folder}", file=sys.stderr)
            shutil.rmtree(folder, ignore_errors=True)
            _run("uv", "venv", "--quiet", "--python", sys.executable, folder)
            _run("uv", "pip", "install", "--quiet", "--python", python, *requirements)
            _note_built(folder, requirements)
        elif own:
            # The checkout may have changed; its version has not.
            again = ("--reinstall-package", "northsouth", "--no-cache", "--no-deps")
            _run("uv", "pip", "install", "--quiet", *again, "--python", python, ROOT)
        return python

    def javascript(self) -> Path:
        """Return the folder of the JavaScript environment, with the programs in it."""
        if "javascript" not in self._ready:
            self._ready["javascript"] = self._prepared_javascript()
        return self._ready["javascript"]

    def _prepared_javascript(self) -> Path:
        folder = self.cache / "javascript"
        packages = [f"{name}@{version}" for name, version in JAVASCRIPT.items()]
        if not _is_built(folder, packages):
            print(f"building {folder}", file=sys.stderr)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": JAVASCRIPT}))
            _run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", folder=folder)
            _note_built(folder, packages)
        template = folder / "node_modules/cdktf-cli/bundle/templates/typescript/tsconfig.json"
        for file in (*PROGRAMS.glob("*.js"), *PROGRAMS.glob("*.ts"), template):
            shutil.copy(file, folder)
        return folder


def _run(*command: str | Path, folder: Path | None = None) -> None:
    if command[0] == "uv":
        # Elsewhere than the checkout, whose settings for uv pin the bindings.
        command, folder = (sys.executable, "-m", *command), Path.home()
    subprocess.run([str(part) for part in command], cwd=folder, check=True, stdout=sys.stderr)


def _key(packages: Sequence[str]) -> str:
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()


def _is_built(folder: Path, packages: Sequence[str]) -> bool:
    built = folder / "built"
    return built.exists() and built.read_text() == _key(packages)


def _note_built(folder: Path, packages: Sequence[str]) -> None:
    (folder / "built").write_text(_key(packages))
