"""The operator library: what manifests and hand-written entries make together.

After an intended change, write the golden file anew and read the diff:
MIE_WRITE_GOLDEN=1 python -m pytest tests/deployment/test_operator_library.py
"""

import ast
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mie.core import configuration, operator_settings, template_properties
from mie_build import cfn_yaml, operator_library, operator_manifests
from mie_build.operator_manifests import ManifestError

ROOT = Path(__file__).resolve().parents[2]
OPERATORS = ROOT / "source" / "operators"
CLOUDFORMATION = ROOT / "cloudformation"
OPERATION = ROOT / "source/workflowapi/chalicelib/workflow_routes/schemas/operation.json"
GOLDEN = ROOT / "tests" / "golden" / "operator-library.yaml"

BY_HAND = cfn_yaml.load((OPERATORS / "operator-library.yaml").read_text())
MANIFESTS = operator_manifests.load_manifests(OPERATORS)
LIBRARY = operator_library.compose(BY_HAND, MANIFESTS)
ENTRIES = [one for manifest in MANIFESTS for one in manifest.operators]


def of_type(kind, template=LIBRARY):
    resources = template["Resources"]
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


FUNCTIONS = of_type("AWS::Lambda::Function")
# of functions; a family may bring more, which services take on
ROLES = {
    name: role
    for name, role in of_type("AWS::IAM::Role").items()
    if "lambda.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
}
REGISTRATIONS = of_type("Custom::CustomResource")


def export_of(output):
    _, (_, suffix) = output["Export"]["Name"]["Fn::Join"]
    return suffix


def test_the_library_is_the_golden_one():
    text = cfn_yaml.dump(LIBRARY)
    if os.environ.get("MIE_WRITE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_entries_written_by_hand_are_deployed_as_they_stand():
    for section in ("Parameters", "Conditions"):
        assert LIBRARY[section] == BY_HAND[section]
    for section in ("Resources", "Outputs"):
        assert {name: LIBRARY[section][name] for name in BY_HAND[section]} == BY_HAND[section]


def test_the_four_sections_of_the_guide_are_there():
    text = (OPERATORS / "operator-library.yaml").read_text()
    sections = (
        "# Lambda Functions",
        "# IAM Roles",
        "# Register as operators in the control plane",
        "# Export operator names as outputs",
    )
    places = [text.index(f"\n  {section}\n") for section in sections]
    assert places == sorted(places)


# What the specification fixes: operator -> (type, export, media type, enabled, more defaults, name
# under which results are stored, error key)
VIDEO_AND_PICTURE = {
    "celebrityRecognition": ("CelebRecognition", True, "CelebrityRecognitionError"),
    "contentModeration": ("ContentModeration", True, "ContentModerationError"),
    "faceDetection": ("FaceDetection", True, "FaceDetectionError"),
    "faceSearch": ("FaceSearch", False, "FaceSearchError"),
    "labelDetection": ("LabelDetection", True, "LabelDetectionError"),
    "textDetection": ("TextDetection", True, "TextDetectionError"),
}
LANGUAGE, TARGETS = {"SourceLanguageCode": "en"}, {"TargetLanguageCodes": ["en"]}
CONTRACT = {
    **{
        name: ("Async", export, "Video", enabled, {}, name, error_key)
        for name, (export, enabled, error_key) in VIDEO_AND_PICTURE.items()
    },
    **{
        f"{name}Image": ("Sync", f"{export}Image", "Image", enabled, {}, name, error_key)
        for name, (export, enabled, error_key) in VIDEO_AND_PICTURE.items()
    },
    **{
        name: (kind, name, medium, enabled, more, name, error_key)
        for name, kind, medium, enabled, more, error_key in (
            ("GenericDataLookup", "Sync", "Video", False, {}, "GenericDataLookupError"),
            ("Mediainfo", "Sync", "Video", True, {}, "MediainfoError"),
            ("MediainfoImage", "Sync", "Image", True, {}, "MediainfoError"),
            ("Mediaconvert", "Async", "Video", False, {}, "MediaconvertError"),
            ("Thumbnail", "Async", "Video", True, {}, "ThumbnailError"),
            *(
                (f"Transcribe{one}", "Async", one, True, {"TranscribeLanguage": "en-US"}, key)
                for one, key in (("Audio", "TranscribeError"), ("Video", "TranscribeError"))
            ),
            (
                *("Translate", "Sync", "Text", True),
                *({**LANGUAGE, "TargetLanguageCode": "ru"}, "TranslateError"),
            ),
            ("Polly", "Async", "Text", False, {}, "PollyError"),
            ("WebCaptions", "Sync", "MetadataOnly", True, LANGUAGE, "WebCaptionsError"),
            ("CreateSRTCaptions", "Sync", "Text", True, {}, "WebCaptionsError"),
            ("CreateVTTCaptions", "Sync", "Text", True, {}, "WebCaptionsError"),
            ("WebToSRTCaptions", "Sync", "MetadataOnly", True, TARGETS, "WebCaptionsError"),
            ("WebToVTTCaptions", "Sync", "MetadataOnly", True, TARGETS, "WebCaptionsError"),
            (
                *("TranslateWebCaptions", "Async", "MetadataOnly", True),
                *({**LANGUAGE, "TargetLanguageCodes": ["es"]}, "TranslateError"),
            ),
            (
                *("PollyWebCaptions", "Async", "MetadataOnly", True),
                *(LANGUAGE, "PollyCollectionError"),
            ),
            ("Wait", "Async", "MetadataOnly", False, {}, "WaitError"),
        )
    },
    **{
        f"Comprehend{name}": ("Async", export, "Text", True, {}, store_key, "comprehend_error")
        for name, export, store_key in (
            ("KeyPhrases", "ComprehendPhrases", "key_phrases"),
            ("Entities", "ComprehendEntities", "entities"),
        )
    },
    **{
        name: ("Async", f"{name[0].upper()}{name[1:]}", "Video", enabled, {}, name, error_key)
        for name, enabled, error_key in (
            ("shotDetection", True, "ShotDetectionError"),
            ("technicalCueDetection", True, "TechnicalCueDetectionError"),
            ("personTracking", False, "PersonTrackingError"),
        )
    },
}


def test_the_library_has_the_34_operators_of_the_contract():
    assert len(CONTRACT) == 34
    assert sorted(one["Name"] for one in REGISTRATIONS.values()) == sorted(CONTRACT)


def test_person_tracking_is_retired_and_nothing_else_is():
    retired = {one["Name"]: one["Retired"] for one in REGISTRATIONS.values() if "Retired" in one}
    assert list(retired) == ["personTracking"]
    assert "2025-10-31" in retired["personTracking"]


@pytest.mark.parametrize("logical_id", REGISTRATIONS)
def test_names_exports_and_defaults_are_those_of_the_contract(logical_id):
    one = REGISTRATIONS[logical_id]
    kind, export, medium, enabled, more, _, _ = CONTRACT[one["Name"]]
    (exported,) = (
        export_of(output)
        for output in LIBRARY["Outputs"].values()
        if "Export" in output and output["Value"]["Fn::GetAtt"][0] == logical_id
    )
    assert (one["Type"], exported) == (kind, export)
    defaults = {"MediaType": medium, "Enabled": enabled, **more}
    settings = operator_settings.declared(one["Settings"])
    registered = configuration.of_operation(one["Name"], one["Configuration"], settings)
    assert {key: registered.get(key) for key in defaults} == defaults


@pytest.mark.parametrize("logical_id", REGISTRATIONS)
def test_the_custom_resource_reads_the_declaration_as_it_was_written(logical_id):
    one = REGISTRATIONS[logical_id]
    arrived = template_properties.operation(json.loads(json.dumps(one), parse_int=str))
    rows = json.loads(OPERATION.read_text())["properties"]["Settings"]
    assert list(Draft202012Validator(rows).iter_errors(arrived["Settings"])) == []
    assert operator_settings.declared(arrived["Settings"]) == operator_settings.declared(
        one["Settings"]
    )


@pytest.mark.parametrize("operator", ENTRIES, ids=[one.name for one in ENTRIES])
def test_results_and_errors_stand_where_readers_look_for_them(operator):
    *_, store_key, error_key = CONTRACT[operator.name]
    assert (operator.store_key, operator.error_key) == (store_key, error_key)
    for logical_id in operator_library.function_ids(operator):
        variables = FUNCTIONS[logical_id]["Environment"]["Variables"]
        assert variables["OPERATOR_NAME"] == store_key


def test_the_stack_says_its_name():
    assert LIBRARY["Outputs"]["StackName"]["Value"] == {"Ref": "AWS::StackName"}


def test_an_asynchronous_operator_has_a_check_and_a_synchronous_one_has_none():
    for one in REGISTRATIONS.values():
        assert ("MonitorLambdaArn" in one) == (one["Type"] == "Async")
        assert one["ServiceToken"] == {"Ref": "WorkflowCustomResourceArn"}


def handlers(template, files):
    """(function's logical id, file, name of the handler)"""
    for name, function in of_type("AWS::Lambda::Function", template).items():
        package = function["Code"]["S3Key"]["Fn::Sub"].removeprefix("${CodeKeyPrefix}/")
        module, _, handler = function["Handler"].rpartition(".")
        yield name, files[package.removesuffix(".zip")][f"{module}.py"], handler


PACKAGED = {
    **{name: files for name, files, _ in operator_library.packages(MANIFESTS)},
    # the section "Make lambda package" of build-s3-dist.sh
    "generic_data_lookup": {
        "generic_data_lookup.py": OPERATORS / "rekognition" / "generic_data_lookup.py"
    },
}
TEST_STACK = cfn_yaml.load(
    (CLOUDFORMATION / "media-insights-test-operations-stack.yaml").read_text()
)
HANDLERS = [*handlers(LIBRARY, PACKAGED), *handlers(TEST_STACK, PACKAGED)]


@pytest.mark.parametrize(("name", "file", "handler"), HANDLERS, ids=[one[0] for one in HANDLERS])
def test_every_handler_exists(name, file, handler):
    # whether it takes an event and a context shows when the contract suite calls it
    assert handler in {
        bound for node in ast.parse(file.read_text()).body for bound in bound_names(node)
    }


def bound_names(node):
    """What a statement of a module defines."""
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


DETECTIONS = {
    "celebrity_recognition": "celebrity_recognition_status",
    "content_moderation": "content_moderation_status",
    "face_detection": "face_detection_status",
    "face_search": "face_search_status",
    "label_detection": "label_detection_status",
    "person_tracking": "person_tracking_status",
    "shot_detection": "shot_detection_status",
    "technical_cue_detection": "technical_cue_status",
    "text_detection": "text_detection_status",
}
# What templates name, of both generations (specification of the operators, 3)
NAMED = [
    *(f"start_{one}.lambda_handler" for one in DETECTIONS),
    *(f"start_rekognition.start_{one}" for one in DETECTIONS),
    *(f"check_{one}.lambda_handler" for one in DETECTIONS.values()),
    *(f"check_rekognition_status.check_{one}" for one in DETECTIONS.values()),
    *(
        f"{one}.lambda_handler"
        for one in (
            *("generic_data_lookup", "mediainfo", "start_transcribe", "get_transcribe"),
            *("start_key_phrases", "get_key_phrases"),
            *("start_entity_detection", "get_entity_detection"),
            *("start_media_convert", "get_media_convert", "start_thumbnail", "check_thumbnail"),
            *("start_translate", "start_polly", "get_polly"),
        )
    ),
    *(
        f"webcaptions.{one}"
        for one in (
            *("web_captions", "create_srt", "create_vtt"),
            *("start_translate_webcaptions", "check_translate_webcaptions"),
            *("start_polly_webcaptions", "check_polly_webcaptions"),
        )
    ),
]


@pytest.mark.parametrize("named", NAMED)
def test_handlers_have_the_names_of_both_generations_in_one_package(named):
    module, _, handler = named.rpartition(".")
    (file,) = (files[f"{module}.py"] for files in PACKAGED.values() if f"{module}.py" in files)
    bound = {name for node in ast.parse(file.read_text()).body for name in bound_names(node)}
    assert handler in bound


def test_a_package_holds_every_module_that_its_files_import():
    for name, files in PACKAGED.items():
        folder = next(iter(files.values())).parent
        neighbours = {path.stem for path in folder.glob("*.py")}
        imported = {
            module
            for file in files.values()
            for node in ast.walk(ast.parse(file.read_text()))
            for module in imported_modules(node)
        }
        assert {f"{one}.py" for one in imported & neighbours} <= set(files), name


def imported_modules(node):
    if isinstance(node, ast.ImportFrom):
        return [node.module.partition(".")[0]]
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return []


def test_a_functions_name_is_the_root_stacks_and_the_operators_and_fits():
    longest_root = 33
    for operator in ENTRIES:
        for logical_id in operator_library.function_ids(operator):
            template, values = FUNCTIONS[logical_id]["FunctionName"]["Fn::Sub"]
            assert template == f"${{RootStack}}-{logical_id}"
            assert operator.name in logical_id
            assert longest_root + len(f"-{logical_id}") <= 64
            assert values["RootStack"] == {
                "Fn::Select": [0, {"Fn::Split": ["-OperatorLibrary-", {"Ref": "AWS::StackName"}]}]
            }


@pytest.mark.parametrize("template", [LIBRARY, TEST_STACK], ids=["library", "test operations"])
def test_every_function_is_tagged_and_gets_its_settings(template):
    for function in of_type("AWS::Lambda::Function", template).values():
        tags = {one["Key"]: one["Value"] for one in function["Tags"]}
        assert tags == {"environment": "mie", "mie:operator": "true"}
        variables = function["Environment"]["Variables"]
        assert {"DataplaneEndpoint", "DATAPLANE_BUCKET", "botoConfig"} <= set(variables)
        assert function["Timeout"] >= 60
        assert function["MemorySize"] >= 256
        assert function["Runtime"] == {"Ref": "LambdaRuntime"}


def statements(role):
    """Those that hold with buckets of others."""
    (policy,) = role["Policies"]
    stated = policy["PolicyDocument"]["Statement"]
    return [one.get("Fn::If", (None, one))[1] for one in stated]


def actions(statement):
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


# Services of which something that operators ask for has no resource to name.
WITHOUT_RESOURCES = {"xray", "rekognition", "transcribe", "translate", "comprehend", "polly"}


def test_a_role_names_its_actions_and_a_star_only_where_there_is_no_resource():
    for name, role in ROLES.items():
        assert "ManagedPolicyArns" not in role
        for statement in statements(role):
            assert not [one for one in actions(statement) if "*" in one], name
            if statement["Resource"] == "*":
                services = {one.partition(":")[0] for one in actions(statement)}
                assert services <= WITHOUT_RESOURCES, name


def test_whatever_writes_may_write_below_assets_only():
    places = [
        (name, statement["Resource"])
        for name, role in of_type("AWS::IAM::Role").items()
        for statement in statements(role)
        if "s3:PutObject" in actions(statement)
    ]
    assert len(places) > 10
    for name, place in places:
        assert place["Fn::Sub"].endswith(":s3:::${DataPlaneBucket}/private/assets/*"), name


def test_every_operator_may_read_the_objects_of_external_buckets_that_are_assets():
    for name, role in ROLES.items():
        (policy,) = role["Policies"]
        (only_then,) = (one for one in policy["PolicyDocument"]["Statement"] if "Fn::If" in one)
        condition, external, otherwise = only_then["Fn::If"]
        assert condition == "HasExternalBuckets"
        assert actions(external) == ["s3:GetObject"], name
        assert "ExternalBucketArns" in json.dumps(external["Resource"])
        assert otherwise == {"Ref": "AWS::NoValue"}


def test_the_video_workflow_has_the_place_that_the_guide_names():
    path = CLOUDFORMATION / "aws-content-analysis-video-workflow.yaml"
    assert cfn_yaml.load(path.read_text())["Resources"]["defaultVideoStage"]["Properties"][
        "Operations"
    ]


MANIFEST = """
packages:
  job: [job.py]
operators:
  - name: jobRun
    type: Async
    configuration: { MediaType: Video, Enabled: false }
    start: { handler: job.start, memory: 256, timeout: 120 }
    check: { handler: job.check, memory: 512, timeout: 300 }
    store_key: jobs
    error_key: JobError
    output: JobOperation
    export: Job
    permissions:
      - { Action: "jobs:Start", Resource: !Sub "arn:${AWS::Partition}:jobs" }
    purpose: Runs a job.
    settings: [{ Name: Level, Type: Integer, Maximum: 5, Default: 3, Description: How thoroughly. }]
    reads: { media: [Video] }
    writes: { metadata: { JobId: The job. } }
    stored: Nothing.
    errors: [No valid inputs]
    cost: Jobs.
"""


@pytest.fixture
def load(tmp_path):
    """The manifests of a folder with one operator, from the text of its manifest."""

    def load(text=MANIFEST):
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        (folder / "job.py").write_text("")
        (folder / "manifest.yaml").write_text(text)
        return operator_manifests.load_manifests(tmp_path)

    return load


def test_an_asynchronous_operator_gets_two_functions_one_role_and_a_registration(load):
    resources = operator_library.compose({"Resources": {}, "Outputs": {}}, load())["Resources"]
    assert list(resources) == ["jobRunStart", "jobRunCheck", "jobRunRole", "JobOperation"]
    start, check = resources["jobRunStart"]["Properties"], resources["jobRunCheck"]["Properties"]
    assert (start["Handler"], start["MemorySize"], start["Timeout"]) == ("job.start", 256, 120)
    assert (check["Handler"], check["MemorySize"], check["Timeout"]) == ("job.check", 512, 300)
    assert resources["JobOperation"]["Properties"] == {
        "ServiceToken": {"Ref": "WorkflowCustomResourceArn"},
        "ServiceTimeout": 300,
        "ResourceType": "Operator",
        "Name": "jobRun",
        "Type": "Async",
        "Configuration": {"MediaType": "Video", "Enabled": False},
        "Settings": [
            {
                "Name": "Level",
                "Type": "Integer",
                "Maximum": 5,
                "Default": 3,
                "Description": "How thoroughly.",
            }
        ],
        "StartLambdaArn": {"Fn::GetAtt": ["jobRunStart", "Arn"]},
        "MonitorLambdaArn": {"Fn::GetAtt": ["jobRunCheck", "Arn"]},
    }
    assert statements(resources["jobRunRole"]["Properties"])[-1] == {
        "Effect": "Allow",
        "Action": "jobs:Start",
        "Resource": {"Fn::Sub": "arn:${AWS::Partition}:jobs"},
    }


@pytest.mark.parametrize("tags", [[], [{"Key": "environment", "Value": "mie"}]])
def test_a_function_that_is_written_by_hand_gets_the_tag_that_lets_machines_call_it(tags):
    properties = {"Handler": "mine.handler", **({"Tags": tags} if tags else {})}
    function = {"Type": "AWS::Lambda::Function", "Properties": properties}
    role = {"Type": "AWS::IAM::Role", "Properties": {}}
    by_hand = {"Resources": {"mine": function, "myRole": role}, "Outputs": {}}
    composed = operator_library.compose(by_hand, [])["Resources"]
    tag = {"Key": "mie:operator", "Value": "true"}
    assert composed["mine"]["Properties"] == {**properties, "Tags": [*tags, tag]}
    assert composed["myRole"] == role
    assert operator_library.compose({**by_hand, "Resources": composed}, [])["Resources"] == composed


ROLE_OF_A_SERVICE = """
resources:
  jobServiceRole: { Type: AWS::IAM::Role, Properties: {} }
"""


def test_a_family_brings_resources_and_variables_of_its_own(load):
    variables = "    environment: { jobRole: !GetAtt jobServiceRole.Arn }\n"
    with_both = MANIFEST.replace("    store_key:", f"{variables}    store_key:") + ROLE_OF_A_SERVICE
    library = operator_library.compose({"Resources": {}, "Outputs": {}}, load(with_both))
    resources = library["Resources"]
    assert resources["jobServiceRole"] == {"Type": "AWS::IAM::Role", "Properties": {}}
    for name in ("jobRunStart", "jobRunCheck"):
        given = resources[name]["Properties"]["Environment"]["Variables"]
        assert given["jobRole"] == {"Fn::GetAtt": ["jobServiceRole", "Arn"]}
        assert given["OPERATOR_NAME"] == "jobs"
    with pytest.raises(ManifestError, match="the resource jobServiceRole"):
        operator_library.compose(library, load(with_both.replace("jobRun", "jobTwo")))


def test_a_retired_operator_is_registered_with_the_reason(load):
    retired = MANIFEST.replace("    purpose:", "    retired: Its service is gone.\n    purpose:")
    library = operator_library.compose({"Resources": {}, "Outputs": {}}, load(retired))
    assert library["Resources"]["JobOperation"]["Properties"]["Retired"] == "Its service is gone."
    with pytest.raises(ManifestError, match="jobRun: a retired operator is not enabled"):
        load(retired.replace("Enabled: false", "Enabled: true"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    export: Job\n", "", "jobRun: export is missing"),
        ("    export: Job\n", "    export: Job\n    color: red\n", "jobRun: color is not known"),
        ("Async", "Both", "type is Sync or Async, not Both"),
        ("Async", "Sync", "an Async operator has a check, a Sync one has none"),
        ("jobRun", "job-run", "up to 25 letters and digits"),
        ("jobRun", "j" * 26, "up to 25 letters and digits"),
        (", Enabled: false", "", "configuration needs MediaType and Enabled"),
        ("job.start", "other.start", "start: other.py stands in 0 packages"),
        ("  job: [job.py]", "  job: [job.py]\n  two: [job.py]", "stands in 2 packages"),
        ("[job.py]", "[job.py, none.py]", "there is no file none.py"),
        (", timeout: 120", "", "start: timeout is missing"),
        ("    purpose: Runs a job.\n", "", "jobRun: purpose is missing"),
        ("purpose: Runs a job.", "purpose: ''", "jobRun: purpose has to be a text"),
        ("Type: Integer, ", "", "jobRun: settings: Type is missing"),
        ("Type: Integer", "Type: Whole", "jobRun: settings: Whole is no type"),
        ("Default: 3", "Default: 7", r"jobRun: Settings\.Level\.Default: 7 is not an Integer to 5"),
        ("reads: { media:", "reads: { files:", "jobRun, reads: files is not known here"),
        (
            "    store_key",
            "    environment: { botoConfig: a }\n    store_key",
            "has botoConfig anyway",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_in_words(load, old, new, words):
    with pytest.raises(ManifestError, match=words) as raised:
        load(MANIFEST.replace(old, new, 1))
    assert str(raised.value).startswith("job/manifest.yaml: ")


def test_an_operator_that_stands_in_the_library_already_is_refused(load):
    by_hand = {
        "Resources": {"Own": {"Type": "Custom::CustomResource", "Properties": {"Name": "jobRun"}}},
        "Outputs": {},
    }
    with pytest.raises(ManifestError, match="the operator jobRun"):
        operator_library.compose(by_hand, load())


def test_a_resource_or_an_output_of_the_same_name_is_refused(load):
    taken = {"Resources": {"jobRunRole": {"Type": "AWS::IAM::Role"}}, "Outputs": {}}
    with pytest.raises(ManifestError, match="the resource jobRunRole"):
        operator_library.compose(taken, load())
    taken = {"Resources": {}, "Outputs": {"JobOperation": {}}}
    with pytest.raises(ManifestError, match="the output JobOperation"):
        operator_library.compose(taken, load())


def test_two_packages_of_one_name_are_refused(load):
    (manifest,) = load()
    other = replace(manifest, operators=())
    with pytest.raises(ManifestError, match="the package job"):
        operator_library.packages([manifest, other])


def test_composing_changes_neither_the_library_nor_the_manifests(load):
    by_hand = {"Resources": {}, "Outputs": {}}
    operator_library.compose(by_hand, load())
    assert by_hand == {"Resources": {}, "Outputs": {}}
