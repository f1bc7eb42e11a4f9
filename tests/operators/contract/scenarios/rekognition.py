"""Amazon Rekognition: a job for a video, an answer for a picture."""

import json

from tests.operators.contract.harness import Scenario
from tests.operators.contract.stand_ins import Jobs, Refused
from tests.operators.rekognition_cases import CASES, PICTURE_CASES

# what the console and search show of each finding (specification 20.2)
FIELDS = {
    "celebrityRecognition": {"Name"},
    "contentModeration": {"Name", "Confidence", "ParentName"},
    "faceDetection": {"Confidence", "BoundingBox", "Smile"},
    "faceSearch": {"FaceBoundingBox", "KnownFaces"},
    "labelDetection": {"Name", "Confidence", "Instances"},
    "textDetection": {"DetectedText", "Type", "Confidence"},
    "shotDetection": {"Index", "StartTimestamp", "EndTimestamp"},
    "technicalCueDetection": {"Type", "StartTimestamp", "EndTimestamp"},
}
SEGMENT = {"EndTimestampMillis": 900, "DurationMillis": 900}


def api_name(method):
    return "".join(part.title() for part in method.split("_"))


class Rekognition:
    """One kind of detection; pages: the numbers of the findings of each page of a job's result."""

    def __init__(self, world, case):
        self.jobs, self.case = Jobs(), case
        self.status, self.pages, self.expiring = "SUCCEEDED", [[0, 40]], None
        setattr(self, api_name(case.start), self.begin)
        setattr(self, api_name(case.get), self.result)
        if case.picture:
            setattr(self, api_name(case.picture[0]), self.look)

    def begin(self, ClientRequestToken=None, **request):
        return {"JobId": self.jobs.start(ClientRequestToken, request)}

    def result(self, JobId, NextToken="", **_):
        assert JobId in self.jobs.requests
        status = self.jobs.state(JobId, self.status)
        if status != "SUCCEEDED":
            return {"JobStatus": status}
        number = int(NextToken or 0)
        if number == self.expiring:
            self.expiring = None
            raise Refused("InvalidPaginationTokenException", "the token has expired")
        following = {"NextToken": str(number + 1)} if number + 1 < len(self.pages) else {}
        return {**self.page(number), **following}

    def page(self, number):
        page = self.case.results(*self.pages[number])
        if "Segments" not in page:
            return page
        return {**page, "Segments": [{**one, **SEGMENT} for one in page["Segments"]]}

    def look(self, Image, **_):
        return self.case.picture[1] if any(self.pages) else {}

    def DescribeCollection(self, CollectionId):
        return {"FaceCount": 1}


def asked_for(suffix, medium):
    def prepare(world, asset):
        return {"Media": {medium: world.put(f"private/assets/{asset}/input/a+b ü.{suffix}", b"x")}}

    return prepare


def odd_status(world):
    world.services["rekognition"].status = "PONDERING"
    return "PONDERING"


def expire_token(world):
    service = world.services["rekognition"]
    # the token of the last of more pages than one invocation reads
    service.pages, service.expiring = [[number] for number in range(14)], 12
    return [service.page(number) for number in range(14)]


def nothing_found(suffix, medium):
    def prepare(world, asset):
        world.services["rekognition"].pages = [[]]
        return asked_for(suffix, medium)(world, asset)

    return prepare


def of_video(case, fields):
    return Scenario(
        prepare=asked_for("mp4", "Video"),
        services={"rekognition": lambda world: Rekognition(world, case)},
        configuration=case.configuration,
        at_start=("rekognition",),
        at_check=("rekognition", "dataplane"),
        unsupported=asked_for("docx", "Video"),
        empty=nothing_found("mp4", "Video"),
        running="IN_PROGRESS",
        odd_status=odd_status,
        expire_token=expire_token,
        fields=frozenset(fields),
    )


def of_picture(case, fields):
    return Scenario(
        prepare=asked_for("JPG", "Image"),
        services={"rekognition": lambda world: Rekognition(world, case)},
        configuration=case.configuration,
        at_start=("rekognition", "dataplane"),
        unsupported=asked_for("docx", "Image"),
        empty=nothing_found("JPG", "Image"),
        fields=frozenset(fields),
    )


def data_file(world, asset):
    labels = {"Labels": [{"Label": {"Name": "Boat", "Confidence": 0.5}, "Timestamp": 0}]}
    world.put("facts.json", json.dumps(labels).encode())
    return asked_for("mp4", "Video")(world, asset)


def broken_data_file(world, asset):
    world.put("facts.json", b"[]")
    return asked_for("mp4", "Video")(world, asset)


def empty_data_file(world, asset):
    world.put("facts.json", b"{}")
    return asked_for("mp4", "Video")(world, asset)


SCENARIOS = {
    **{name: of_video(case, FIELDS[name]) for name, case in CASES.items()},
    **{f"{name}Image": of_picture(case, FIELDS[name]) for name, case in PICTURE_CASES.items()},
    "personTracking": Scenario(
        prepare=asked_for("mp4", "Video"),
        services={},
        searched=False,
        retired=True,
    ),
    "GenericDataLookup": Scenario(
        prepare=data_file,
        configuration={"Bucket": "bucket", "Key": "facts.json"},
        at_start=("s3", "dataplane"),
        unsupported=broken_data_file,
        empty=empty_data_file,
        fields=frozenset({"Name", "Confidence", "Instances"}),
    ),
}
