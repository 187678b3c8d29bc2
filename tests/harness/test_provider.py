from pathlib import Path

import pytest

from tests.harness import provider
from tests.harness.provider import SOURCE, Provider, find, target

NAME = "terraform-provider-aws_v5.100.0_x5"


def put(folder: Path, *, mode: int = 0o755, name: str = NAME) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(mode)
    return folder / name


def mirror(root: Path) -> Path:
    put(root / SOURCE / "5.100.0" / target())
    return root


def found_in(environ: dict[str, str], *search: Path) -> Path | None:
    found = find("5.100.0", environ, search=search)
    return found.binary if found else None


def test_the_order_of_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(provider, "CACHE", mirror(tmp_path / "repository-cache"))
    names = ["named", "cache", "configured", "configured-cache", "data/terraform/plugins"]
    roots = {name: mirror(tmp_path / name) for name in names}
    (tmp_path / ".terraformrc").write_text(
        f'plugin_cache_dir = "{roots["configured-cache"]}"\n'
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{roots["configured"]}"\n  }}\n}}\n'
    )
    environ = {
        "HOME": str(tmp_path),
        "TF_PLUGIN_MIRROR": str(roots["named"]),
        "TF_PLUGIN_CACHE_DIR": str(roots["cache"]),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_DATA_DIRS": str(tmp_path / "none"),
    }
    order = [*roots.values(), tmp_path / "repository-cache"]
    candidates = [folder for folder in provider.mirrors(environ) if (folder / SOURCE).exists()]
    assert candidates == order
    assert found_in(environ) == roots["named"] / SOURCE / "5.100.0" / target() / NAME


def test_a_configuration_in_json_is_understood_too(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"provider_installation": [{"filesystem_mirror": [{"path": "/a/b"}]}]}')
    assert Path("/a/b") in list(provider.mirrors({"HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": str(config)}))


def test_a_configuration_that_does_not_exist_is_no_hindrance(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": str(tmp_path / "missing")}
    assert found_in(environ, mirror(tmp_path / "disk"))


def test_the_disk_is_searched_for_the_binary_and_nothing_else(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path / "home")}
    put(tmp_path / "disk" / "other", name="terraform-provider-aws_v6.0.0_x5")
    put(tmp_path / "disk" / "notes", mode=0o644)
    put(tmp_path / "disk" / "node_modules")
    put(tmp_path / "disk" / "plan9_arm")
    assert found_in(environ, tmp_path / "disk") is None
    binary = put(tmp_path / "disk" / "a" / "b")
    assert found_in(environ, tmp_path / "nowhere", tmp_path / "disk") == binary


def test_the_search_of_the_disk_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "disk")
    monkeypatch.setattr(provider, "SEARCH_SECONDS", -1.0)
    assert found_in({"HOME": str(tmp_path / "home")}, tmp_path / "disk") is None


def test_a_provider_in_no_mirror_gets_one_of_links(tmp_path: Path) -> None:
    loose = Provider("5.100.0", put(tmp_path / "loose"))
    assert loose.mirror is None
    made = loose.mirrored_in(tmp_path / "made")
    assert (made / SOURCE / "5.100.0" / target() / NAME).resolve() == loose.binary
    inside = find("5.100.0", {"HOME": str(tmp_path), "TF_PLUGIN_MIRROR": str(made)}, search=())
    assert inside is not None
    assert inside.mirrored_in(tmp_path / "unused") == made
