"""The packages that the local stack was built from."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.deployed.local_stack import ROOT

PACKAGES = Path(os.environ.get("MIE_STATE", ROOT / ".mie")) / "dist" / "regional-s3-assets"
LAYER = "media_insights_engine_lambda_layer"
LARGEST = 60 * 1024**2

pytestmark = pytest.mark.deployed


def unpacked_bytes(path):
    with zipfile.ZipFile(path) as archive:
        return sum(one.file_size for one in archive.infolist())


def test_each_function_has_less_than_sixty_megabytes_with_the_layer():
    layer = unpacked_bytes(PACKAGES / f"{LAYER}.zip")
    others = [path for path in PACKAGES.glob("*.zip") if path.stem != LAYER]
    assert len(others) > 15
    for path in others:
        assert layer + unpacked_bytes(path) < LARGEST, path.name


def test_the_layer_brings_what_operators_of_the_original_import(tmp_path):
    with zipfile.ZipFile(PACKAGES / f"{LAYER}.zip") as archive:
        archive.extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'python')!r})\n"
        "import certifi, idna, jsonpickle, pymediainfo, requests, aws_xray_sdk\n"
        "import MediaInsightsEngineLambdaHelper\n"
        "assert pymediainfo.MediaInfo.can_parse()\n"
        "print(*(one.__file__ for one in (certifi, idna, jsonpickle, pymediainfo, requests)))\n"
    )
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert shown.count(str(tmp_path)) == 5
