"""What a local deployment cannot show of the published templates."""

import json
import re
from pathlib import Path

import copier
import pytest

from mie.core.language_services import PROXIES
from mie.core.operator_functions import TAG

# README: the longest name that a stack may have.
LONGEST_STACK_NAME = "s" * 33


def resources(template, kind):
    return {
        logical_id: one.get("Properties", {})
        for logical_id, one in template["Resources"].items()
        if one["Type"] == kind
    }


def statements(role):
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:
                yield from (one for one in statement["Fn::If"] if "Action" in one)
            else:
                yield statement


def all_statements(built):
    for name, template in built.items():
        for logical_id, role in resources(template, "AWS::IAM::Role").items():
            for statement in statements(role):
                yield f"{name}/{logical_id}", statement


def listed(value):
    return value if isinstance(value, list) else [value]


def test_nothing_is_left_to_expand_when_a_template_is_deployed(built):
    for name, template in built.items():
        assert "Transform" not in template, name
        assert not [one for one in template["Resources"].values() if "Serverless" in one["Type"]]


def test_the_guides_six_stacks_are_there(built):
    nested = resources(built["media-insights-stack"], "AWS::CloudFormation::Stack")
    workflows = {name for name in nested if name.endswith("Workflow")}
    assert set(nested) - workflows == {
        "MediaInsightsWorkflowApi",
        "MediaInsightsDataplaneApiStack",
        "Analytics",
        "OperatorLibrary",
        "TestResources",
    }
    for properties in nested.values():
        url = properties["TemplateURL"]["Fn::Sub"][0]
        assert url.startswith("https://s3.${AWS::Region}.")
        assert Path(url).stem in built


def test_nested_stacks_get_the_parameters_that_they_declare(built):
    for logical_id, properties in resources(
        built["media-insights-stack"], "AWS::CloudFormation::Stack"
    ).items():
        nested = built[Path(properties["TemplateURL"]["Fn::Sub"][0]).stem]
        declared = nested["Parameters"]
        needed = {name for name, one in declared.items() if "Default" not in one}
        given = set(properties["Parameters"])
        assert needed <= given <= set(declared), logical_id


def test_switches_take_all_four_spellings(built):
    parameters = built["media-insights-stack"]["Parameters"]
    for name in ("DeployTestResources", "DeployAnalyticsPipeline", "EnableXrayTrace"):
        assert parameters[name]["AllowedValues"] == ["Yes", "No", "true", "false"]


# type -> the property with its name, and how many characters the service takes
NAMED = {
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::Lambda::LayerVersion": ("LayerName", 140),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
}


def test_names_fit_for_the_longest_stack_and_differ_between_two(built):
    found = 0
    for template in built.values():
        for kind, (key, limit) in NAMED.items():
            for logical_id, properties in resources(template, kind).items():
                name = properties.get(key, {})
                # a parameter holds a name that the root stack gives: the test after this one
                for pattern in listed(name.get("Fn::Sub", []))[:1]:
                    assert re.match(r"\$\{(AWS::StackName|RootStack)\}", pattern), logical_id
                    long = re.sub(r"\$\{[^}]*\}", LONGEST_STACK_NAME, pattern, count=1)
                    assert "${" not in long, logical_id
                    assert len(long) <= limit, logical_id
                    found += 1
    assert found > 15


def test_names_that_the_root_stack_hands_on_fit_too(built):
    root = built["media-insights-stack"]
    names = re.findall(r'"(\$\{AWS::StackName\}-[A-Za-z-]+)"', json.dumps(root))
    assert len(names) > 10
    for name in names:
        assert len(name.replace("${AWS::StackName}", LONGEST_STACK_NAME)) <= 64, name


def test_no_role_allows_every_action(built):
    for where, statement in all_statements(built):
        for action in listed(statement["Action"]):
            assert not action.endswith(":*"), (where, action)
            assert action != "*", where


# Actions that take no resource, or one whose name the service makes up.
WITHOUT_RESOURCES = (
    "comprehend:DetectDominantLanguage",
    "xray:",
    "polly:",
    "rekognition:Detect",
    "rekognition:Get",
    "rekognition:RecognizeCelebrities",
    "rekognition:Start",
    "dynamodb:ListStreams",
    "kinesis:ListStreams",
    "transcribe:CreateVocabulary",
    "transcribe:List",
    "transcribe:StartTranscriptionJob",
    "translate:DescribeTextTranslationJob",
    "translate:List",
    "translate:StartTextTranslationJob",
    "translate:TranslateText",
)


def test_a_role_names_its_resources(built):
    for where, statement in all_statements(built):
        if "*" in listed(statement["Resource"]):
            for action in listed(statement["Action"]):
                assert action.startswith(WITHOUT_RESOURCES), (where, action)


def test_the_machines_role_may_invoke_all_that_machines_call(built):
    """Without it an operator is registered and fails when it runs."""
    (role,) = (
        one
        for logical_id, one in resources(built["media-insights-stack"], "AWS::IAM::Role").items()
        if logical_id == "StepFunctionRole"
    )
    allowed = json.dumps(list(statements(role)))
    for function in (
        "CompleteStageLambda",
        "OperatorFailedLambda",
        "StartWaitOperationLambda",
        "CheckWaitOperationLambda",
    ):
        assert f'{{"Fn::GetAtt": ["{function}", "Arn"]}}' in allowed
    assert "${AWS::StackName}-OperatorLibrary-*" in allowed
    assert '"aws:ResourceTag/mie:operator": "true"' in allowed


@pytest.mark.parametrize(
    "name", ["media-insights-operator-library", "media-insights-test-operations-stack"]
)
def test_every_operator_carries_the_tag_that_lets_machines_invoke_it(built, name):
    functions = resources(built[name], "AWS::Lambda::Function")
    assert functions
    for logical_id, properties in functions.items():
        tags = {one["Key"]: one["Value"] for one in properties["Tags"]}
        assert tags.get("mie:operator") == "true", logical_id
        assert tags.get("environment") == "mie", logical_id


def test_the_functions_of_wait_carry_it_too(built):
    functions = resources(built["media-insights-stack"], "AWS::Lambda::Function")
    for logical_id in ("StartWaitOperationLambda", "CheckWaitOperationLambda"):
        assert {"Key": "mie:operator", "Value": "true"} in functions[logical_id]["Tags"]


def test_the_workflow_api_may_set_that_tag_and_no_other(built):
    roles = resources(built["media-insights-workflowapi-stack"], "AWS::IAM::Role")
    for role in ("ApiHandlerRole", "WorkflowCustomResourceRole"):
        (tagging,) = (
            one for one in statements(roles[role]) if "lambda:TagResource" in listed(one["Action"])
        )
        assert tagging["Action"] == "lambda:TagResource"
        assert tagging["Condition"] == {
            "StringEquals": {f"aws:RequestTag/{key}": value for key, value in TAG.items()},
            "ForAllValues:StringEquals": {"aws:TagKeys": list(TAG)},
        }


def test_every_function_has_the_runtime_of_the_parameter_memory_and_time(built):
    for name, template in built.items():
        for logical_id, properties in resources(template, "AWS::Lambda::Function").items():
            assert properties["Runtime"] == {"Ref": "LambdaRuntime"}, (name, logical_id)
            assert properties["MemorySize"] >= 256, (name, logical_id)
            assert properties["Timeout"] > 3, (name, logical_id)
            assert "ReservedConcurrentExecutions" not in properties, (name, logical_id)


def test_entry_points_are_traced_when_asked_to(built):
    traced = {
        logical_id
        for template in built.values()
        for logical_id, properties in resources(template, "AWS::Lambda::Function").items()
        if properties.get("TracingConfig", {}).get("Mode", "PassThrough") != "PassThrough"
    }
    assert {
        "WorkflowAPIHandler",
        "WorkflowCustomResource",
        "WorkflowScheduler",
        "DataplaneAPIHandler",
    } <= traced


def test_the_workflow_api_may_call_what_its_service_routes_call(built):
    (role,) = (
        one
        for logical_id, one in resources(
            built["media-insights-workflowapi-stack"], "AWS::IAM::Role"
        ).items()
        if logical_id == "ApiHandlerRole"
    )
    allowed = {action for one in statements(role) for action in listed(one["Action"])}
    needed = {f"{proxy.service}:{proxy.operation.title().replace('_', '')}" for proxy in PROXIES}
    services = {one for one in allowed if one.startswith(("transcribe:", "translate:"))}
    assert services == needed


def test_the_topic_alone_may_write_to_the_queue_of_notifications(built):
    policy = built["media-insights-stack"]["Resources"]["SqsQueuePolicy"]["Properties"]
    assert policy["Queues"] == [{"Ref": "WorkflowExecutionEventQueue"}]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Ref": "WorkflowExecutionEventTopic"}}
    }


def test_a_change_that_keeps_failing_holds_up_no_others(built):
    mappings = [
        properties
        for template in built.values()
        for properties in resources(template, "AWS::Lambda::EventSourceMapping").values()
        # those of streams: a message of a queue holds up no others
        if "StartingPosition" in properties
    ]
    assert len(mappings) == 3
    for properties in mappings:
        assert properties["BisectBatchOnFunctionError"] is True
        assert properties["MaximumRetryAttempts"] <= 50
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert properties["DestinationConfig"]["OnFailure"]["Destination"]


def test_the_search_domain_is_encrypted_and_its_documents_are_guarded(built):
    (domain,) = resources(
        built["media-insights-search-stack"], "AWS::OpenSearchService::Domain"
    ).values()
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    assert domain["AdvancedSecurityOptions"]["Enabled"] is True
    # nobody comes in without an identity
    for statement in domain["AccessPolicies"]["Statement"]:
        assert statement["Principal"]["AWS"] != "*"


def test_the_consumer_may_do_what_it_does_at_the_domain_and_no_more(built):
    template = built["media-insights-dataplane-streaming-stack"]
    (search,) = [
        one
        for one in statements(template["Resources"]["ElasticConsumerRole"]["Properties"])
        if one["Sid"] == "Search"
    ]
    assert {one["Fn::Sub"].removeprefix("${SearchDomainArn}") for one in search["Resource"]} == {
        "/_bulk",
        "/_index_template/mie",
        "/mie*/_refresh",
        "/mie*/_delete_by_query",
    }


def test_a_copy_is_given_up_by_its_worker_before_its_message_is_set_aside(built):
    root = built["media-insights-stack"]
    queue = resources(root, "AWS::SQS::Queue")["CopyQueue"]
    worker = resources(root, "AWS::Lambda::Function")["Copier"]
    mapping = resources(root, "AWS::Lambda::EventSourceMapping")["CopierEventMapping"]
    # Lambda refuses a mapping of a queue that hides messages for less time than they take
    assert queue["VisibilityTimeout"] >= worker["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] > copier.ATTEMPTS
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["UnfinishedCopiesQueue", "Arn"]
    }
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["CopyQueue", "Arn"]}
    # one message an invocation: what fails brings no other back
    assert mapping["BatchSize"] == 1
    assert worker["Timeout"] > 2 * copier.SECONDS_TO_END


def test_the_worker_of_copies_may_do_what_it_does_and_no_more(built):
    role = resources(built["media-insights-stack"], "AWS::IAM::Role")["CopierRole"]
    allowed = {
        (action, json.dumps(one["Resource"]))
        for one in statements(role)
        for action in listed(one["Action"])
        if action.startswith(("s3:", "dynamodb:", "lambda:"))
    }
    assets = json.dumps({"Fn::Sub": "${Dataplane.Arn}/private/assets/*"})
    assert {action for action, resource in allowed if resource == assets} == {
        "s3:PutObject",
        "s3:ListMultipartUploadParts",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
    }
    assert {action for action, _ in allowed if action.startswith("dynamodb:")} == {
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
    }
    assert ("s3:ListBucket", json.dumps({"Fn::GetAtt": ["Dataplane", "Arn"]})) in allowed
    external = [one for one in statements(role) if one["Sid"].startswith("External")]
    assert [one["Action"] for one in external] == ["s3:GetObject", "s3:ListBucket"]
