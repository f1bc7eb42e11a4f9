"""What a local deployment cannot show of the published templates."""

import json
import re
from pathlib import Path

import copier
import pytest
from tests.fakes.search_endpoint import SIGNED, UNSIGNED

from mie.core.language_services import PROXIES
from mie.core.operator_functions import TAG
from mie_replay.queues import QUEUES

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


def test_an_outage_discards_nothing_that_the_stream_keeps(built):
    mappings = [
        properties
        for template in built.values()
        for properties in resources(template, "AWS::Lambda::EventSourceMapping").values()
        # those of streams: a message of a queue holds up no others
        if "StartingPosition" in properties
    ]
    assert len(mappings) == 3
    for properties in mappings:
        assert properties["MaximumRetryAttempts"] == -1
        # a day: what a table's stream keeps, and one of Kinesis unless it is told otherwise
        age = properties["MaximumRecordAgeInSeconds"]
        assert age in (24 * 3_600, {"Fn::If": ["KeepsForADay", 24 * 3_600, -1]})
        assert properties["BisectBatchOnFunctionError"] is True
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert properties["DestinationConfig"]["OnFailure"]["Destination"]


def nested_stacks(root):
    """(name of a template, what the replay has in front of the names of its resources)."""
    for logical_id, properties in resources(root, "AWS::CloudFormation::Stack").items():
        url = properties["TemplateURL"]["Fn::Sub"][0]
        yield re.search(r"([^/]+)\.template$", url)[1], f"{logical_id}."


def lost_work(template):
    """(queue, who gets it again, the member by which messages are known) of all that ends there."""
    for properties in resources(template, "AWS::Lambda::EventSourceMapping").values():
        source = properties["EventSourceArn"].get("Fn::GetAtt", [""])[0]
        kinesis = source in resources(template, "AWS::Kinesis::Stream")
        member = "KinesisBatchInfo" if kinesis else "DDBStreamBatchInfo"
        if "DestinationConfig" in properties:
            yield destination(properties), properties["FunctionName"]["Ref"], member
    for properties in resources(template, "AWS::Lambda::EventInvokeConfig").values():
        yield destination(properties), properties["FunctionName"]["Ref"], "requestPayload"
    for logical_id, properties in resources(template, "AWS::SQS::Queue").items():
        if "RedrivePolicy" in properties:
            aside = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            yield aside, logical_id, None


def destination(properties):
    return properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]


def test_every_queue_that_holds_lost_work_has_its_replay(built):
    prefixes = {"media-insights-stack": "", **dict(nested_stacks(built["media-insights-stack"]))}
    known, ends = {one.name: one for one in QUEUES}, set()
    for name, template in built.items():
        for queue, again, member in lost_work(template):
            end, taker = prefixes[name] + queue, prefixes[name] + again
            assert end in known, f"mie_replay.queues has no row for {end}"
            assert taker == known[end].back_to or known[end].functions[taker] == member
            ends.add(end)
    assert ends == known.keys()


def test_no_function_has_dead_letters_which_do_not_say_whose_they_are(built):
    for template in built.values():
        for properties in resources(template, "AWS::Lambda::Function").values():
            assert "DeadLetterConfig" not in properties


@pytest.mark.parametrize(
    ("endpoint", "taken"),
    [
        *((one, True) for one in ("", *SIGNED, *UNSIGNED, "https://mie:p%40ss@example.com/path")),
        *((one, False) for one in ("ftp://example.com", "https://", "a b", "x.y/?q", "arn:aws:")),
    ],
)
def test_a_search_endpoint_is_what_the_engine_understands(built, endpoint, taken):
    patterns = [
        template["Parameters"]["ElasticsearchEndpoint"]["AllowedPattern"]
        for template in built.values()
        if "ElasticsearchEndpoint" in template.get("Parameters", {})
    ]
    assert len(patterns) == 3
    for one in patterns:
        assert bool(re.fullmatch(one, endpoint)) is taken


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


def test_what_calls_a_function_by_itself_may_do_so(built):
    """AWS drops the event without a word where the permission is missing, the local AWS does not
    ask for it."""
    found = 0
    for name, template in built.items():
        permitted = {
            (json.dumps(one["FunctionName"]), one["Principal"])
            for one in resources(template, "AWS::Lambda::Permission").values()
        }
        functions = resources(template, "AWS::Lambda::Function")
        callers = [
            *(
                (target["Arn"], "events.amazonaws.com")
                for rule in resources(template, "AWS::Events::Rule").values()
                for target in rule["Targets"]
            ),
            *(
                (one["Endpoint"], "sns.amazonaws.com")
                for one in resources(template, "AWS::SNS::Subscription").values()
                if one["Protocol"] == "lambda"
            ),
        ]
        for arn, principal in callers:
            logical_id = listed(arn.get("Fn::GetAtt"))[0]
            if logical_id in functions:
                by_name = json.dumps({"Ref": logical_id})
                by_arn = json.dumps({"Fn::GetAtt": [logical_id, "Arn"]})
                allowed = {(by_name, principal), (by_arn, principal)}
                assert allowed & permitted, (name, logical_id, principal)
                found += 1
    assert found > 1


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


# What changes the status of executions: logical id of the role, and what the table of claims is
# called in its template.
CLAIMING = [
    ("media-insights-stack", "StageExecutionRole", "WorkflowExecutionClaimTable"),
    ("media-insights-stack", "OperationLambdaExecutionRole", "WorkflowExecutionClaimTable"),
    ("media-insights-workflowapi-stack", "ApiHandlerRole", "WorkflowExecutionClaimTableName"),
    (
        "media-insights-workflowapi-stack",
        "WorkflowCustomResourceRole",
        "WorkflowExecutionClaimTableName",
    ),
]


def actions_at(role, resource):
    """What a role may do with the resources whose names have this in them."""
    return {
        action
        for one in statements(role)
        if resource in json.dumps(one["Resource"])
        for action in listed(one["Action"])
    }


@pytest.mark.parametrize(("template", "role", "table"), CLAIMING)
def test_who_frees_an_asset_may_look_who_has_it(built, template, role, table):
    """Which it does when somebody else has it, as with executions of earlier releases."""
    found = resources(built[template], "AWS::IAM::Role")[role]
    assert actions_at(found, table) >= {"dynamodb:GetItem", "dynamodb:DeleteItem"}


def test_the_scheduler_may_look_whether_a_workflow_was_made_anew(built):
    role = resources(built["media-insights-stack"], "AWS::IAM::Role")["StageExecutionRole"]
    assert actions_at(role, '"WorkflowTable"') == {"dynamodb:GetItem"}


def test_the_scheduler_finds_the_executions_of_an_asset_that_was_copied(built):
    """Of which the worker of copies tells it."""
    role = resources(built["media-insights-stack"], "AWS::IAM::Role")["StageExecutionRole"]
    (lists,) = [one for one in statements(role) if one["Action"] == "dynamodb:Query"]
    assert lists["Resource"] == {"Fn::Sub": "${WorkflowExecutionTable.Arn}/index/*"}
