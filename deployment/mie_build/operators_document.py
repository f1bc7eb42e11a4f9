"""``docs/operators.md``: every operator of the library, written from what is deployed.

Names, types and defaults come from the registrations of the published template, AWS actions from
the roles in it, words from the manifests and from the metadata of hand-written registrations.

    deployment/write-operators.sh
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mie.core.operator_settings import taken
from mie_build import cfn_yaml, operator_library, operator_manifests
from mie_build.operator_manifests import Documentation, Manifest, ManifestError

Template = Mapping[str, Any]

_ROOT = Path(__file__).resolve().parents[2]
PATH = _ROOT / "docs" / "operators.md"
_METADATA = "Operator"
_OWN_KEYS = ("MediaType", "Enabled")
# What every role allows, see operator_library.
_COMMON_SIDS = frozenset({"Logs", "Traces", "DataPlane", "Media", "ExternalMedia"})

_HEAD = """# Operators

Written by `deployment/write-operators.sh` from the manifests in `source/operators` and from
`operator-library.yaml`; a test fails while they do not agree.

Every operator reads `MediaType` and `Enabled` of its configuration: it runs when it is enabled and
the execution has a medium of that type (`MetadataOnly`: always), and is `Skipped` otherwise. An
asynchronous one also reads `PollSeconds`, `MaxPollSeconds` and `TimeoutSeconds`
([the developer's guide](developers-guide.md)). Any other key than these and the operator's settings
is refused; values may be text, such as `"80"`. Results are read with
`GET /metadata/{AssetId}/{stored under}` of the Dataplane API. What goes wrong stands in the
metadata of the execution under the error key; texts are given here with their beginnings. An
unsupported file or setting fails at once, everything else is tried three times.

The workflows that come with the engine have the spoken language identified, and translate to
English, and English to Spanish (`auto`); a setting of the execution overrides that. A reader
that does not know the language is `Skipped`, with the reason under `<name>Skipped` in the
metadata, and so is what depends on it; the workflow goes on. It is an error where the language
was configured for this very operator. On a laptop a reader whose models are not installed is
`Skipped` in the same way, with the command that installs them.

`{A}` is the asset, `{W}` the execution, `{stem}` the name of the file without its extension.
"""


@dataclass(frozen=True)
class Described:
    """An operator as the document shows it.

    settings: None of one that takes any key. actions: what its functions may do in AWS.
    """

    name: str
    type: str
    configuration: Mapping[str, Any]
    settings: Sequence[Mapping[str, Any]] | None
    export: str
    store_key: str
    error_key: str
    actions: tuple[str, ...]
    retired: str | None
    documentation: Documentation


def main() -> None:
    manifests = operator_manifests.load_manifests(_ROOT / "source" / "operators")
    PATH.write_text(document(library_of(_ROOT, manifests), manifests))
    print(f"Wrote {PATH.relative_to(_ROOT)}")


def library_of(root: Path, manifests: Sequence[Manifest]) -> Template:
    by_hand = cfn_yaml.load((root / "source/operators/operator-library.yaml").read_text())
    return operator_library.compose(by_hand, manifests)


def document(library: Template, manifests: Sequence[Manifest]) -> str:
    """The text. Raises ManifestError for an operator without documentation."""
    operators = sorted(described(library, manifests), key=lambda one: one.name.lower())
    return "\n".join([_HEAD, *_overview(operators), *map(_section, operators)])


def described(library: Template, manifests: Sequence[Manifest]) -> Iterator[Described]:
    """Every registration of the library, in its order."""
    declared = {one.name: one for manifest in manifests for one in manifest.operators}
    exports = {
        output["Value"]["Fn::GetAtt"][0]: output["Export"]["Name"]["Fn::Join"][1][1]
        for output in library["Outputs"].values()
        if "Export" in output
    }
    for logical_id, resource in library["Resources"].items():
        if resource["Type"] != "Custom::CustomResource":
            continue
        properties = resource["Properties"]
        name = properties["Name"]
        if name in declared:
            operator = declared[name]
            keys = operator.store_key, operator.error_key
            words = operator.documentation
        else:
            entry = resource.get("Metadata", {}).get(_METADATA)
            if entry is None:
                raise ManifestError(f"{logical_id}: the Metadata have no {_METADATA}")
            keys = entry["store_key"], entry["error_key"]
            words = operator_manifests.documentation(entry, logical_id)
            operator_manifests.check_settings(properties.get("Settings", ()), logical_id)
        yield Described(
            name=name,
            type=properties["Type"],
            configuration=properties["Configuration"],
            settings=properties.get("Settings"),
            export=exports[logical_id],
            store_key=keys[0],
            error_key=keys[1],
            actions=tuple(dict.fromkeys(_actions(library, properties))),
            retired=properties.get("Retired"),
            documentation=words,
        )


def _actions(library: Template, registration: Mapping[str, Any]) -> Iterator[str]:
    """What the functions' roles allow beyond what every operator may do."""
    for key in ("StartLambdaArn", "MonitorLambdaArn"):
        arn = registration.get(key, {})
        # a function outside of this library has its role elsewhere
        if "Fn::GetAtt" not in arn:
            continue
        function = library["Resources"][arn["Fn::GetAtt"][0]]["Properties"]
        role = library["Resources"][function["Role"]["Fn::GetAtt"][0]]["Properties"]
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield from _special_actions(statement)


def _special_actions(statement: Mapping[str, Any]) -> list[str]:
    if "Fn::If" in statement or statement.get("Sid") in _COMMON_SIDS:
        return []
    action = statement["Action"]
    return [action] if isinstance(action, str) else list(action)


def _overview(operators: Sequence[Described]) -> list[str]:
    rows = (
        (
            f"[{one.name}](#{one.name.lower()})",
            one.type,
            one.configuration["MediaType"],
            _enabled(one),
            one.documentation.purpose,
        )
        for one in operators
    )
    return [_table(("Operator", "Type", "Media type", "Enabled", "Purpose"), rows), ""]


def _enabled(operator: Described) -> str:
    if operator.retired is not None:
        return "retired"
    return "yes" if operator.configuration["Enabled"] else "no"


def _section(operator: Described) -> str:
    words = operator.documentation
    facts = [
        ("Type", operator.type),
        ("Media type", f"`{operator.configuration['MediaType']}`"),
        ("Enabled by default", _enabled(operator)),
        ("Imported as", f"`<operator library stack>:{operator.export}`"),
        ("Reads media", ", else ".join(map(_code, words.reads_media)) or "none"),
        ("Reads metadata", ", ".join(map(_code, words.reads_metadata)) or "none"),
        *((f"Returns medium `{kind}`", _code(key)) for kind, key in words.writes_media.items()),
        *(
            (f"Returns metadata `{key}`", _plain(text))
            for key, text in words.writes_metadata.items()
        ),
        ("Stored under", _code(operator.store_key)),
        ("Stored", _plain(words.stored)),
        ("Error key", _code(operator.error_key)),
        ("Errors", "<br>".join(map(_plain, words.errors)) or "none of its own"),
        ("AWS actions", ", ".join(map(_code, operator.actions)) or "none of its own"),
        ("Cost", _plain(words.cost)),
    ]
    retired = [] if operator.retired is None else [f"**Retired.** {operator.retired}", ""]
    return "\n".join(
        [
            f"## {operator.name}",
            "",
            words.purpose,
            "",
            *retired,
            _table(("", ""), facts),
            "",
            _table(("Setting", "Takes", "Default", "Meaning"), _settings(operator)),
            *_more_defaults(operator),
            "",
        ]
    )


def _settings(operator: Described) -> list[tuple[str, str, str, str]]:
    if operator.settings is None:
        return [("any", "", "", "The operator declares none.")]
    return [
        (
            _code(one["Name"]),
            taken(one),
            _code(json.dumps(one["Default"], ensure_ascii=False)) if "Default" in one else "",
            _plain(one["Description"]),
        )
        for one in operator.settings
    ] or [("none", "", "", "")]


def _more_defaults(operator: Described) -> list[str]:
    more = {key: operator.configuration[key] for key in operator.configuration}
    for key in _OWN_KEYS:
        more.pop(key)
    if not more:
        return []
    return ["", f"Registered with `{json.dumps(more, ensure_ascii=False)}`."]


def _code(text: str) -> str:
    return f"`{text}`"


def _plain(text: str) -> str:
    """Words, in which "<" begins no tag of HTML."""
    return text.replace("<", "&lt;")


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
