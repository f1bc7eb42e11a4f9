"""docs/operators.md says what is deployed, because it is written from it.

After a change of a manifest run ``deployment/write-operators.sh`` and read the diff.
"""

from pathlib import Path

import pytest

from mie.core import configuration, operator_settings
from mie_build import operator_manifests, operators_document
from mie_build.operator_manifests import ManifestError

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = operator_manifests.load_manifests(ROOT / "source" / "operators")
LIBRARY = operators_document.library_of(ROOT, MANIFESTS)
DESCRIBED = {one.name: one for one in operators_document.described(LIBRARY, MANIFESTS)}


def test_the_kept_document_is_what_would_be_written_now():
    written = operators_document.document(LIBRARY, MANIFESTS)
    assert operators_document.PATH.read_text() == written, "run deployment/write-operators.sh"


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_operator_of_the_library_has_a_section(name):
    text = operators_document.PATH.read_text()
    section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    one = DESCRIBED[name]
    for said in (one.documentation.purpose, one.documentation.cost, one.error_key, one.store_key):
        assert " ".join(said.split()) in section.replace("&lt;", "<")
    for setting in one.settings:
        assert f"| `{setting['Name']}` | {operator_settings.taken(setting)} |" in section
        assert " ".join(setting["Description"].split()) in section.replace("&lt;", "<")


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_operator_of_the_library_declares_its_settings_and_fits_them(name):
    one = DESCRIBED[name]
    assert set(one.configuration) == {"MediaType", "Enabled"}
    declared = operator_settings.declared(one.settings)
    whole = configuration.of_operation(name, one.configuration, declared)
    assert whole == {**one.configuration, **operator_settings.defaults(declared)}


def test_an_operator_by_hand_may_declare_nothing():
    properties = dict(LIBRARY["Resources"]["WaitOperation"]["Properties"])
    del properties["Settings"]
    resource = {**LIBRARY["Resources"]["WaitOperation"], "Properties": properties}
    resources = {**LIBRARY["Resources"], "WaitOperation": resource}
    text = operators_document.document({**LIBRARY, "Resources": resources}, MANIFESTS)
    assert "| any |  |  | The operator declares none. |" in text.partition("\n## Wait\n")[2]


def test_actions_are_those_of_the_role_without_what_every_operator_may_do():
    assert DESCRIBED["labelDetectionImage"].actions == ("rekognition:DetectLabels",)
    assert DESCRIBED["GenericDataLookup"].actions == ("s3:GetObject",)
    assert DESCRIBED["Wait"].actions == ()


def test_an_entry_by_hand_without_documentation_is_refused():
    resource = {**LIBRARY["Resources"]["WaitOperation"], "Metadata": {}}
    library = {**LIBRARY, "Resources": {"WaitOperation": resource}}
    with pytest.raises(ManifestError, match="WaitOperation: the Metadata have no Operator"):
        list(operators_document.described(library, MANIFESTS))
