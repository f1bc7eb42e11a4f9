"""The analysis server as a stack starts it: a process of its own, with the real models.

The models are those of MIE_MODELS (.mie/models), the interpreter is that of MIE_ANALYSIS_PYTHON
(.mie/analysis/bin/python).
"""

import os
import re
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "source" / "local" / "samples"
MODELS = Path(os.environ.get("MIE_MODELS", ROOT / ".mie" / "models"))
PYTHON = Path(os.environ.get("MIE_ANALYSIS_PYTHON", ROOT / ".mie" / "analysis" / "bin" / "python"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "source" / "local")}


def skip_unless_installed():
    for path in (PYTHON, MODELS / "manifest.json"):
        if not path.exists():
            pytest.skip(f"the analysis server is not installed: there is no {path}")


@contextmanager
def running(models, s3_endpoint, state, **variables):
    """The URL of a server that runs meanwhile, and ends as it should.

    variables: of its environment, besides those of this process.
    """
    command = [PYTHON, "-m", "analysis", "--port", "0", "--s3-endpoint", s3_endpoint]
    process = subprocess.Popen(
        [*command, "--models", models, "--state", state],
        env={**ENVIRONMENT, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url, said = None, ""
        while url is None:
            line = process.stderr.readline()
            assert line, f"the server ended: {said}"
            said += line
            url = re.search(r"ready on (http://127\.0\.0\.1:\d+)", line)
        # a pipe that nobody reads would stop the server when it is full
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield url[1]
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0


def client_of(url, service="rekognition"):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(read_timeout=120, retries={"total_max_attempts": 1}),
    )
