"""Every awscurl command of the documents is signed so that the stack takes it."""

import os
import re
import shutil
import subprocess

import pytest
from tests.deployed.local_stack import ROOT, SAMPLE
from tests.documented_commands import Example, examples

pytestmark = pytest.mark.deployed

# tells what was answered; what is printed is awscurl's
_AWSCURL = """#!/bin/sh
exec "{real}" -v "$@" 2>>"$ANSWERS"
"""
_AWS = """#!/bin/sh
exit 0
"""
_JQ = """#!/bin/sh
exec cat
"""


@pytest.fixture
def statuses(stack, tmp_path):
    """Runs what a document shows; returns the status of each answer that awscurl got."""
    commands = tmp_path / "bin"
    commands.mkdir()
    real = ROOT / ".mie" / "venv" / "bin" / "awscurl"
    for name, text in {"awscurl": _AWSCURL.format(real=real), "aws": _AWS, "jq": _JQ}.items():
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    shutil.copy(SAMPLE, tmp_path / "test_image.jpg")

    def run(text, **more):
        answers = tmp_path / "answers"
        environment = {
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "ANSWERS": str(answers),
            "AWS_ACCESS_KEY_ID": stack.facts["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": stack.facts["secret_access_key"],
            "AWS_DEFAULT_REGION": stack.facts["region"],
            "WORKFLOW_API_ENDPOINT": stack.facts["workflow_api"],
            "DATAPLANE_API_ENDPOINT": stack.facts["dataplane_api"],
            "DATAPLANE_BUCKET": stack.facts["dataplane_bucket"],
            # of nothing that is there: the signature is verified first
            **{"ID": "no-execution", "ASSET_ID": "no-asset"},
            **more,
        }
        # no workflow is started, and a domain of OpenSearch is no part of the local AWS, which
        # verifies what is sent there all the same
        text = text.replace("upload/test_image.jpg", "upload/nothing.jpg")
        domain = r"https://search-[^/]*\.es\.amazonaws\.com"
        text = re.sub(domain, stack.facts["endpoint_url"], text)
        subprocess.run(["bash", "-u", "-c", text], cwd=tmp_path, env=environment, check=True)
        found = re.findall(r"Response code: (\d+)", answers.read_text())
        answers.unlink()
        return [int(one) for one in found]

    return run


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.commands[0][-1][-40:])
def test_a_documented_command_is_signed_rightly(statuses, example: Example):
    answered = statuses(example.text)
    assert len(answered) == len(example.commands)
    assert 403 not in answered


def test_and_refused_with_another_secret(statuses):
    for example in examples():
        assert set(statuses(example.text, AWS_SECRET_ACCESS_KEY="wrong")) == {403}


@pytest.mark.parametrize("query", ["red%20car", "M%C3%BCller", "a=b"])
def test_the_form_that_the_documents_avoid_is_refused(statuses, query):
    assert statuses(f'awscurl "$DATAPLANE_API_ENDPOINT/search?q={query}"') == [403]
