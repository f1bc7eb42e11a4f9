"""What the real models find in real pictures, asked as a Lambda asks: with an SDK, over HTTP.

Where the models are not installed, these tests are skipped.
"""

import struct
import subprocess
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import ClientError
from tests.local.analysis.running_server import (
    ENVIRONMENT,
    MODELS,
    PYTHON,
    SAMPLES,
    client_of,
    running,
    skip_unless_installed,
)

pytestmark = pytest.mark.models

HERE = Path(__file__).parent

# measured by hand on the picture: hairline to chin, cheek to cheek
ASTRONAUT = {"Left": 0.35, "Top": 0.14, "Width": 0.18, "Height": 0.21}
HOPPER = {"Left": 0.33, "Top": 0.22, "Width": 0.37, "Height": 0.34}


@pytest.fixture(scope="module")
def installed():
    skip_unless_installed()


@pytest.fixture(scope="module")
def bucket():
    """An S3 endpoint with one object, pictures/astronaut.jpg."""

    class Bucket(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == "/pictures/astronaut.jpg"
            body = (SAMPLES / "astronaut.jpg").read_bytes() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def url(installed, bucket, tmp_path_factory):
    with running(MODELS, bucket, tmp_path_factory.mktemp("state")) as url:
        yield url


@pytest.fixture(scope="module")
def client(url):
    return client_of(url)


@pytest.fixture(scope="module")
def pictures(installed, tmp_path_factory):
    directory = tmp_path_factory.mktemp("pictures")
    script = [PYTHON, HERE / "make_pictures.py", SAMPLES, directory]
    subprocess.run(script, check=True, timeout=60)
    return directory


def bytes_of(path):
    return {"Bytes": path.read_bytes()}


def faces(client, path, *attributes):
    asked_for = list(attributes) or ["DEFAULT"]
    return client.detect_faces(Image=bytes_of(path), Attributes=asked_for)["FaceDetails"]


def overlap(one, other):
    width = min(one["Left"] + one["Width"], other["Left"] + other["Width"])
    height = min(one["Top"] + one["Height"], other["Top"] + other["Height"])
    shared = max(width - max(one["Left"], other["Left"]), 0) * max(
        height - max(one["Top"], other["Top"]), 0
    )
    areas = [box["Width"] * box["Height"] for box in (one, other)]
    return shared / (sum(areas) - shared)


def code_of(client, data, operation="detect_faces"):
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(Image={"Bytes": data})
    return refused.value.response["Error"]["Code"]


@pytest.mark.parametrize(
    ("name", "place"), [("astronaut.jpg", ASTRONAUT), ("grace-hopper.jpg", HOPPER)]
)
def test_the_one_face_of_a_portrait_is_where_it_is(client, name, place):
    [face] = faces(client, SAMPLES / name)
    assert overlap(face["BoundingBox"], place) > 0.8
    assert face["Confidence"] > 80


def test_landmarks_lie_where_they_do_in_a_face(client):
    [face] = faces(client, SAMPLES / "astronaut.jpg", "ALL")
    x = {point["Type"]: point["X"] for point in face["Landmarks"]}
    y = {point["Type"]: point["Y"] for point in face["Landmarks"]}
    assert len(x) == 30
    assert x["leftEyeLeft"] < x["leftPupil"] < x["leftEyeRight"] < x["nose"]
    assert x["nose"] < x["rightEyeLeft"] < x["rightPupil"] < x["rightEyeRight"]
    assert y["leftEyeBrowUp"] < y["leftEyeUp"] <= y["leftEyeDown"] < y["noseLeft"]
    assert y["nose"] < y["mouthUp"] < y["mouthDown"] < y["chinBottom"]
    # measured on the picture: the pupils
    assert (x["leftPupil"], y["leftPupil"]) == pytest.approx((0.399, 0.197), abs=0.01)
    assert (x["rightPupil"], y["rightPupil"]) == pytest.approx((0.482, 0.203), abs=0.01)


def test_of_the_sample_everything_is_told_and_true(client):
    """Who she is, when she was photographed, and what is seen stands in the samples' README."""
    [face] = faces(client, SAMPLES / "astronaut.jpg", "ALL")
    years = face["AgeRange"]
    assert years["Low"] <= 36 <= years["High"]
    assert years["High"] - years["Low"] <= 20
    assert {name: face[name]["Value"] for name in ("Gender", "Smile", "EyesOpen", "MouthOpen")} == {
        "Gender": "Female",
        "Smile": True,
        "EyesOpen": True,
        "MouthOpen": True,
    }
    assert [one["Type"] for one in face["Emotions"]] == ["HAPPY"]
    # the writing on her badges is too small to be read
    picture = bytes_of(SAMPLES / "astronaut.jpg")
    assert client.detect_text(Image=picture)["TextDetections"] == []
    assert client.detect_moderation_labels(Image=picture)["ModerationLabels"] == []


def test_of_an_old_officer_in_her_cap_only_what_is_true_is_told(client):
    """The model takes her for a man, surely enough for a younger face, and her calm is doubtful."""
    [face] = faces(client, SAMPLES / "grace-hopper.jpg", "ALL")
    assert face["AgeRange"]["Low"] <= 77 <= face["AgeRange"]["High"]
    assert face["MouthOpen"]["Value"] is False
    assert not {"Gender", "Emotions", "Smile", "EyesOpen"} & set(face)


def test_of_a_small_or_a_cut_face_nothing_is_told(client, pictures):
    details = [
        face for name in ("small.png", "cut.png") for face in faces(client, pictures / name, "ALL")
    ]
    assert len(details) == 2
    told = {"AgeRange", "Gender", "Emotions", "Smile", "EyesOpen", "MouthOpen"}
    assert all(not told & set(face) for face in details)


@pytest.mark.parametrize("name", ["astronaut.jpg", "grace-hopper.jpg"])
def test_a_portrait_is_a_person_who_fills_the_picture(client, name):
    labels = client.detect_labels(Image=bytes_of(SAMPLES / name))["Labels"]
    assert labels[0]["Name"] == "Person"
    # an officer's uniform and an astronaut's suit
    assert {label["Name"] for label in labels[1:]} <= {"Clothing"}
    box = labels[0]["Instances"][0]["BoundingBox"]
    assert box["Height"] > 0.9
    assert box["Width"] > 0.6


@pytest.mark.parametrize(
    ("name", "right", "other"),
    [
        ("cat.jpg", {"Cat"}, {"Mammal", "Animal"}),
        ("coffee.jpg", {"Coffee", "Cup"}, {"Beverage"}),
        ("rocket.jpg", {"Rocket"}, {"Vehicle", "Transportation"}),
        ("cameraman.jpg", {"Person", "Tripod"}, set()),
        ("raccoon.jpg", {"Mammal"}, {"Animal"}),
        ("pagoda.jpg", {"Building"}, {"Architecture", "Palace"}),
        ("flower.jpg", {"Flower"}, {"Plant"}),
        ("fish.jpg", {"Fish"}, {"Animal"}),
        ("pan.jpg", {"Cooking Pan"}, {"Cookware"}),
    ],
)
def test_a_photograph_of_a_known_thing_has_the_right_words_and_no_other(client, name, right, other):
    labels = client.detect_labels(Image=bytes_of(HERE / "photographs" / name))["Labels"]
    names = {label["Name"] for label in labels}
    assert right <= names <= right | other


def test_the_name_tag_of_a_uniform_is_read(client):
    found = client.detect_text(Image=bytes_of(SAMPLES / "grace-hopper.jpg"))["TextDetections"]
    assert [(one["Type"], one["DetectedText"]) for one in found] == [
        ("LINE", "COMO HOPPER"),
        ("WORD", "COMO"),
        ("WORD", "HOPPER"),
    ]
    tag = {"Left": 0.21, "Top": 0.815, "Width": 0.105, "Height": 0.035}
    assert overlap(found[0]["Geometry"]["BoundingBox"], tag) > 0.5


def test_printed_text_is_read_with_its_place(client, pictures):
    found = client.detect_text(Image=bytes_of(pictures / "page.png"))["TextDetections"]
    lines = [one for one in found if one["Type"] == "LINE"]
    words = [one for one in found if one["Type"] == "WORD"]
    assert [one["DetectedText"] for one in lines] == ["Media Insights 2019", "Exit only"]
    assert [one["DetectedText"] for one in words] == ["Media", "Insights", "2019", "Exit", "only"]
    assert [one["ParentId"] for one in words] == [0, 0, 0, 1, 1]
    assert [one["Id"] for one in found] == list(range(7))
    left = [one["Geometry"]["BoundingBox"]["Left"] for one in words]
    assert left[0] < left[1] < left[2]
    assert left[0] == pytest.approx(40 / 900, abs=0.02)


def test_a_page_shows_no_face_and_no_object(client, pictures):
    assert faces(client, pictures / "page.png", "ALL") == []
    assert client.detect_labels(Image=bytes_of(pictures / "page.png"))["Labels"] == []


@pytest.mark.parametrize(
    "name", ["grey.jpg", "grey16.png", "cmyk.jpg", "see-through.png", "turned.jpg", "large.jpg"]
)
def test_a_face_is_found_whatever_the_file_is_like(client, pictures, name):
    [face] = faces(client, pictures / name)
    assert overlap(face["BoundingBox"], ASTRONAUT) > 0.75


def test_a_face_that_leans_is_found_to_lean(client, pictures):
    [upright] = faces(client, SAMPLES / "astronaut.jpg")
    [face] = faces(client, pictures / "lean.png")
    assert face["Pose"]["Roll"] - upright["Pose"]["Roll"] == pytest.approx(25, abs=4)


def test_small_faces_of_a_large_picture_are_found(client, pictures):
    found = faces(client, pictures / "two-people.png")
    places = [
        {"Left": 1_200 + 300 * 0.33, "Top": 100 + 352 * 0.22, "Width": 111, "Height": 120},
        {"Left": 100 + 300 * 0.35, "Top": 800 + 300 * 0.14, "Width": 54, "Height": 63},
    ]
    assert len(found) == 2
    # the larger face comes first
    for face, place in zip(found, places, strict=True):
        scaled = {
            "Left": place["Left"] / 1_600,
            "Top": place["Top"] / 1_200,
            "Width": place["Width"] / 1_600,
            "Height": place["Height"] / 1_200,
        }
        assert overlap(face["BoundingBox"], scaled) > 0.7


def test_an_object_in_s3_is_analysed_like_bytes(client):
    image = {"S3Object": {"Bucket": "pictures", "Name": "astronaut.jpg"}}
    from_s3 = client.detect_faces(Image=image)["FaceDetails"]
    assert from_s3 == faces(client, SAMPLES / "astronaut.jpg")


def test_an_object_that_is_not_there_is_refused(client):
    image = {"S3Object": {"Bucket": "pictures", "Name": "missing.jpg"}}
    with pytest.raises(client.exceptions.InvalidS3ObjectException):
        client.detect_labels(Image=image)


def png_that_claims(width, height):
    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (9_000, 9_000), (10_001, 100)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(client, size):
    assert code_of(client, png_that_claims(*size)) == "ImageTooLargeException"


def test_more_than_five_megabytes_are_refused(client):
    # a little too much reaches the operation, far too much is refused at the door
    assert code_of(client, b"x" * (5 * 2**20 + 1)) == "ValidationException"
    assert code_of(client, b"x" * (12 * 2**20)) == "ValidationException"


@pytest.mark.parametrize("operation", ["detect_faces", "detect_labels", "detect_text"])
def test_what_is_no_whole_jpeg_or_png_is_refused(client, pictures, operation):
    portrait = (SAMPLES / "astronaut.jpg").read_bytes()
    broken = {
        "text": b"this is no picture",
        "gif": (pictures / "picture.gif").read_bytes(),
        "half a JPEG": portrait[: len(portrait) // 2],
        "half a PNG": (pictures / "lean.png").read_bytes()[:100_000],
        "a PNG that has fewer rows than it says": png_that_claims(500, 500),
        "a JPEG's first bytes": portrait[:4],
    }
    codes = {name: code_of(client, data, operation) for name, data in broken.items()}
    assert codes == dict.fromkeys(broken, "InvalidImageFormatException")


def test_calls_at_the_same_time_get_the_same_answers(url):
    paths = [SAMPLES / "astronaut.jpg", SAMPLES / "grace-hopper.jpg"] * 3
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda path: faces(client_of(url), path), paths))
    assert found[:2] * 3 == found


def test_health_tells_what_is_installed_and_loaded(installed, bucket, tmp_path):
    def health():
        return urllib3.request("GET", f"{url}/health").json()

    with running(MODELS, bucket, tmp_path) as url:
        before = health()
        faces(client_of(url), SAMPLES / "astronaut.jpg", "ALL")
        after = health()
    assert before["models"]["vision"] == {"installed": True, "loaded": []}
    loaded = {"blazeface", "facemesh", "iris", "faceres", "emotion"}
    assert set(after["models"]["vision"]["loaded"]) == loaded
    assert {"DetectFaces", "DetectLabels", "DetectText"} <= set(after["operations"]["rekognition"])
    assert "Violence" in after["examination"]["moderation"]["not_examined"]
    assert after["examination"]["celebrities"] == {"known_persons": 0}


def test_an_empty_directory_of_models_is_named_and_nothing_is_made_up(installed, bucket, tmp_path):
    with running(tmp_path, bucket, tmp_path / "state") as url:
        health = urllib3.request("GET", f"{url}/health").json()
        assert not health["models"]["vision"]["installed"]
        code = code_of(client_of(url), (SAMPLES / "astronaut.jpg").read_bytes())
    assert code == "ModelNotAvailableException"


def test_a_model_that_was_changed_is_not_used(installed, bucket, tmp_path):
    for path in MODELS.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed = (tmp_path / "centernet.onnx").read_bytes()
    (tmp_path / "centernet.onnx").write_bytes(changed[:-1] + bytes([changed[-1] ^ 1]))
    with running(tmp_path, bucket, tmp_path / "state") as url:
        portrait = (SAMPLES / "astronaut.jpg").read_bytes()
        assert code_of(client_of(url), portrait, "detect_labels") == "ModelNotAvailableException"
        assert len(faces(client_of(url), SAMPLES / "astronaut.jpg")) == 1


def test_a_wrong_option_is_one_sentence(installed):
    command = [PYTHON, "-m", "analysis", "--models", MODELS, "--port", "0", "--state", MODELS]
    outside = ["--s3-endpoint", "http://example.com"]
    done = subprocess.run(
        [*command, *outside], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "http://example.com is not on this machine" in done.stderr.splitlines()[-1]
