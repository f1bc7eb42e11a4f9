"""Requests of every shape to every operation: some wrong, some odd, some right.

Whatever is asked, the answer is the service's own: its result, or its refusal. An internal error
for something that a caller has sent is a defect.
"""

import base64
import json
import random
import re
from collections import Counter
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import urllib3
from tests.fakes.s3_server import s3_server
from tests.local.analysis.running_server import MODELS, SAMPLES, running, skip_unless_installed

from analysis import __main__ as server
from analysis.aws_json import Services
from analysis.families import FAMILIES
from analysis.messages import Call

SEED = 20_261_124
ODD = (
    None, True, 0, -1, 2**31, 2**63, 10**30, 1e308, float("nan"), float("inf"), "", "x", "n" * 300,
    "\ud800", "\x00", "../../etc/passwd", "s3://", "http://[", "🙂", [], {}, [[]], {"x": 1},
)  # fmt: skip
WORDS = ("abc", "name-1", "Jeff Bezos lives in Seattle.", "a b", "ä🙂", "\x00\x01", " ", "\n", "1")
BY_NAME = (
    ("arn", ("arn:aws:sns:us-east-1:000000000000:topic", "arn:aws:iam::123456789012:role/r")),
    ("uri", ("s3://data/face.jpg", "s3://data/in/", "s3://none/x", "s3://data", "file:///etc/x")),
    ("bucket", ("data", "none", "a" * 63)),
    ("language", ("en", "es", "auto", "de", "en-US", "zz")),
)
TIMES = (0, 1.7e9, 1e18, -1e18, 1e400, "2020-01-01T00:00:00Z", "yesterday")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURES = ((SAMPLES / "astronaut.jpg").read_bytes(), PIXEL, PIXEL[:40], b"", b"x" * 100)


class Requests:
    """Makes requests, always the same ones, from the shapes of botocore's models."""

    def __init__(self):
        self.random = random.Random(SEED)  # noqa: S311

    def of(self, shape, depth=0):
        if self.random.random() < 0.04:
            return self.random.choice(ODD)
        make = getattr(self, f"_{shape.type_name}", None)
        return make(shape, depth) if make else None

    def _structure(self, shape, depth):
        likely = 0.45 if depth < 3 else 0.2
        return {
            member.serialization.get("name", name): self.of(member, depth + 1)
            for name, member in shape.members.items()
            if self.random.random() < (0.97 if name in shape.required_members else likely)
        }

    def _list(self, shape, depth):
        return [self.of(shape.member, depth + 1) for _ in range(self.random.choice((0, 1, 1, 3)))]

    def _map(self, shape, depth):
        count = range(self.random.choice((0, 1, 2)))
        return {str(self.of(shape.key, depth)): self.of(shape.value, depth + 1) for _ in count}

    def _string(self, shape, _depth):
        if shape.metadata.get("enum"):
            return self.random.choice(shape.metadata["enum"])
        name = shape.name.lower()
        known = next((values for part, values in BY_NAME if part in name), None)
        longest = "x" * min(shape.metadata.get("max", 40), 300)
        return self.random.choice(known or (*WORDS, longest))

    def _integer(self, shape, _depth):
        least = int(shape.metadata.get("min", 0))
        return self.random.choice((least, least + 1, 5, int(shape.metadata.get("max", 10))))

    def _float(self, _shape, _depth):
        return self.random.choice((0, 50.5, 100, 1e300, 1e400, -1.5, float("nan")))

    def _boolean(self, _shape, _depth):
        return self.random.choice((True, False))

    def _timestamp(self, _shape, _depth):
        return self.random.choice(TIMES)

    def _blob(self, _shape, _depth):
        data = base64.b64encode(self.random.choice(PICTURES)).decode()
        return self.random.choice((data, data, data, "###"))

    _long, _double = _integer, _float

    def call(self, row, name):
        """A call of an operation, as it is on the wire."""
        operation = row.model.operation_model(name)
        shape = operation.input_shape
        document = self.of(shape) if shape is not None else {}
        body = json.dumps(document).encode()
        if not row.routes:
            target = f"{row.model.metadata['targetPrefix']}.{name}"
            return Call.of("POST", "/", {"X-Amz-Target": target}, body)
        values = ("abc", "x%00", "%ff", "a" * 300, "Default", "1", "-1", "9" * 20)
        path = re.sub(
            r"\{\w+\+?\}",
            lambda _: self.random.choice(values),
            operation.http["requestUri"].partition("?")[0],
        )
        members = shape.members.values() if shape is not None else ()
        places = [one.serialization for one in members]
        names = [one["name"] for one in places if one.get("location") == "querystring"]
        query = "&".join(f"{quote(one)}={self.random.choice(values)}" for one in names)
        scope = f"Credential=k/20260101/us-east-1/{row.model.signing_name}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}"}
        return Call.of(operation.http["method"], f"{path}?{query}", headers, body)


@pytest.fixture(scope="module")
def endpoint():
    with s3_server() as (url, objects):
        objects["data/face.jpg"] = PICTURES[0]
        objects["data/in/a.txt"] = b"Jeff Bezos lives in Seattle."
        yield url


@pytest.fixture(scope="module")
def services(endpoint, tmp_path_factory):
    """The table of services as it is served; without model files, and jobs are not done."""
    folder = tmp_path_factory.mktemp("any")
    options = SimpleNamespace(
        state=folder / "state",
        models=folder / "models",
        families=FAMILIES,
        s3_endpoint=endpoint,
    )
    context = server._make_context(options, lambda: "http://127.0.0.1:1")
    return Services.of([service(context) for service in server.SERVICES])


@pytest.fixture(scope="module")
def url(endpoint, tmp_path_factory):
    skip_unless_installed()
    with running(MODELS, endpoint, tmp_path_factory.mktemp("running")) as url:
        yield url


SERVICES = ("comprehend", "mediaconvert", "polly", "rekognition", "transcribe", "translate")


@pytest.mark.parametrize("name", SERVICES)
def test_no_request_is_an_internal_error(services, name):
    row = next(row for row in services.rows.values() if row.service.name == name)
    requests, seen = Requests(), Counter()
    for operation in sorted(row.service.operations):
        for _ in range(12):
            call = requests.call(row, operation)
            answer = services.answer(call)
            assert answer.status < 500, (operation, call.body, answer.body)
            seen[answer.error] += 1
    assert len(seen) > 2


@pytest.mark.models
@pytest.mark.parametrize("name", SERVICES)
def test_no_request_is_an_internal_error_of_the_models(services, url, name):
    row = next(row for row in services.rows.values() if row.service.name == name)
    requests = Requests()
    for operation in sorted(row.service.operations):
        for _ in range(6):
            call = requests.call(row, operation)
            query = "&".join(f"{key}={quote(value)}" for key, value in call.query)
            answer = urllib3.request(
                call.method,
                f"{url}{call.path}?{query}",
                headers={**call.headers, "Content-Type": "application/json"},
                body=call.body,
                retries=False,
                timeout=60,
            )
            assert answer.status < 500, (operation, call.body, answer.data)
