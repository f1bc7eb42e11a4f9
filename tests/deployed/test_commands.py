"""What people type: files of all kinds, wishes that cannot be fulfilled, earlier executions."""

import json
import os
import re
import subprocess
import uuid
from pathlib import Path

import pytest
from tests.deployed.local_stack import ROOT, SAMPLE
from tests.fakes.speech import SENTENCES, speak

pytestmark = pytest.mark.deployed

ID = re.compile(r", execution ([0-9a-f]{8})$", re.MULTILINE)
TEXT_ONLY = {
    "RekognitionStage": {
        f"{one}Image": {"Enabled": False}
        for one in ("celebrityRecognition", "contentModeration", "faceDetection", "labelDetection")
    }
}


@pytest.fixture(scope="module")
def command():
    def run(*arguments):
        return subprocess.run(
            [ROOT / "deployment" / "run-local.sh", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ},
        )

    return run


@pytest.fixture(scope="module")
def analysed(command, tmp_path_factory):
    """A picture in a folder whose name looks like markup, and what the command has said."""
    folder = tmp_path_factory.mktemp("pictures") / "trip [/paris]"
    folder.mkdir(parents=True)
    path = folder / "a[b].jpg"
    path.write_bytes(SAMPLE.read_bytes())
    return path, command("--config", json.dumps(TEXT_ONLY), path)


def test_a_file_in_a_folder_that_looks_like_markup_is_analysed(analysed):
    path, done = analysed
    assert done.returncode == 0, done.stderr
    assert f"{path}: CasImageWorkflow, execution" in done.stdout
    assert "textDetectionImage: complete" in done.stdout
    # what is switched off is nothing that somebody wants to read
    assert "faceDetectionImage" not in done.stdout


def test_a_run_leaves_a_report_and_is_shown_again(command, analysed):
    _, done = analysed
    (execution,) = ID.findall(done.stdout)
    again = command("show", execution)
    assert again.returncode == 0, again.stderr
    (report,) = re.findall(r"^Report (.*)$", again.stdout, re.MULTILINE)
    assert f"Report {report}" in done.stdout
    page = Path(report).read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "a[b].jpg" in page
    assert "Not looked for: " in command("show", execution, "--all").stdout
    assert any(line.startswith(execution) for line in command("list").stdout.splitlines())


def test_what_has_ended_is_not_cancelled_and_what_has_not_failed_is_not_retried(command, analysed):
    (execution,) = ID.findall(analysed[1].stdout)
    for name in ("cancel", "retry"):
        refused = command(name, execution)
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1


def test_a_run_that_failed_says_what_and_why_and_what_to_do(command, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(SAMPLE.read_bytes()[:4] + bytes(2_000))
    done = command(broken)
    assert done.returncode == 1
    (execution,) = ID.findall(done.stdout)
    assert "MediainfoImage failed: " in done.stderr
    assert f"run-local.sh retry {execution}" in done.stderr


def test_a_sound_file_is_transcribed_and_its_names_and_phrases_are_told(command, tmp_path):
    path = tmp_path / "news.wav"
    speak(path, SENTENCES[:1])
    done = command(path)
    assert done.returncode == 0, done.stderr
    assert "welcome to the local news" in " ".join(done.stdout.split()).lower()
    assert "\nIn Spanish (rough, made by rules): “" in done.stdout
    assert "\nAbout " in done.stdout


def test_a_text_gives_names_and_phrases(command, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("Ada Lovelace met Charles Babbage in London. She wrote about his machine.")
    done = command(path)
    assert done.returncode == 0, done.stderr
    assert "Ada Lovelace (person)" in done.stdout
    assert "London (place)" in done.stdout


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        (["--workflow", "CasImageWorkfloww"], "there are CasImageWorkflow, "),
        (["--workflow", "CasVideoWorkflow"], "is a picture, and CasVideoWorkflow works on"),
        (
            ["--config", '{"RekognitionStage":{"labelDetectionImage":{"MinConfidence":"x"}}}'],
            "takes a Number from 0 to 100",
        ),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_is_refused_before_the_upload(
    stack, command, tmp_path, wishes, sentence
):
    path = tmp_path / f"{uuid.uuid4()}.jpg"
    path.write_bytes(SAMPLE.read_bytes())
    done = command(*wishes, path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr
    pages = (
        stack.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=stack.facts["dataplane_bucket"], Prefix="upload/")
    )
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    assert not [key for key in keys if path.name in key]
