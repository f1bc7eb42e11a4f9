"""Parameters, outputs and exports of the original, which other templates and scripts name.

The lists are the specification's (data plane 7, 8, 10.1 and 14); ours may have more.
"""

import pytest

PARAMETERS = {
    "media-insights-stack": {
        "DeployTestResources",
        "DeployAnalyticsPipeline",
        "MaxConcurrentWorkflows",
        "EnableXrayTrace",
        "SolutionId",
        "SolutionVersion",
    },
    "media-insights-dataplane-streaming-stack": {
        "KinesisShardCount",
        "DynamoStreamArn",
        "DynamoTableArn",
        "botoConfig",
    },
    "media-insights-test-operations-stack": {
        "MediaInsightsEnginePython37Layer",
        "DataplaneEndpoint",
        "DataPlaneBucket",
    },
    "media-insights-operator-library": {
        "WorkflowCustomResourceArn",
        "DataPlaneEndpoint",
        "DataPlaneHandlerArn",
        "DataPlaneBucket",
        "MediaInsightsEnginePython37Layer",
    },
    **{
        f"aws-content-analysis-{medium}-workflow": {
            "WorkflowCustomResourceArn",
            "OperatorLibraryStack",
        }
        for medium in ("image", "video")
    },
}

# output key -> what follows the stack's name and a colon in the name of its export
EXPORTS = {
    "OperatorLibraryStack": "OperatorLibraryStack",
    "DataplaneBucket": "DataplaneBucket",
    "DataplaneApiEndpoint": "DataplaneApiEndpoint",
    "DataplaneApiRestID": "DataplaneApiId",
    "WorkflowCustomResourceArn": "WorkflowCustomResourceArn",
    "WorkflowApiEndpoint": "WorkflowApiEndpoint",
    "WorkflowApiRestID": "WorkflowApiId",
    "MediaInsightsEnginePython37Layer": "MediaInsightsEnginePython37Layer",
    "AnalyticsStreamArn": "AnalyticsStreamArn",
    "MieSNSTopic": "MieSNSTopic",
    "MieSQSQueue": "MieSQSQueue",
    "MieKMSArn": "MieKMSArn",
    "MieKMSId": "MieKMSId",
    "MieKMSAlias": "MieKMSAlias",
    "Version": "Version",
}

# the same of the operator library
OPERATOR_EXPORTS = {
    "GenericDataLookupOperation": "GenericDataLookup",
    "MediainfoOperation": "Mediainfo",
    "MediainfoOperationImage": "MediainfoImage",
    "MediaconvertOperation": "Mediaconvert",
    "ThumbnailOperation": "Thumbnail",
    "TranscribeAudioOperation": "TranscribeAudio",
    "TranscribeVideoOperation": "TranscribeVideo",
    "WebCaptionsOperation": "WebCaptions",
    "PollyWebCaptionsOperation": "PollyWebCaptions",
    "CreateSRTCaptionsOperation": "CreateSRTCaptions",
    "CreateVTTCaptionsOperation": "CreateVTTCaptions",
    "WebToSRTCaptionsOperation": "WebToSRTCaptions",
    "WebToVTTCaptionsOperation": "WebToVTTCaptions",
    "TranslateOperation": "Translate",
    "TranslateWebCaptionsOperation": "TranslateWebCaptions",
    "PollyOperation": "Polly",
    "comprehendPhrasesOperation": "ComprehendPhrases",
    "comprehendEntitiesOperation": "ComprehendEntities",
    "CelebRecognition": "CelebRecognition",
    "CelebrityRecognitionOperationImage": "CelebRecognitionImage",
    "ContentModeration": "ContentModeration",
    "ContentModerationOperationImage": "ContentModerationImage",
    "FaceDetection": "FaceDetection",
    "FaceDetectionOperationImage": "FaceDetectionImage",
    "FaceSearch": "FaceSearch",
    "FaceSearchOperationImage": "FaceSearchImage",
    "LabelDetection": "LabelDetection",
    "LabelDetectionOperationImage": "LabelDetectionImage",
    "TextDetection": "TextDetection",
    "TextDetectionOperationImage": "TextDetectionImage",
    "PersonTracking": "PersonTracking",
    "TechnicalCueDetection": "TechnicalCueDetection",
    "shotDetection": "ShotDetection",
    "WaitOperation": "Wait",
}

TEST_OUTPUTS = {
    "StepFunctionRole",
    *("VideoSyncOKLambda", "VideoSyncFailLambda"),
    *("VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda", "VideoAsyncFailMonitorLambda"),
    *("AudioSyncOKLambda", "AudioAsyncOKLambda", "AudioAsyncOKMonitorLambda"),
    *("ImageSyncOKLambda", "ImageAsyncOKLambda", "ImageAsyncOKMonitorLambda"),
    *("TextSyncOKLambda", "TextAsyncOKLambda", "TextAsyncOKMonitorLambda"),
}

API_OUTPUTS = {"RestAPIId", "APIHandlerName", "APIHandlerArn", "EndpointURL"}


def exported(outputs):
    """Output key -> what its export's name has behind the stack's."""
    return {key: _suffix(one["Export"]["Name"]) for key, one in outputs.items() if "Export" in one}


def _suffix(name):
    text = name["Fn::Sub"] if "Fn::Sub" in name else ":".join(map(str, name["Fn::Join"][1]))
    return text.rsplit(":", 1)[-1]


@pytest.mark.parametrize("template", PARAMETERS)
def test_parameters_are_taken(built, template):
    assert PARAMETERS[template] <= set(built[template]["Parameters"])


def test_the_root_stack_needs_no_parameter(built):
    assert all("Default" in one for one in built["media-insights-stack"]["Parameters"].values())


def test_the_root_stack_exports_what_other_templates_import(built):
    assert exported(built["media-insights-stack"]["Outputs"]) == EXPORTS
    assert "TestStack" in built["media-insights-stack"]["Outputs"]


def test_only_the_stream_and_the_test_stack_may_be_missing(built):
    outputs = built["media-insights-stack"]["Outputs"]
    conditional = {key for key, one in outputs.items() if "Condition" in one}
    assert conditional == {"AnalyticsStreamArn", "TestStack"}


def test_the_operator_library_has_the_originals_keys_and_exports_each_name_once(built):
    outputs = built["media-insights-operator-library"]["Outputs"]
    assert {*OPERATOR_EXPORTS, "StackName"} <= set(outputs)
    names = [*exported(outputs).values()]
    assert len(names) == len(set(names))
    name_of = {suffix: outputs[key]["Value"] for key, suffix in exported(outputs).items()}
    # the key and the export of an operator lead to the same name
    for key, suffix in OPERATOR_EXPORTS.items():
        assert outputs[key]["Value"] == name_of[suffix]


def test_the_nested_stacks_say_what_the_originals_say(built):
    assert set(built["media-insights-test-operations-stack"]["Outputs"]) >= TEST_OUTPUTS
    assert "analyticsStreamArn" in built["media-insights-dataplane-streaming-stack"]["Outputs"]
    for api in ("media-insights-dataplane-api-stack", "media-insights-workflowapi-stack"):
        assert set(built[api]["Outputs"]) >= API_OUTPUTS
    workflow = built["media-insights-workflowapi-stack"]["Outputs"]
    assert "WorkflowCustomResourceArn" in workflow


def test_everything_of_the_root_stack_and_the_nested_ones_is_tagged(built):
    root = built["media-insights-stack"]
    tagged = {
        "environment": "mie",
        "SolutionId": {"Ref": "SolutionId"},
        "SolutionVersion": {"Ref": "SolutionVersion"},
    }
    found = [
        one["Properties"]["Tags"]
        for one in root["Resources"].values()
        if "Tags" in one["Properties"]
    ]
    for tags in found:
        # those of operators have one more
        own = {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] != "mie:operator"}
        assert own == tagged
    nested = [
        one for one in root["Resources"].values() if one["Type"] == "AWS::CloudFormation::Stack"
    ]
    assert all("Tags" in one["Properties"] for one in nested)


def test_the_keys_exports_are_always_there(built):
    root = built["media-insights-stack"]
    own = {
        "Fn::If": ["CreateKmsKeyCondition", {"Fn::GetAtt": ["MieKey", "Arn"]}, {"Ref": "KmsKey"}]
    }
    assert root["Resources"]["MieKeyAlias"]["Properties"]["TargetKeyId"] == own
    condition, customers, aws = root["Outputs"]["MieKMSArn"]["Value"]["Fn::If"]
    assert (condition, customers) == ("CustomerKeyCondition", own)
    assert aws["Fn::Sub"].endswith(":alias/aws/kinesis")
    stream = root["Resources"]["Analytics"]["Properties"]["Parameters"]["KmsKeyArn"]
    assert stream == root["Outputs"]["MieKMSArn"]["Value"]
    for name in ("MieKMSId", "MieKMSAlias"):
        output = root["Outputs"][name]
        assert "Condition" not in output
        assert output["Value"]["Fn::If"][2] == "alias/aws/kinesis"


def test_the_stacks_own_key_is_rotated_and_for_this_account_alone(built):
    key = built["media-insights-stack"]["Resources"]["MieKey"]["Properties"]
    assert key["EnableKeyRotation"] is True
    owner, *others = key["KeyPolicy"]["Statement"]
    assert owner["Principal"]["AWS"]["Fn::Sub"].endswith(":root")
    for statement in others:
        bounds = statement["Condition"]["StringEquals"]
        account = {"Ref": "AWS::AccountId"}
        assert account in (bounds.get("kms:CallerAccount"), bounds.get("aws:SourceAccount"))
        assert "kms:*" not in statement["Action"]
