"""The published templates: plain CloudFormation, with the places of the packages filled in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mie_build import apis, cfn_yaml, operator_library, operator_manifests

Template = dict[str, Any]


def build_all(root: Path) -> dict[str, Template]:
    """Every template by its name without the suffix; placeholders are still in place."""
    source = root / "source"
    return {
        **{
            path.stem: cfn_yaml.load(path.read_text())
            for path in sorted((root / "cloudformation").glob("*.yaml"))
        },
        **{api.template: apis.build(api, source) for api in apis.APIS},
        "media-insights-operator-library": operator_library.compose(
            cfn_yaml.load((source / "operators" / "operator-library.yaml").read_text()),
            operator_manifests.load_manifests(source / "operators"),
        ),
    }


def write(templates: Mapping[str, Template], folder: Path, values: Mapping[str, str]) -> None:
    """Writes ``<folder>/<name>.template``; values: placeholder such as VERSION -> its text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in templates.items():
        text = json.dumps(template, indent=1)
        for placeholder, value in values.items():
            # inside a JSON string, so quoted like one
            text = text.replace(f"%%{placeholder}%%", json.dumps(value)[1:-1])
        (folder / f"{name}.template").write_text(text + "\n")
