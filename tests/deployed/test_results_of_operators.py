"""What operators return is judged where they end, whatever they return."""

import pytest

pytestmark = pytest.mark.deployed


def test_a_result_of_the_wrong_shape_fails_its_own_operator(stack, definitions, functions):
    """Its message names the operator, the keys and what they should be; the next stage is not
    begun, and lists of executions keep the shape that clients know."""
    start = functions.make(
        """
        def lambda_handler(event, context):
            return {"Name": "x", "Status": 7, "Media": {"Text": "s3://x/y"}, "MetaData": ["x"]}
        """
    )
    wrong = definitions.operator("wrong", start)
    following = definitions.operator("following", "VideoSyncOKLambda")
    stages = [definitions.stage("first", wrong), definitions.stage("second", following)]
    execution = stack.run(definitions.workflow("wf", *stages), "Video")

    assert execution["Status"] == "Error"
    message = execution["Message"]
    assert f"operation {wrong} failed: it returned the status 7" in message
    assert """MetaData must be an object such as {"key": "value"}, got ['x']""" in message
    assert 'Media.Text must be as in {"Text": {"S3Bucket": "…", "S3Key": "…"}}' in message
    assert following not in message

    listed = stack.workflow.request("GET", f"/workflow/execution/{execution['Id']}").json
    (output,) = listed["Workflow"]["Stages"][stages[0]]["Outputs"]
    assert (output["Name"], output["Status"], output["Media"]) == (wrong, "Error", {})
    assert list(output["MetaData"]) == [f"{wrong}Error"]
    assert listed["Workflow"]["Stages"][stages[1]]["Status"] == "Not Started"
