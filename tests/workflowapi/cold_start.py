"""Imports the Workflow API in a new process, answers requests and reports, as JSON, what it took.

    python -I cold_start.py '["/a/path", …]' '[["GET", "/"], …]'

{"imported": the modules once the API is imported, "answers": [[status, body], …], "places": the
hosts that somebody asked for}; whoever asks for one is refused.
"""

import json
import os
import socket
import sys

REGION = "us-east-1"
SETTINGS = (
    "STACK_SHORT_UUID",
    "SYSTEM_TABLE_NAME",
    "OPERATION_TABLE_NAME",
    "STAGE_TABLE_NAME",
    "WORKFLOW_TABLE_NAME",
    "WORKFLOW_EXECUTION_TABLE_NAME",
    "WORKFLOW_EXECUTION_CLAIM_TABLE_NAME",
    "HISTORY_TABLE_NAME",
    "STAGE_EXECUTION_QUEUE_URL",
    "STAGE_EXECUTION_ROLE",
    "COMPLETE_STAGE_LAMBDA_ARN",
    "OPERATOR_FAILED_LAMBDA_ARN",
    "WORKFLOW_SCHEDULER_LAMBDA_ARN",
    "DataplaneEndpoint",
    "DATAPLANE_BUCKET",
    "FRAMEWORK_VERSION",
)


def event(method, path):
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": path, "path": path, "httpMethod": method},
        "body": None,
        "isBase64Encoded": False,
    }


def main():
    paths, requests = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    sys.path[:0] = paths
    places = []

    def refuse(host, *_rest, **_more):
        places.append(host)
        raise OSError("the network is walled off")

    socket.getaddrinfo = refuse
    socket.socket.connect = lambda _self, address: refuse(address[0])

    import app

    imported = sorted(sys.modules)
    # what Lambda puts there
    os.environ.update(dict.fromkeys(SETTINGS, "x"))
    os.environ.update(
        AWS_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        botoConfig='{"retries": {"total_max_attempts": 1}}',
    )
    answers = []
    for method, path in requests:
        answer = app.app(event(method, path), None)
        answers.append([answer["statusCode"], json.loads(answer["body"])])
    report = {"imported": imported, "answers": answers, "places": sorted(set(places))}
    # the API's own logs are on stdout
    sys.stderr.write(json.dumps(report))


if __name__ == "__main__":
    main()
