"""Northsouth and its peers, each installed from its registry into an environment of its own, below one cache folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environments import ROOT, node_environment, python_environment

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
            self._ready[name] = python_environment(self.cache / name, PYTHON[name])
        return self._ready[name]

    def javascript(self) -> Path:
        """Return the folder of the JavaScript environment, with the programs in it."""
        if "javascript" not in self._ready:
            self._ready["javascript"] = self._prepared_javascript()
        return self._ready["javascript"]

    def _prepared_javascript(self) -> Path:
        folder = node_environment(self.cache / "javascript", JAVASCRIPT)
        template = folder / "node_modules/cdktf-cli/bundle/templates/typescript/tsconfig.json"
        for file in (*PROGRAMS.glob("*.js"), *PROGRAMS.glob("*.ts"), template):
            shutil.copy(file, folder)
        return folder
