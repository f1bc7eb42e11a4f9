"""What other templates import from the stack leads to something."""

import pytest

pytestmark = pytest.mark.deployed


@pytest.fixture(scope="module")
def exports(stack):
    """What follows the stack's name -> value."""
    listed = stack.client("cloudformation").get_paginator("list_exports").paginate()
    prefix = stack.facts["stack_name"] + ":"
    found = {one["Name"]: one["Value"] for page in listed for one in page["Exports"]}
    return {name.removeprefix(prefix): found[name] for name in found if name.startswith(prefix)}


def test_the_key_is_exported_also_where_it_is_that_of_aws(stack, exports):
    assert exports["MieKMSArn"].endswith(":alias/aws/kinesis")
    assert exports["MieKMSId"] == exports["MieKMSAlias"] == "alias/aws/kinesis"


def test_the_operator_librarys_keys_of_the_original_name_operators(stack, exports):
    outputs = stack.outputs(exports["OperatorLibraryStack"])
    for key, name in {
        "LabelDetection": "labelDetection",
        "FaceSearch": "faceSearch",
        "shotDetection": "shotDetection",
        "comprehendPhrasesOperation": "ComprehendKeyPhrases",
    }.items():
        assert outputs[key] == name


def test_the_test_stack_names_the_role_of_the_machines(stack, test_lambdas):
    role = test_lambdas["StepFunctionRole"].rsplit("/", 1)[-1]
    trust = stack.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    assert "states.amazonaws.com" in str(trust)
