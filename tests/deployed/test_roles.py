"""The roles of the templates are what lets the functions work."""

import pytest

# alone: it takes permissions away
pytestmark = [pytest.mark.deployed, pytest.mark.alone]


def function_of(stack, operator):
    operation = stack.workflow.request("GET", f"/workflow/operation/{operator}").json
    return operation["StartLambdaArn"].rsplit(":", 1)[-1]


def test_an_operator_fails_without_the_permission_that_its_role_gives(stack, without_permission):
    without_permission(function_of(stack, "MediainfoImage"), "s3:GetObject")
    execution = stack.run("CasImageWorkflow")
    assert execution["Status"] == "Error"
    assert "MediainfoImage" in execution["Message"]


def test_and_works_again_with_it(stack):
    assert stack.run("CasImageWorkflow")["Status"] == "Complete"
