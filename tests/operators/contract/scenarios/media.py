"""Mediainfo reads files of S3; MediaConvert runs jobs that write them."""

import struct
import zlib
from urllib.parse import urlsplit

from tests.operators.contract.harness import Scenario
from tests.operators.contract.stand_ins import ELSEWHERE, Jobs

KEY = "uploads/a+b ü%20.final"


def a_png():
    """A picture of one pixel."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = (
        chunk(b"IHDR", header),
        chunk(b"IDAT", zlib.compress(b"\0\1\2\3")),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def file_of(medium, body, suffix="mp4"):
    """An object of the user's own bucket, which is the asset in its place."""

    def prepare(world, asset):
        return {"Media": {medium: world.put(f"{KEY}.{asset}.{suffix}", body, ELSEWHERE)}}

    return prepare


def mediainfo(medium):
    return Scenario(
        prepare=file_of(medium, a_png()),
        at_start=("s3", "dataplane"),
        unsupported=file_of(medium, b"Dear picture"),
        fields=frozenset({"track_type", "format"}),
    )


class MediaConvert:
    """Runs a job at once: its outputs are there when it is asked for. Remembers tokens a minute."""

    def __init__(self, world):
        self.jobs, self.world, self.status = Jobs(forgets=True), world, "COMPLETE"
        # of frame capture
        self.pictures = [".0000000", ".0000001"]

    def CreateJob(self, Role, Settings, ClientRequestToken=None, **_):
        job_id = self.jobs.start(ClientRequestToken, Settings)
        name = urlsplit(Settings["Inputs"][0]["FileInput"].replace("%", "%25")).path
        stem = name.rpartition("/")[2].rpartition(".")[0].replace("%25", "%")
        for group in Settings["OutputGroups"]:
            place = group["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
            bucket, _, folder = place.removeprefix("s3://").partition("/")
            for output in group["Outputs"]:
                for number in self.pictures if output["Extension"] == "jpg" else [""]:
                    file = f"{stem}{output['NameModifier']}{number}.{output['Extension']}"
                    self.world.s3.write(bucket, f"{folder}{file}", b"made")
        return {"Job": self._job(job_id)}

    def GetJob(self, Id):
        return {"Job": self._job(Id)}

    def _job(self, job_id):
        status = self.jobs.state(job_id, self.status, "ERROR")
        return {"Id": job_id, "Status": status, "Role": "r", "Settings": {}}


def odd_status(world):
    world.services["mediaconvert"].status = "PONDERING"
    return "PONDERING"


def silent(world, asset):
    return {**file_of("Video", b"x")(world, asset), "MetaData": {"Mediainfo_num_audio_tracks": "0"}}


def short(world, asset):
    """A video that ends before the position of its second picture."""
    world.services["mediaconvert"].pictures = [".0000000"]
    return file_of("Video", b"x")(world, asset)


CONVERSION = Scenario(
    prepare=file_of("Video", b"x"),
    services={"mediaconvert": MediaConvert},
    at_start=("mediaconvert", "s3"),
    at_check=("mediaconvert", "s3"),
    unsupported="MediaConvert itself knows what it can read, and its job says so",
    empty=silent,
    missing={"a short video": short},
    running="PROGRESSING",
    odd_status=odd_status,
    searched=False,
)

SCENARIOS = {
    "Mediainfo": mediainfo("Video"),
    "MediainfoImage": mediainfo("Image"),
    "Mediaconvert": CONVERSION,
    "Thumbnail": CONVERSION,
}
