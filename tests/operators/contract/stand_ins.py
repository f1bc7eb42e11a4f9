"""AWS and the data plane as the operators of the contract suite see them.

botocore itself checks and serialises every request, with the real models of the services, and what
a stand-in answers is checked against the shape of the answer; only the network is left out.
"""

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody
from botocore.validate import validate_parameters
from tests.fakes.assets import AssetsInMemory
from tests.fakes.objects import ObjectsInMemory
from tests.fakes.request_tokens import RequestTokens

from mie.adapters import lambda_api
from mie.adapters.copy_queue import CopyQueue
from mie.adapters.object_parts import ObjectParts
from mie.core.assets import CURSOR_SECRET
from mie.core.errors import STATUSES, MieError
from mie.engine import metadata_reading, metadata_writing, transfers
from mie.engine.ports import DataPorts

BUCKET = "bucket"
# a bucket of the user's own, from which operators only read
ELSEWHERE = "elsewhere"


class Refused(Exception):
    """A stand-in's answer that is an error of the service."""

    def __init__(self, code, message="it is said so", status=400):
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Jobs:
    """Jobs of a service as it counts them: a token (or a name) that comes again is the same job.

    So it is with a job that has failed. failing: how many of the jobs that are started next fail.
    forgets: whether the service forgets tokens between two attempts of an execution.
    """

    def __init__(self, forgets=False):
        self.requests, self.failed, self.failing = {}, set(), 0
        self._forgets, self._minutes = forgets, 0

    def start(self, token, request):
        """The id of the job; of a new one where the token is None."""
        number = "" if token is not None else str(len(self.requests))
        told = f"{token}{number}{self._minutes or ''}"
        job_id = f"job-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
        if job_id not in self.requests and self.failing:
            self.failing -= 1
            self.failed.add(job_id)
        if self.requests.setdefault(job_id, request) != request:
            raise Refused("IdempotentParameterMismatchException", "another job has this token")
        return job_id

    def state(self, job_id, otherwise, failed="FAILED"):
        """The status of a job, for services that call it so when it has failed."""
        return failed if job_id in self.failed else otherwise

    def let_time_pass(self):
        self._minutes += self._forgets


@dataclass
class World:
    """What there is besides the operator.

    services: name in boto3 -> stand-in, with a method for each API operation. failing: service ->
    code of the error that every call of it gets; "dataplane" is one, too. urls: what https
    addresses hold. calls: (service, API operation, request).
    """

    services: dict = field(default_factory=dict)
    failing: dict = field(default_factory=dict)
    urls: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)

    def __post_init__(self):
        self.s3 = S3()
        self.services["s3"] = self.s3
        self.dataplane = StoredResults(self)

    def put(self, key, body, bucket=BUCKET):
        """An object that was there before the operator; returns its place."""
        self.s3.buckets[bucket][key] = body
        return {"S3Bucket": bucket, "S3Key": key}

    def install(self, monkeypatch):
        requests = []
        make_api_call = BaseClient._make_api_call

        def remembering(client, operation, request):
            requests.append(request)
            try:
                return make_api_call(client, operation, request)
            finally:
                requests.pop()

        def without_network(client, model, *_):
            return self._answer(client.meta.service_model.service_name, model, requests[-1])

        monkeypatch.setattr(BaseClient, "_make_api_call", remembering)
        monkeypatch.setattr(BaseClient, "_make_request", without_network)
        monkeypatch.setattr(URLLib3Session, "send", lambda _, request: self._fetch(request.url))
        monkeypatch.setattr(lambda_api, "call", self.dataplane.call)
        return self

    def _answer(self, service, model, request):
        self.calls.append((service, model.name, request))
        try:
            self._may_answer(service)
            answer = getattr(self.services[service], model.name)(**request)
        except Refused as refused:
            error = {"Code": refused.code, "Message": refused.message}
            return AWSResponse("", refused.status, {}, None), {
                "Error": error,
                "ResponseMetadata": {"HTTPStatusCode": refused.status},
            }
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return AWSResponse("", 200, {}, None), {
            **answer,
            "ResponseMetadata": {"HTTPStatusCode": 200},
        }

    def _may_answer(self, service):
        if service in self.failing:
            raise Refused(self.failing[service], f"{service} is asked to fail")

    def _fetch(self, url):
        body = self.urls.get(url)
        if body is None:
            return AWSResponse(url, 404, {}, _Raw(b""))
        return AWSResponse(url, 200, {}, _Raw(body))


class _Raw(io.BytesIO):
    def stream(self, amount=65_536, **_):
        while chunk := self.read(amount):
            yield chunk


class S3:
    """Objects, and a record of what was written and deleted: (bucket, key)."""

    def __init__(self):
        self.buckets = {BUCKET: {}, ELSEWHERE: {}}
        self.written, self.deleted = [], []

    def write(self, bucket, key, body):
        """Also for stand-ins of services that write what they are asked for."""
        self.written.append((bucket, key))
        self.buckets[bucket][key] = body

    def _object(self, bucket, key, code="NoSuchKey"):
        if key not in self.buckets.get(bucket, {}):
            raise Refused(code, "no such key", 404)
        return self.buckets[bucket][key]

    def HeadObject(self, Bucket, Key, **_):
        body = self._object(Bucket, Key, "404")
        return {"ContentLength": len(body), "ETag": _tag(body)}

    def GetObject(self, Bucket, Key, Range=None, IfMatch=None, **_):
        body = self._object(Bucket, Key)
        if IfMatch not in (None, _tag(body)):
            raise Refused("PreconditionFailed", "it has changed", 412)
        tag = _tag(body)
        if Range is not None:
            first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", Range).groups()
            body = body[int(first) : int(last) + 1 if last else None]
        stream = StreamingBody(io.BytesIO(body), len(body))
        return {"Body": stream, "ContentLength": len(body), "ETag": tag}

    def PutObject(self, Bucket, Key, Body=b"", **_):
        body = Body if isinstance(Body, bytes | str) else Body.read()
        self.write(Bucket, Key, body.encode() if isinstance(body, str) else bytes(body))
        return {"ETag": '"1"'}

    def CopyObject(self, Bucket, Key, CopySource, **_):
        if isinstance(CopySource, str):
            bucket, _slash, key = CopySource.partition("/")
        else:
            bucket, key = CopySource["Bucket"], CopySource["Key"]
        self.write(Bucket, Key, self._object(bucket, key))
        return {"CopyObjectResult": {"ETag": '"1"'}}

    def ListObjectsV2(self, Bucket, Prefix="", Delimiter=None, **_):
        keys = sorted(one for one in self.buckets[Bucket] if one.startswith(Prefix))
        if Delimiter:
            keys = [one for one in keys if Delimiter not in one[len(Prefix) :]]
        contents = [{"Key": one, "Size": len(self.buckets[Bucket][one])} for one in keys]
        return {"Contents": contents, "KeyCount": len(contents), "IsTruncated": False}

    def DeleteObject(self, Bucket, Key, **_):
        self.deleted.append((Bucket, Key))
        self.buckets[Bucket].pop(Key, None)
        return {}


def _tag(body):
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class _Recording(ObjectsInMemory):
    """The data plane's objects, which are those of the S3 stand-in."""

    def __init__(self, s3):
        super().__init__(BUCKET)
        self.bodies, self._s3 = s3.buckets[BUCKET], s3

    def put(self, key, body):
        self._s3.written.append((BUCKET, key))
        return super().put(key, body)


class StoredResults:
    """The routes of the Dataplane API that operators use, over the real engine."""

    def __init__(self, world):
        self._world = world
        self.assets = AssetsInMemory()
        self.ports = DataPorts(
            assets=self.assets,
            objects=_Recording(world.s3),
            parts=ObjectParts(BUCKET),
            copies=CopyQueue("no queue: nothing is copied here"),
            most_at_once=1024**3,
            clock=lambda: 1_700_000_000.5,
            new_id=lambda: "id",
            new_secret=lambda: "secret",
            tokens=RequestTokens(lambda: 1_700_000_000.5),
            external_buckets=(),
        )

    def add_asset(self, asset):
        place = {"S3Bucket": BUCKET, "S3Key": f"{asset}/input"}
        self.assets.create({"AssetId": asset, **place, CURSOR_SECRET: "secret"})

    def store(self, asset, workflow, operator, results):
        """What an operator of an earlier stage has stored."""
        before = list(self._world.s3.written)
        metadata_writing.store(
            self.ports, asset, metadata_writing.Result(operator, workflow, results)
        )
        self._world.s3.written[:] = before

    def results(self, asset):
        """Stored name -> its pages, in order, as readers get them."""
        item = self.assets.get(asset)
        names = [name for name in item if isinstance(item[name], list)]
        return {name: [*self._pages(asset, name)] for name in names}

    def _pages(self, asset, name):
        cursor = None
        while True:
            read = metadata_reading.read_one(
                self.ports, asset, name, metadata_reading.Position(cursor, None)
            )
            yield read["results"]
            if (cursor := read.get("cursor")) is None:
                return

    def call(self, _function, method, resource, _path, *, body=None, path_params=None, query=None):
        if "dataplane" in self._world.failing:
            return 429, {"Code": self._world.failing["dataplane"], "Message": "slow down"}
        try:
            return 200, self._answer(method, resource, body, path_params, query or {})
        except MieError as error:
            answers = (answer for kind, answer in STATUSES.items() if isinstance(error, kind))
            status, code = next(answers)
            return status, {"Code": code, "Message": str(error)}

    def _answer(self, method, resource, body, params: Mapping, query):
        asset = params["asset_id"]
        if resource.startswith("/mediapath/"):
            return transfers.path(self.ports, asset, params["workflow_id"])
        if method == "POST":
            result = metadata_writing.Result(
                body["OperatorName"], body["WorkflowId"], body["Results"]
            )
            if query.get("paginated") != "true":
                return metadata_writing.store(self.ports, asset, result)
            number = int(query["page"]) if "page" in query else None
            page = metadata_writing.Page(number, query.get("end") == "true", query.get("token"))
            return metadata_writing.store_page(self.ports, asset, result, page)
        position = metadata_reading.Position(query.get("cursor"), query.get("workflow_id"))
        if "operator_name" in params:
            return metadata_reading.read_one(self.ports, asset, params["operator_name"], position)
        return metadata_reading.read_all(self.ports, asset, position)
