"""Operators declare exactly what their code reads of a configuration, within the limits of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from MediaInsightsEngineLambdaHelper import OperatorInputError
from mie.core import operator_settings
from mie.core.errors import BadRequest
from mie_build import cfn_yaml, operator_manifests, operators_document

ROOT = Path(__file__).resolve().parents[2]
OPERATORS = ROOT / "source" / "operators"
MANIFESTS = operator_manifests.load_manifests(OPERATORS)
FAMILIES = {one.folder.name: one for one in MANIFESTS if one.operators}
REGISTERED = {
    one["Properties"]["Name"]: one["Properties"]
    for one in operators_document.library_of(ROOT, MANIFESTS)["Resources"].values()
    if one["Type"] == "Custom::CustomResource"
}
SETTINGS = {name: operator_settings.declared(one["Settings"]) for name, one in REGISTERED.items()}
BY_HAND = {"rekognition": ("generic_data_lookup.py", "GenericDataLookup")}

# The functions of operators that are told by a row or an argument which key they read.
BY_ARGUMENT = {"request_of", "_value", "_chosen"}
ROWS = {"Setting", "_setting", "_chosen"}


def keys_read(path: Path) -> Iterator[str]:
    """What a module reads of a configuration, and what it tells others to read."""
    tree = ast.parse(path.read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name not in BY_ARGUMENT:
            for node in ast.walk(function):
                yield from filter(None, [_read(node, path)])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ROWS:
            yield from (
                one.value
                for one in node.args[:2]
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
                if one.value[:1].isupper()
            )


def _read(node: ast.AST, path: Path) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr != "get" or _name(node.func.value) != "configuration":
            return None
        key = node.args[0]
    elif isinstance(node, ast.Subscript) and _name(node.value) == "configuration":
        key = node.slice
    elif isinstance(node, ast.Compare) and _name(node.comparators[0]) == "configuration":
        key = node.left
    else:
        return None
    assert isinstance(key, ast.Constant), f"{path.name}:{node.lineno}: which key does it read?"
    return str(key.value)


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def read_by(files: list[Path]) -> set[str]:
    found = {key for file in files for key in keys_read(file)}
    # the places of Transcribe's request stand beside the keys in its rows
    places = {"Settings", "ModelSettings", "JobExecutionSettings", "ContentRedaction"}
    return found - set(operator_settings.ENGINE_KEYS) - places


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_declares_what_its_code_reads_and_nothing_else(family):
    by_hand = BY_HAND.get(family, ("", ""))[0]
    files = [one for one in (OPERATORS / family).glob("*.py") if one.name != by_hand]
    names = [one.name for one in FAMILIES[family].operators]
    declared = {row["Name"] for name in names for row in SETTINGS[name]}
    assert declared == read_by(files)


@pytest.mark.parametrize(("family", "file", "name"), [(k, *one) for k, one in BY_HAND.items()])
def test_so_does_an_operator_that_is_written_by_hand(family, file, name):
    assert {row["Name"] for row in SETTINGS[name]} == read_by([OPERATORS / family / file])


DETECTIONS = {
    "celebrityRecognition": "CELEBRITIES",
    "contentModeration": "MODERATION",
    "faceDetection": "FACES",
    "faceSearch": "FACE_SEARCH",
    "labelDetection": "LABELS",
    "textDetection": "TEXT",
    "shotDetection": "SHOTS",
    "technicalCueDetection": "TECHNICAL_CUES",
}


def calls_of(load, name):
    """What a video's operator may ask, also of a picture, and what a picture's operator may."""
    detection = getattr(load("rekognition", "detections"), DETECTIONS[name.removesuffix("Image")])
    calls = [detection.picture] if name.endswith("Image") else [detection.video, detection.picture]
    return [one for one in calls if one is not None]


@pytest.mark.parametrize(
    "name", [one.name for one in FAMILIES["rekognition"].operators if one.retired is None]
)
def test_a_detection_declares_what_its_calls_take(load, name):
    rows = {row["Name"]: row for row in SETTINGS[name]}
    settings = [one for call in calls_of(load, name) for one in call.settings]
    assert {one.key for one in settings} == set(rows)
    for setting in settings:
        row = rows[setting.key]
        for key, outside in (("Minimum", -1), ("Maximum", 1)):
            if key in row:
                assert setting.check(row[key]) == row[key]
                with pytest.raises(ValueError, match="must be"):
                    setting.check(row[key] + outside)


def test_all_attributes_of_a_face_are_declared(load):
    attributes = load("rekognition", "detections")._FACE_ATTRIBUTES
    for name in ("faceDetection", "faceDetectionImage"):
        (row,) = SETTINGS[name]
        assert row["Allowed"] == list(attributes)


def test_a_video_takes_one_set_of_attributes_also_as_the_list_that_is_declared(load):
    (setting,) = load("rekognition", "detections").FACES.video.settings
    read = operator_settings.read(
        {"FaceAttributes": "DEFAULT"}, SETTINGS["faceDetection"], "faceDetection", "Configuration"
    )
    assert read == {"FaceAttributes": ["DEFAULT"]}
    assert setting.check(read["FaceAttributes"]) == setting.check("DEFAULT") == "DEFAULT"
    with pytest.raises(ValueError, match="must be ALL or DEFAULT"):
        setting.check(["SMILE"])


def test_transcribe_declares_the_limits_of_its_rows(load):
    module = load("transcribe", "transcription_request")
    rows = {row["Name"]: row for row in SETTINGS["TranscribeVideo"]}
    assert SETTINGS["TranscribeAudio"] == SETTINGS["TranscribeVideo"]
    for setting in module._SETTINGS:
        row = rows[setting.key]
        for value in row.get("Allowed", ()):
            assert setting.read(value) == value
        for key, outside in (("Minimum", -1), ("Maximum", 1)):
            if key in row:
                assert setting.read(row[key]) == row[key]
                with pytest.raises(ValueError):  # noqa: PT011 - it says nothing
                    setting.read(row[key] + outside)


def test_polly_declares_its_engines(load):
    rows = {row["Name"]: row for row in SETTINGS["Polly"]}
    assert rows["Engine"]["Allowed"] == list(load("polly", "polly_voices").ENGINES)


def test_a_thumbnails_position_is_declared_within_its_limits(load):
    read = load("mediaconvert", "start_thumbnail").read_position
    row = next(one for one in SETTINGS["Thumbnail"] if one["Name"] == "ThumbnailPosition")
    assert (read(row["Minimum"]), read(row["Maximum"])) == (1, row["Maximum"])
    for outside in (row["Minimum"] - 1, row["Maximum"] + 1):
        with pytest.raises(OperatorInputError):
            read(outside)


# what the original's console sends (specification of the operators, 18)
SENT = {
    "Thumbnail": {"ThumbnailPosition": "10", "Enabled": True},
    "Mediainfo": {"Enabled": True},
    "Mediaconvert": {"MediaType": "Video", "Enabled": False},
    "faceSearch": {"Enabled": True, "CollectionId": "undefined"},
    "GenericDataLookup": {"Enabled": True, "Bucket": "bucket", "Key": "undefined"},
    "TranscribeVideo": {"Enabled": True, "TranscribeLanguage": "en-US"},
    "Translate": {"Enabled": True, "SourceLanguageCode": "en", "TargetLanguageCode": "es"},
    "ComprehendEntities": {"Enabled": True, "KmsKeyId": "1234abcd"},
    "ComprehendKeyPhrases": {"Enabled": True, "KmsKeyId": ""},
    "Polly": {"Enabled": False},
    "WebCaptions": {
        "SourceLanguageCode": "en",
        "ExistingSubtitlesObject": {"Bucket": "b", "Key": "k"},
    },
    "TranslateWebCaptions": {
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["es", "de"],
        "TerminologyNames": [{"Name": "t", "TargetLanguageCodes": ["es"]}],
        "ParallelDataNames": [],
    },
    "WebToVTTCaptions": {"MediaType": "MetadataOnly", "TargetLanguageCodes": ["en", "es"]},
    **{name: {"Enabled": True} for name in DETECTIONS},
    **{f"{name}Image": {"MediaType": "Image", "Enabled": False} for name in list(DETECTIONS)[:6]},
}


@pytest.mark.parametrize("name", SENT)
def test_what_the_originals_clients_send_is_taken_as_it_was(name):
    read = operator_settings.read(SENT[name], SETTINGS[name], name, "Configuration")
    assert read == {**SENT[name], **({"ThumbnailPosition": 10} if name == "Thumbnail" else {})}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "cloudformation").glob("*.yaml")), ids=lambda p: p.stem
)
def test_workflows_of_the_engine_configure_what_operators_take(path):
    stages = [
        one["Properties"]
        for one in cfn_yaml.load(path.read_text())["Resources"].values()
        if one["Type"] == "Custom::CustomResource" and one["Properties"]["ResourceType"] == "Stage"
    ]
    for stage in stages:
        for name, values in stage.get("Configuration", {}).items():
            operator_settings.read(values, SETTINGS[name], name, stage["Name"])


def test_a_misspelt_key_of_a_built_in_operator_is_told():
    with pytest.raises(BadRequest, match="did you mean MinConfidence"):
        operator_settings.read(
            {"MinConfidense": 80}, SETTINGS["labelDetection"], "labelDetection", "Configuration"
        )
