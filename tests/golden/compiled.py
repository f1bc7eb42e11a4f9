"""The machines whose text is kept: built from requests, as the API builds them."""

from mie.core import asl, definitions
from mie.core.definitions import Stamp

_ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
ENGINE = asl.EngineLambdas(
    complete_stage=f"{_ARN}complete-stage", operator_failed=f"{_ARN}operator-failed"
)
_STAMP = Stamp("00000000-0000-0000-0000-000000000000", "1700000000.0")


def _operation(name, media_type, *, monitored):
    request = {
        "Name": name,
        "Type": "Async" if monitored else "Sync",
        "Configuration": {"MediaType": media_type, "Enabled": True},
        "StartLambdaArn": f"{_ARN}{name}-start",
        "MonitorLambdaArn": f"{_ARN}{name}-check",
    }
    return definitions.build_operation(request, _STAMP, ENGINE, "arn:aws:iam::000000000000:role/x")


SYNC = _operation("labelDetectionImage", "Image", monitored=False)
ASYNC = _operation("TranscribeVideo", "Video", monitored=True)


def _stage(name, *operations):
    request = {"Name": name, "Operations": [one["Name"] for one in operations]}
    definitions.check_stage(request)
    return definitions.build_stage(request, operations, _STAMP, ENGINE, f"arn:machine:{name}")


STAGE = _stage("Analysis", SYNC, ASYNC)
_LAST = _stage("Translation", SYNC)
_REQUEST = {
    "Name": "Golden",
    "StartAt": "Analysis",
    "Stages": {"Analysis": {"Next": "Translation"}, "Translation": {"End": True}},
}
WORKFLOW = definitions.build_workflow(
    _REQUEST, {"Analysis": STAGE, "Translation": _LAST}, _STAMP, "api"
)

# file name -> the text that Step Functions gets, or that an operation shows
MACHINES = {
    "sync_operator.json": SYNC["StateMachineAsl"],
    "async_operator.json": ASYNC["StateMachineAsl"],
    "stage_of_two.json": STAGE["Definition"],
    "workflow_of_two_stages.json": asl.to_json(
        definitions.workflow_machine(
            WORKFLOW, {"labelDetectionImage": SYNC, "TranscribeVideo": ASYNC}, ENGINE
        )
    ),
}
