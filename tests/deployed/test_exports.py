"""What other templates import from the stack leads to something."""

import re

import pytest

pytestmark = pytest.mark.deployed


@pytest.fixture(scope="module")
def exports(stack):
    """What follows the stack's name -> value."""
    listed = stack.client("cloudformation").get_paginator("list_exports").paginate()
    prefix = stack.facts["stack_name"] + ":"
    found = {one["Name"]: one["Value"] for page in listed for one in page["Exports"]}
    return {name.removeprefix(prefix): found[name] for name in found if name.startswith(prefix)}


def test_the_key_is_there_and_rotated(stack, exports):
    kms = stack.client("kms")
    assert re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[^/]+", exports["MieKMSArn"])
    key = kms.describe_key(KeyId=exports["MieKMSArn"])["KeyMetadata"]
    assert (key["KeyId"], key["KeyState"]) == (exports["MieKMSId"], "Enabled")
    assert kms.get_key_rotation_status(KeyId=exports["MieKMSId"])["KeyRotationEnabled"]
    by_alias = kms.describe_key(KeyId=exports["MieKMSAlias"])["KeyMetadata"]
    assert by_alias["Arn"] == exports["MieKMSArn"]


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
