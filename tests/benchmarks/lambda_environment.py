"""What Lambda's Python runtime has in its environment before a function sets anything.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: the address of the X-Ray
daemon is there although nothing is traced.
"""

LAMBDA = {
    "_HANDLER": "app.app",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_NAME": "mie-function",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/mie-function",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/28/[$LATEST]0123456789abcdef",
    "AWS_ACCESS_KEY": "test",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "test",
    "AWS_LAMBDA_RUNTIME_API": "169.254.100.1:9001",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
    "LANG": "en_US.UTF-8",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/task:/opt/lib",
    "PYTHONPATH": "/var/runtime",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
    "TZ": ":UTC",
}
# the header of a request, which comes with each invocation: what a function gets that X-Ray
# traces, that it does not, and that only passes the header on
TRACED = "Root=1-67000000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1"
NOT_SAMPLED = TRACED.replace("Sampled=1", "Sampled=0")
PASSED_ON = "Root=1-67000000-0123456789abcdef01234567;Lineage=1:01234567:0"
