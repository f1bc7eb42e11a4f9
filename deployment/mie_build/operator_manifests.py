"""The manifests of operators: what a ``manifest.yaml`` below source/operators says.

    packages:                      # Lambda packages: name of the zip -> files of the folder
      mediainfo: [mediainfo.py]    # the folder's requirements.txt, if any, is added to each
    resources:                     # optional: more CloudFormation resources of the operators,
      aRole: {Type: …}             # such as roles that a service takes on
    operators:
      - name: Mediainfo            # as the operator is registered
        type: Sync                 # Async has a check as well
        configuration:             # defaults, at least these two
          MediaType: Video
          Enabled: true
        start:                     # memory in MB, timeout in seconds
          {handler: mediainfo.lambda_handler, memory: 512, timeout: 300}
        check: {…}                 # only Async
        environment:               # optional, more variables of its functions
          aRoleArn: !GetAtt aRole.Arn
        store_key: Mediainfo       # under which results are stored; OPERATOR_NAME of the functions
        error_key: MediainfoError  # under which failures stand in the metadata
        output: MediainfoOperation # key of the stack's output
        also_output: Mediainfo     # optional, the key that the original's library has instead
        export: Mediainfo          # <stack name>:Mediainfo is what workflows import
        permissions:               # optional, what the role allows besides the common things
          - {Action: …, Resource: …}
        retired: …                 # optional, the reason: it is registered, and cannot be enabled
        # The documentation; docs/operators.md is written from it.
        purpose: …                 # what it does for the user, in one sentence
        reads:                     # in order of preference
          {media: [Video, Image], metadata: []}
        writes:                    # media type -> key in S3; metadata key -> its meaning
          {media: {}, metadata: {Mediainfo_num_audio_tracks: …}}
        stored: …                  # the shape of what the data plane keeps
        errors: [No valid inputs]  # texts, or their beginnings
        cost: …                    # what the bill depends on, with its unit

An operator that is written by hand in operator-library.yaml has the documentation as ``Metadata``
of its registration, with ``store_key`` and ``error_key`` beside it, and ``Settings`` as a property.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mie.core import operator_settings
from mie.core.errors import BadRequest
from mie_build import cfn_yaml

_TYPES = {"Sync": ("start",), "Async": ("start", "check")}
# It becomes a logical id, and with a root stack's name of 33 characters and a suffix that of a
# function, which may have 64.
_NAME = re.compile(r"[A-Za-z0-9]{1,25}")
# what every function gets anyway
_COMMON_VARIABLES = frozenset(
    {"OPERATOR_NAME", "DataplaneEndpoint", "DATAPLANE_BUCKET", "botoConfig"}
)

_DOCUMENTATION = frozenset({"purpose", "reads", "writes", "stored", "errors", "cost"})
_KEYS = _DOCUMENTATION | {
    *(
        "name",
        "type",
        "configuration",
        "settings",
        "start",
        "store_key",
        "error_key",
        "output",
        "export",
    )
}
_MORE_KEYS = frozenset({"check", "permissions", "environment", "retired", "also_output"})
_FUNCTION_KEYS = frozenset({"handler", "memory", "timeout"})
_PLACES = frozenset({"media", "metadata"})


class ManifestError(ValueError):
    """A manifest, or what several of them make together, is wrong; the message says where."""


@dataclass(frozen=True)
class Function:
    """One Lambda function. memory in MB, timeout in seconds, package without .zip."""

    handler: str
    memory: int
    timeout: int
    package: str

    @property
    def module(self) -> str:
        return self.handler.rpartition(".")[0]


@dataclass(frozen=True)
class Documentation:
    """What the user is told of an operator.

    reads: names, in order of preference; writes: media type -> key in S3, metadata key -> meaning.
    """

    purpose: str
    reads_media: tuple[str, ...]
    reads_metadata: tuple[str, ...]
    writes_media: Mapping[str, str]
    writes_metadata: Mapping[str, str]
    stored: str
    errors: tuple[str, ...]
    cost: str


@dataclass(frozen=True)
class Operator:
    """One operator; functions: its start and, when it is asynchronous, its check.

    settings: rows of Settings. retired: why it cannot be enabled any more, or None.
    """

    name: str
    type: str
    configuration: Mapping[str, Any]
    settings: tuple[Mapping[str, Any], ...]
    functions: tuple[Function, ...]
    environment: Mapping[str, Any]
    store_key: str
    error_key: str
    output: str
    also_output: str | None
    export: str
    permissions: tuple[Mapping[str, Any], ...]
    retired: str | None
    documentation: Documentation


@dataclass(frozen=True)
class Manifest:
    """The operators of one folder; packages: name of the zip -> names of files."""

    folder: Path
    packages: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, Any]
    operators: tuple[Operator, ...]


def load_manifests(root: Path) -> list[Manifest]:
    """The manifests below source/operators, in the order of their folders."""
    return [_manifest(path) for path in sorted(root.glob("*/manifest.yaml"))]


def check_settings(rows: Sequence[Mapping[str, Any]], where: str) -> None:
    """That the engine will take them, and that each says what it is. Raises ManifestError."""
    for row in rows:
        if missing := sorted({"Name", "Type", "Description"} - set(row)):
            raise ManifestError(f"{where}: settings: {', '.join(missing)} is missing")
        if row["Type"] not in operator_settings.TYPES:
            raise ManifestError(f"{where}: settings: {row['Type']} is no type")
    try:
        operator_settings.declared(rows)
    except BadRequest as error:
        raise ManifestError(f"{where}: {error}") from error


def documentation(entry: Mapping[str, Any], where: str) -> Documentation:
    """The documentation that an operator's entry holds among others. Raises ManifestError."""
    if missing := sorted(_DOCUMENTATION - set(entry)):
        raise ManifestError(f"{where}: {', '.join(missing)} is missing")
    for place in ("reads", "writes"):
        _check_keys(entry[place], frozenset(), _PLACES, f"{where}, {place}")
    reads, writes = entry["reads"], entry["writes"]
    return Documentation(
        purpose=_text(entry, "purpose", where),
        reads_media=tuple(reads.get("media", ())),
        reads_metadata=tuple(reads.get("metadata", ())),
        writes_media=writes.get("media", {}),
        writes_metadata=writes.get("metadata", {}),
        stored=_text(entry, "stored", where),
        errors=tuple(map(str, entry["errors"])),
        cost=_text(entry, "cost", where),
    )


def _manifest(path: Path) -> Manifest:
    document = cfn_yaml.load(path.read_text())
    where = f"{path.parent.name}/{path.name}"
    _check_keys(document, frozenset({"packages", "operators"}), frozenset({"resources"}), where)
    contents = {name: tuple(files) for name, files in document["packages"].items()}
    for file in (one for files in contents.values() for one in files):
        if not (path.parent / file).is_file():
            raise ManifestError(f"{where}: there is no file {file}")
    operators = tuple(_operator(one, contents, where) for one in document["operators"])
    return Manifest(path.parent, contents, document.get("resources", {}), operators)


def _operator(
    entry: Mapping[str, Any], contents: Mapping[str, tuple[str, ...]], where: str
) -> Operator:
    where = f"{where}: {entry.get('name', 'an operator without a name')}"
    _check_keys(entry, _KEYS, _MORE_KEYS, where)
    if entry["type"] not in _TYPES:
        raise ManifestError(f"{where}: type is Sync or Async, not {entry['type']}")
    if not _NAME.fullmatch(entry["name"]):
        raise ManifestError(f"{where}: a name has up to 25 letters and digits")
    if not {"MediaType", "Enabled"} <= set(entry["configuration"]):
        raise ManifestError(f"{where}: configuration needs MediaType and Enabled")
    check_settings(entry["settings"], where)
    if ("check" in entry) != (entry["type"] == "Async"):
        raise ManifestError(f"{where}: an Async operator has a check, a Sync one has none")
    if "retired" in entry and entry["configuration"]["Enabled"] is not False:
        raise ManifestError(f"{where}: a retired operator is not enabled")
    if repeated := sorted(_COMMON_VARIABLES & set(entry.get("environment", {}))):
        raise ManifestError(f"{where}: every function has {', '.join(repeated)} anyway")
    return Operator(
        name=entry["name"],
        type=entry["type"],
        configuration=entry["configuration"],
        settings=tuple(entry["settings"]),
        functions=tuple(
            _function_entry(entry[role], contents, f"{where}, {role}")
            for role in _TYPES[entry["type"]]
        ),
        environment=entry.get("environment", {}),
        store_key=entry["store_key"],
        error_key=entry["error_key"],
        output=entry["output"],
        also_output=_text(entry, "also_output", where) if "also_output" in entry else None,
        export=entry["export"],
        permissions=tuple(entry.get("permissions", ())),
        retired=_text(entry, "retired", where) if "retired" in entry else None,
        documentation=documentation(entry, where),
    )


def _function_entry(
    entry: Mapping[str, Any], contents: Mapping[str, tuple[str, ...]], where: str
) -> Function:
    _check_keys(entry, _FUNCTION_KEYS, frozenset(), where)
    module = entry["handler"].rpartition(".")[0]
    holding = [name for name, files in contents.items() if f"{module}.py" in files]
    if len(holding) != 1:
        raise ManifestError(
            f"{where}: {module}.py stands in {len(holding)} packages, it has to be one"
        )
    return Function(entry["handler"], entry["memory"], entry["timeout"], holding[0])


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    text = entry[key].strip() if isinstance(entry[key], str) else ""
    if not text:
        raise ManifestError(f"{where}: {key} has to be a text")
    return str(text)


def _check_keys(
    entry: Mapping[str, Any], needed: frozenset[str], allowed: frozenset[str], where: str
) -> None:
    if missing := sorted(needed - set(entry)):
        raise ManifestError(f"{where}: {', '.join(missing)} is missing")
    if unknown := sorted(set(entry) - needed - allowed):
        raise ManifestError(f"{where}: {', '.join(unknown)} is not known here")
