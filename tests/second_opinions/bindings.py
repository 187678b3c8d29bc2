"""What the metadata of the newest bindings says of every resource and data source that is declared.

The stacks are synthesized on the oldest supported bindings. A *wheel* of the newest ones holds a jsii assembly: each
argument's name, type, and whether it is required, made from the provider's own schema.
"""

from __future__ import annotations

import importlib.util
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.harness.policies import as_list
from tests.second_opinions import environments
from tests.second_opinions.declared import stacks
from tests.second_opinions.table import Answer, Difference, Opinion

PACKAGES = ("cdktf-cdktf-provider-aws", "cdktn-provider-aws")
META = {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
"""Arguments that Terraform itself has for every resource."""
Type = Mapping[str, Any]


@dataclass(frozen=True)
class Argument:
    """One argument of a resource, data source or block.

    Attributes:
        required: whether it must be there.
        type: its type as jsii writes it.

    """

    required: bool
    type: Type


@dataclass
class Assembly:
    """The metadata of one version of the bindings.

    Attributes:
        blocks: the arguments of each block by jsii's name of the block and Terraform's name of the argument.
        kinds: the block of each kind: ``aws_vpc``, and ``data.aws_vpc`` for a data source.

    """

    blocks: dict[str, dict[str, Argument]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, archive: bytes) -> Assembly:
        """Read the file ``….jsii.tgz`` of bindings."""
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            member = files.extractfile("package/.jsii")
            assert member is not None
            types: dict[str, Any] = json.load(member)["types"]
        assembly = cls()
        for name, each in types.items():
            if each["kind"] == "interface" and each.get("datatype"):
                assembly.blocks[name] = dict(_arguments(each))
            elif (kind := _kind(each)) and len(each["initializer"]["parameters"]) > 2:
                assembly.kinds[kind] = each["initializer"]["parameters"][2]["type"]["fqn"]
        return assembly

    def faults(self, kind: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the path of each argument that is wrong, and what is wrong with it."""
        if kind in self.kinds:
            yield from self._block(kind, self.kinds[kind], values, META)
        else:
            yield kind, "there is no such type"

    def _block(
        self, path: str, block: str, values: Mapping[str, Any], meta: set[str] = META
    ) -> Iterator[tuple[str, str]]:
        arguments, written = self.blocks[block], _with_dynamic(values)
        for name, argument in arguments.items():
            if argument.required and written.get(name) is None:
                yield f"{path}.{name}", "it is required"
        for name, value in written.items():
            if name in arguments:
                yield from self._value(f"{path}.{name}", arguments[name].type, value)
            elif name not in meta:
                yield f"{path}.{name}", "there is no such argument"

    def _value(self, path: str, kind: Type, value: Any) -> Iterator[tuple[str, str]]:
        if value is None or (isinstance(value, str) and "${" in value):
            return
        if "union" in kind:
            named = [each for each in kind["union"]["types"] if not each.get("fqn", "").endswith(".IResolvable")]
            yield from self._value(path, named[0], value)
        elif "collection" in kind:
            yield from self._collection(path, kind["collection"], value)
        elif "fqn" in kind:
            # A block that may be there once is written as an object, or as a list of one.
            for each in as_list(value):
                yield from self._nested(path, kind["fqn"], each)
        elif not _is(kind["primitive"], value):
            yield path, f"got {value!r}; the type is {kind['primitive']}"

    def _collection(self, path: str, collection: Type, value: Any) -> Iterator[tuple[str, str]]:
        element = collection["elementtype"]
        is_map = collection["kind"] == "map"
        if isinstance(value, dict if is_map else list):
            for each in value.values() if is_map else value:
                yield from self._value(path, element, each)
        elif not is_map and isinstance(value, dict):
            yield from self._value(path, element, value)
        else:
            yield path, f"got {value!r}; the type is {'map' if is_map else 'list'}"

    def _nested(self, path: str, block: str, value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            yield from self._block(path, block, value, {"//"})
        elif not (isinstance(value, str) and "${" in value):
            yield path, f"got {value!r}; the type is a block"


def _with_dynamic(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block's arguments with its dynamic blocks under their own names."""
    dynamic = values.get("dynamic", {})
    blocks = {name: [each["content"] for each in as_list(blocks)] for name, blocks in dynamic.items()}
    return {**{name: value for name, value in values.items() if name != "dynamic"}, **blocks}


def _is(primitive: str, value: Any) -> bool:
    """Say whether Terraform takes a value for one of a primitive type: it converts texts, numbers and booleans."""
    if primitive == "number":
        return not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", str(value)) is not None
    if primitive == "boolean":
        return str(value).lower() in ("true", "false")
    return primitive == "any" or isinstance(value, str | int | float)


def _kind(each: Type) -> str | None:
    """Return Terraform's name of the type that a class is for."""
    base = str(each.get("base", "")).rpartition(".")[2]
    found = re.search(r"(aws_\w+)\}", each.get("docs", {}).get("summary", ""))
    if found is None or base not in ("TerraformResource", "TerraformDataSource"):
        return None
    return found[1] if base == "TerraformResource" else f"data.{found[1]}"


def _arguments(block: Type) -> Iterator[tuple[str, Argument]]:
    for each in block.get("properties", []):
        docs = each.get("docs", {})
        found = re.search(r"\{@link \S+#(\w+)", docs.get("summary", "") + docs.get("remarks", ""))
        if found:
            yield found[1], Argument(not each.get("optional", False), each["type"])


def newest(package: str) -> Assembly:
    """Return the metadata of a pinned package."""
    with ZipFile(environments.wheel(package)) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".jsii.tgz")]
        return Assembly.read(files.read(name))


def installed() -> Assembly:
    """Return the metadata of the bindings that the stacks are synthesized with."""
    spec = importlib.util.find_spec("cdktf_cdktf_provider_aws")
    assert spec is not None
    assert spec.origin is not None
    (file,) = (Path(spec.origin).parent / "_jsii").glob("*.jsii.tgz")
    return Assembly.read(file.read_bytes())


def declared() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every resource and data source of every stack: its kind, and its arguments."""
    for document in stacks().values():
        for prefix, section in (("", "resource"), ("data.", "data")):
            for kind, each in document.get(section, {}).items():
                if kind.startswith("aws_"):
                    yield from ((prefix + kind, values) for values in each.values())


def changes(older: Assembly, newer: Assembly, kinds: set[str]) -> Iterator[str]:
    """Yield what only the older or only the newer of two bindings know of some kinds of resources."""
    for word, one, other in (("older", older, newer), ("newer", newer, older)):
        only: dict[str, list[str]] = {}
        for kind in sorted(kinds & one.kinds.keys() & other.kinds.keys()):
            for name in one.blocks[one.kinds[kind]].keys() - other.blocks[other.kinds[kind]].keys():
                only.setdefault(name, []).append(kind)
        several = {name: of for name, of in only.items() if len(of) > 3}
        yield from (f"only the {word} know {name} of {len(of)} types" for name, of in sorted(several.items()))
        few = sorted(f"{kind}.{name}" for name, of in only.items() if name not in several for kind in of)
        if few:
            yield f"only the {word} know {', '.join(few)}"


def ask(package: str) -> Answer:
    """Compare every resource and data source with the metadata of one package."""
    assembly, blocks = newest(package), list(declared())
    said = {each for kind, values in blocks for each in assembly.faults(kind, values)}
    kinds = {kind for kind, _ in blocks}
    return Answer(
        f"{len(blocks)} blocks of {len(kinds)} types in {len(stacks())} stacks",
        [Difference(path, detail) for path, detail in sorted(said)],
        list(changes(installed(), assembly, kinds)),
    )


def opinions() -> list[Opinion]:
    """Return the rows of the table."""
    question = "Does every argument of our resources and data sources exist, has it its type, and is none missing?"
    return [
        Opinion(package, f"{package} {environments.pinned(package)}", question, partial(ask, package))
        for package in PACKAGES
    ]
