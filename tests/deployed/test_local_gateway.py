"""The local API Gateway refuses what API Gateway refuses."""

import pytest

pytestmark = pytest.mark.deployed


@pytest.mark.parametrize("size", [6 * 1024**2, 10 * 1024**2 + 1])
def test_a_request_has_what_lambda_takes(stack, size):
    body = {"OperatorName": "op", "WorkflowId": "w", "Results": {"Text": "x" * size}}
    answer = stack.dataplane.request("POST", "/metadata/none", body)
    assert (answer.status, answer.json) == (413, {"message": "Request Too Long"})


def test_what_fits_arrives(stack):
    body = {"OperatorName": "op", "WorkflowId": "w", "Results": {"Text": "x" * 1024**2 * 5}}
    answer = stack.dataplane.request("POST", "/metadata/none", body)
    assert (answer.status, answer.json["Code"]) == (404, "NotFoundError")
