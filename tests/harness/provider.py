"""Finds the Terraform AWS provider on this machine, so that nothing needs a network where it is already installed.

The order: ``TF_PLUGIN_MIRROR``, the folders Terraform itself looks in, this repository's own cache, then a search of
the disk for the provider's binary, bounded in time and depth. Only when there is none does Terraform download it.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".demo" / "plugins"
"""Where a downloaded provider is kept for the next run; ignored by git."""

SOURCE = Path("registry.terraform.io", "hashicorp", "aws")
SEARCH_SECONDS = 20.0
SEARCH_DEPTH = 12
_BINARY = re.compile(r"terraform-provider-aws_v(?P<version>\d+\.\d+\.\d+)(_x\d+)?(\.exe)?")
_NOT_WORTH_A_LOOK = frozenset({".git", "node_modules", "__pycache__", "site-packages"})


class ToolMissing(Exception):  # noqa: N818 - it names what is the case, and a caller may go on without the tool
    """A tool of the proof ladder is absent; the message is one line that says which, and how to get it."""


@dataclass(frozen=True)
class Provider:
    """One installed version of the AWS provider."""

    version: str
    binary: Path

    @property
    def mirror(self) -> Path | None:
        """The root of the filesystem mirror the binary is part of, if it lies in one."""
        layout = SOURCE / self.version / target()
        folder = self.binary.parent
        return folder.parents[len(layout.parts) - 1] if folder.parts[-len(layout.parts) :] == layout.parts else None

    def mirrored_in(self, folder: Path) -> Path:
        """Return a filesystem mirror that holds this provider, made of links in ``folder`` if it lies in none."""
        if self.mirror is not None:
            return self.mirror
        home = folder / SOURCE / self.version / target()
        home.mkdir(parents=True, exist_ok=True)
        link = home / self.binary.name
        if not link.exists():
            link.symlink_to(self.binary)
        return folder


def target() -> str:
    """Return Terraform's name for this machine, as ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


def find(
    version: str, environ: Mapping[str, str] = os.environ, *, search: Iterable[Path] | None = None
) -> Provider | None:
    """Return the provider of exactly this version, or None if this machine does not have it.

    ``search`` names the folders of the last resort, nearest first; by default the usual ones and then the whole disk.
    """
    for folder in mirrors(environ):
        provider = _in_mirror(folder, version)
        if provider:
            return provider
    deadline = time.monotonic() + SEARCH_SECONDS
    for root in _LAST_RESORT if search is None else search:
        for binary in _binaries_below(root, deadline):
            match = _BINARY.fullmatch(binary.name)
            if match and match["version"] == version and _runs_here(binary):
                return Provider(version, binary)
    return None


def mirrors(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that may be a mirror, in the order of precedence; some may not exist."""
    for variable in ("TF_PLUGIN_MIRROR", "TF_PLUGIN_CACHE_DIR"):
        if environ.get(variable):
            yield Path(environ[variable])
    for config in _cli_configurations(environ):
        yield from _folders_named_in(config)
    yield from _implied_mirrors(environ)
    yield CACHE


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _cli_configurations(environ: Mapping[str, str]) -> Iterator[Path]:
    home = _home(environ)
    yield Path(environ["TF_CLI_CONFIG_FILE"]) if environ.get("TF_CLI_CONFIG_FILE") else home / ".terraformrc"
    yield from sorted((home / ".terraform.d").glob("*.tfrc*"))


def _folders_named_in(config: Path) -> Iterator[Path]:
    try:
        text = config.read_text(encoding="utf-8")
    except OSError:
        return
    blocks = re.findall(r'filesystem_mirror"?\s*:?\s*\[?\s*\{[^}]*?"?path"?\s*[=:]\s*"([^"]+)"', text)
    caches = re.findall(r'plugin_cache_dir"?\s*[=:]\s*"([^"]+)"', text)
    for name in [*blocks, *caches]:
        yield Path(os.path.expandvars(name)).expanduser()


def _implied_mirrors(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the implied local mirror directories of Terraform's documentation of the CLI configuration."""
    home = _home(environ)
    yield Path("terraform.d", "plugins").absolute()
    yield home / ".terraform.d" / "plugins"
    yield home / ".terraform.d" / "plugin-cache"
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
        return
    yield Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for data in (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(data) / "terraform" / "plugins"


def _in_mirror(root: Path, version: str) -> Provider | None:
    for binary in sorted((root / SOURCE / version / target()).glob("terraform-provider-aws_v*")):
        if _BINARY.fullmatch(binary.name) and _runs_here(binary):
            return Provider(version, binary)
    return None


def _runs_here(binary: Path) -> bool:
    other = binary.parent.name != target() and re.fullmatch(r"[a-z0-9]+_(386|amd64|arm|arm64)", binary.parent.name)
    return not other and binary.is_file() and os.access(binary, os.X_OK)


_LAST_RESORT = tuple(Path(p) for p in ("/opt", "/usr/local", "/usr/share", "/usr/lib", "/srv", "/var", "~", "/"))


def _binaries_below(root: Path, deadline: float) -> Iterator[Path]:
    """Yield the provider binaries below a folder, breadth first, on its own file system, until the deadline."""
    root = root.expanduser()
    try:
        device = root.stat().st_dev
    except OSError:
        return
    level = [root]
    for _ in range(SEARCH_DEPTH):
        below: list[Path] = []
        for folder in level:
            if time.monotonic() > deadline:
                return
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                if _BINARY.fullmatch(entry.name):
                    yield Path(entry.path)
                elif _worth_a_look(entry, device):
                    below.append(Path(entry.path))
        level = below


def _worth_a_look(entry: os.DirEntry[str], device: int) -> bool:
    if not entry.is_dir(follow_symlinks=False) or entry.name in _NOT_WORTH_A_LOOK:
        return False
    return entry.stat(follow_symlinks=False).st_dev == device


def find_or_download(version: str, terraform: str, environ: Mapping[str, str] = os.environ) -> Provider:
    """Return the provider of exactly this version, downloaded by Terraform if this machine does not have it.

    Raises:
        ToolMissing: it can neither be found nor downloaded.
    """
    provider = find(version, environ)
    if provider:
        return provider
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        provider = _in_mirror(CACHE, version) or _download(version, terraform, environ)
    if provider:
        return provider
    raise ToolMissing(
        f"The Terraform AWS provider {version} is neither on this machine nor could it be downloaded: "
        "connect to the network, or set TF_PLUGIN_MIRROR to a folder made by `terraform providers mirror`"
    )


def _download(version: str, terraform: str, environ: Mapping[str, str]) -> Provider | None:
    config = {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}}
    inherited = dict(environ)
    if not Path(inherited.get("TF_CLI_CONFIG_FILE") or os.devnull).exists():
        inherited.pop("TF_CLI_CONFIG_FILE", None)
    inherited |= {"TF_PLUGIN_CACHE_DIR": str(CACHE), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf.json").write_text(json.dumps(config), encoding="utf-8")
        subprocess.run([terraform, "init", "-no-color"], cwd=folder, env=inherited, capture_output=True, check=False)
    return _in_mirror(CACHE, version)
