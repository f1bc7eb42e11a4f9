"""What video analysis costs: `python tests/benchmarks/local_analysis.py hour|jobs [MINUTES]`.

hour: an hour of video at a low bit rate is sampled, heard and scanned frame by frame; no model is
needed. jobs: seven jobs of Rekognition over one video of so many minutes (1), in the interpreter
and with the models of a stack (.mie/analysis, .mie/models). Prints times, and the most memory that
this process and each ffmpeg had.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "source" / "local")]

JOBS = (
    ("FaceDetection", {"FaceAttributes": "ALL"}),
    ("LabelDetection", {}),
    ("TextDetection", {}),
    ("ContentModeration", {}),
    ("CelebrityRecognition", {}),
    ("SegmentDetection", {"SegmentTypes": ["SHOT"]}),
    ("SegmentDetection", {"SegmentTypes": ["TECHNICAL_CUE"]}),
)


def main(what: str, minutes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        {"hour": measure_hour, "jobs": lambda path: measure_jobs(path, minutes)}[what](Path(folder))
    ours, theirs = (
        resource.getrusage(who).ru_maxrss / 1_024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"most memory: {ours:.0f} MB, and {theirs:.0f} MB in the largest ffmpeg, "
        "if only that which made the clip"
    )


def measure_hour(folder: Path) -> None:
    from tests.fakes import clips

    from analysis import media
    from analysis.media.scan import scan

    path = timed("made", lambda: clips.one_hour(folder / "hour.mp4", sound=True))
    facts = timed("probed", lambda: media.probe(path))
    count = timed("sampled twice a second", lambda: sum(1 for _ in media.frames(path, 500)))
    samples = timed("heard", lambda: sum(len(chunk) for chunk in media.audio(path)))
    found = timed(
        "scanned",
        lambda: scan(
            path, facts, least_change=10, black_level=0.2, black_share=0.99, go_on=lambda: None
        ),
    )
    print(f"{count} pictures, {samples} samples, {len(found.times)} frames", end=", ")
    print(f"{len(found.changes)} cuts")


def measure_jobs(folder: Path, minutes: int) -> None:
    from tests.fakes import clips

    from analysis.jobs import Jobs
    from analysis.models import Models
    from analysis.rekognition.video import video_operations

    moving = clips.moving_stills(folder / "video.mp4", minutes * 60)
    context = SimpleNamespace(
        models=Models(ROOT / ".mie" / "models"),
        objects=SimpleNamespace(
            size=lambda *_: moving.stat().st_size,
            download=lambda _bucket, _key, path, *_: path.write_bytes(moving.read_bytes()),
        ),
        jobs=Jobs(folder / "jobs"),
        notifications=None,
        state=folder,
    )
    operations = video_operations(context)
    context.jobs.resume()
    timed(f"seven jobs over {minutes} min", lambda: run_jobs(context, operations))
    context.jobs.close()


def run_jobs(context: SimpleNamespace, operations: dict) -> None:
    video = {"Video": {"S3Object": {"Bucket": "any", "Name": "video.mp4"}}}
    started = [
        (name, operations[f"Start{name}"]({**video, **more})["JobId"]) for name, more in JOBS
    ]
    while any(context.jobs.get(f"rekognition-{name}", one).is_unfinished for name, one in started):
        time.sleep(0.1)
    for name, one in started:
        job = context.jobs.get(f"rekognition-{name}", one)
        items = len(context.jobs.result(job)["Offsets"]) if job.status == "SUCCEEDED" else 0
        print(
            f"  {name}: {job.status} {job.message} {job.ended - job.started:.1f} s, {items} items"
        )


def timed(what: str, do: Callable[[], Any]) -> Any:
    begun, spent = time.perf_counter(), processor_time()
    answer = do()
    took, cost = time.perf_counter() - begun, processor_time() - spent
    print(f"{what}: {took:.1f} s, {cost:.1f} s of processor time")
    return answer


def processor_time() -> float:
    return sum(
        sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
