"""The shipped workflows: what the engine makes of their templates."""

import json
from pathlib import Path

import pytest
from chalicelib.workflow_routes import requests
from tests.fakes.control_plane import LAMBDA, World

from mie.engine import custom_resource
from mie_build import operator_manifests, operators_document

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "media-insights-operator-library"
VIDEO = [
    *("GenericDataLookup", "celebrityRecognition", "contentModeration", "faceDetection"),
    *("faceSearch", "labelDetection", "personTracking", "textDetection"),
    *("technicalCueDetection", "shotDetection"),
]
PICTURE = [
    *("celebrityRecognitionImage", "contentModerationImage", "faceDetectionImage"),
    *("faceSearchImage", "labelDetectionImage", "textDetectionImage"),
]
FILES = ["WebToSRTCaptions", "WebToVTTCaptions"]
# workflow -> its stages in order, as the specification names them (operators, 18)
WORKFLOWS = {
    "CasImageWorkflow": {"ValidationStage": ["MediainfoImage"], "RekognitionStage": PICTURE},
    "CasVideoWorkflow": {
        "defaultPrelimVideoStage": ["Thumbnail", "Mediainfo"],
        "defaultVideoStage": VIDEO,
        "defaultAudioStage": ["TranscribeVideo"],
        "defaultTextStage": ["Translate", "ComprehendKeyPhrases", "ComprehendEntities"],
        "defaultTextSynthesisStage": ["Polly"],
    },
    "MieCompleteWorkflow": {
        "completePrelimStage": ["Thumbnail", "Mediainfo"],
        "completeVideoStage": VIDEO,
        "completeAudioStage": ["TranscribeVideo"],
        "completeCaptionsStage": ["WebCaptions"],
        "completeTextStage": [
            *("Translate", "ComprehendKeyPhrases", "ComprehendEntities", "TranslateWebCaptions")
        ],
        "completeOutputStage": [*FILES, "Polly", "PollyWebCaptions"],
    },
    "TranscribeWorkflow": {
        "MediaconvertStage": ["Mediaconvert"],
        "TranscribeStage": ["TranscribeAudio"],
        "WebCaptionsStage": ["WebCaptions"],
        "CreateTimeSeriesStage": FILES,
    },
    "ParallelComprehendWorkflow": {
        "parallelComprehendStage": ["ComprehendEntities", "ComprehendKeyPhrases"]
    },
    "RekognitionVideoWorkflow": {"parallelRekognitionStage": VIDEO[1:]},
    "RekognitionImageWorkflow": {"parallelRekognitionImageStage": PICTURE},
    "InstantTranslateWorkflow": {
        "ITMediaconvertStage": ["Mediaconvert"],
        "ITTranscribeStage": ["TranscribeAudio"],
        "ITTranslateStage": ["Translate"],
        "ITPollyStage": ["Polly"],
    },
    "UpdateCaptionsWorkflow": {"UpdateCaptionsStage": FILES},
}


def registrations(template):
    return {
        name: one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == "Custom::CustomResource"
    }


def as_text(value):
    """Properties as CloudFormation hands them to a custom resource."""
    if isinstance(value, dict):
        return {key: as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_text(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def make(world, logical_id, properties):
    event = {
        "RequestType": "Create",
        "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/app/1",
        "RequestId": "request",
        "LogicalResourceId": logical_id,
        "ResourceProperties": as_text(properties),
    }
    answer = custom_resource.handle(lambda: world.definition_ports, event, requests.check)
    assert answer["Status"] == "SUCCESS", answer["Reason"]


@pytest.fixture
def world(built):
    """A control plane in which the operator library is deployed."""
    world = World()
    for name, properties in registrations(built[LIBRARY]).items():
        arns = {
            key: f"{LAMBDA}:{name}-{key}"
            for key in ("StartLambdaArn", "MonitorLambdaArn")
            if key in properties
        }
        make(world, name, {**properties, "ServiceToken": "token", **arns})
    return world


@pytest.fixture
def exports(built):
    """Name under which a workflow imports an operator -> the operator's name."""
    names = {name: one["Name"] for name, one in registrations(built[LIBRARY]).items()}
    return {
        output["Export"]["Name"]["Fn::Join"][1][1]: names[output["Value"]["Fn::GetAtt"][0]]
        for output in built[LIBRARY]["Outputs"].values()
        if "Export" in output
    }


def deploy(world, template, exports):
    """The workflow that the template makes."""
    for name, given in registrations(template).items():
        properties = {**given, "ServiceToken": "token"}
        if given["ResourceType"] == "Stage":
            imported = [one["Fn::ImportValue"]["Fn::Sub"] for one in given["Operations"]]
            properties["Operations"] = [
                exports[one.removeprefix("${OperatorLibraryStack}:")] for one in imported
            ]
        make(world, name, properties)
    return world.workflows.items[given["Name"]]


def template_of(built, name):
    nested = built["media-insights-stack"]["Resources"][name]["Properties"]
    return built[Path(nested["TemplateURL"]["Fn::Sub"][0]).stem]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_parameter_of_the_root_stack_deploys_the_workflow(built, name):
    root = built["media-insights-stack"]
    assert root["Resources"][name]["Condition"] == f"Deploy{name}Condition"
    asked = [one["Fn::Equals"] for one in root["Conditions"][f"Deploy{name}Condition"]["Fn::Or"]]
    assert asked == [[{"Ref": f"Deploy{name}"}, one] for one in ("Yes", "true")]
    assert root["Parameters"][f"Deploy{name}"]["Default"] == "No"
    assert root["Parameters"][f"Deploy{name}"]["AllowedValues"] == ["Yes", "No", "true", "false"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_engine_takes_the_workflow_with_the_stages_of_the_contract(built, world, exports, name):
    made = deploy(world, template_of(built, name), exports)
    assert made["Name"] == name
    order, following = [], made["StartAt"]
    while following:
        order.append(following)
        following = made["Stages"][following].get("Next")
    stages = {one: made["Stages"][one]["Operations"] for one in order}
    assert list(stages.items()) == list(WORKFLOWS[name].items())


def test_all_workflows_fit_beside_each_other(built, world, exports):
    for name in WORKFLOWS:
        deploy(world, template_of(built, name), exports)
    assert set(world.workflows.items) == set(WORKFLOWS)


def test_what_a_template_ends_with_comes_after_its_stages(built):
    for name in WORKFLOWS:
        resources = template_of(built, name)["Resources"]
        assert set(resources[name]["DependsOn"]) == set(WORKFLOWS[name])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_two_operators_of_a_stage_return_the_same_medium(name):
    """The roll-up of such a stage fails."""
    manifests = operator_manifests.load_manifests(ROOT / "source" / "operators")
    library = operators_document.library_of(ROOT, manifests)
    writes = {
        one.name: one.documentation.writes_media
        for one in operators_document.described(library, manifests)
    }
    for operations in WORKFLOWS[name].values():
        media = [medium for one in operations for medium in writes[one]]
        assert len(media) == len(set(media))


def test_captions_in_two_languages_come_out_of_the_complete_workflow(built, world, exports):
    made = deploy(world, template_of(built, "MieCompleteWorkflow"), exports)
    configured = {
        operation: values
        for stage in made["Stages"].values()
        for operation, values in stage["Configuration"].items()
    }
    # the language of the video itself comes out anyway
    for operation in ("TranslateWebCaptions", *FILES):
        assert configured[operation]["TargetLanguageCodes"] == ["auto"]
        assert configured[operation]["Enabled"] is True


@pytest.mark.parametrize(
    "name", ["CasVideoWorkflow", "MieCompleteWorkflow", "InstantTranslateWorkflow"]
)
def test_a_workflow_translates_to_english_or_from_it(built, world, exports, name):
    made = deploy(world, template_of(built, name), exports)
    (configured,) = (
        stage["Configuration"]["Translate"]
        for stage in made["Stages"].values()
        if "Translate" in stage["Configuration"]
    )
    assert configured["TargetLanguageCode"] == "auto"


@pytest.mark.parametrize(
    "name",
    ["CasVideoWorkflow", "MieCompleteWorkflow", "TranscribeWorkflow", "InstantTranslateWorkflow"],
)
def test_a_workflow_has_the_spoken_language_identified(built, world, exports, name):
    made = deploy(world, template_of(built, name), exports)
    (spoken,) = (
        values["TranscribeLanguage"]
        for stage in made["Stages"].values()
        for operation, values in stage["Configuration"].items()
        if operation.startswith("Transcribe")
    )
    assert spoken == "auto"


def test_what_a_workflow_is_for_is_enabled_in_it(built, world, exports):
    for name in ("TranscribeWorkflow", "InstantTranslateWorkflow"):
        made = deploy(world, template_of(built, name), exports)
        for stage in made["Stages"].values():
            assert all(one["Enabled"] for one in stage["Configuration"].values())


def test_stages_of_a_template_are_json_that_names_each_of_them(built):
    for name in WORKFLOWS:
        properties = template_of(built, name)["Resources"][name]["Properties"]
        assert list(json.loads(properties["Stages"])) == list(WORKFLOWS[name])
