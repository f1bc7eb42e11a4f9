"""What is left to do when servers came up again after an end that nobody expected.

The local AWS goes on from its last save (local_aws.restart) and leaves a report of what is in none.
Here people are told of it, executions are tried again that failed because a server was away, and
what belongs to nothing any more is taken away.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from laptop import facts, orphans, stacks
from laptop.execution_ids import short
from laptop.places import Places
from laptop.runs import Engine, refusal

Say = Callable[[str], None]
Json = dict[str, Any]

# as an SDK says that one of our servers does not answer
_WAS_AWAY = re.compile(r"endpoint URL: \"http://127\.0\.0\.1:\d+")
# (method, path) -> what was asked for, in words; the path's ids are shortened
_ASKED: tuple[tuple[str, str, str], ...] = (
    ("POST", "/workflow/execution", "the start of {Name}{files} (execution {Id})"),
    ("POST", "/workflow/execution/(?P<id>[^/]+)/retry", "the retry of execution {id}"),
    ("POST", "/workflow/execution/(?P<id>[^/]+)/cancel", "the cancelling of execution {id}"),
    ("PUT", "/workflow/execution/(?P<id>[^/]+)", "the go-ahead for execution {id}"),
    ("DELETE", "/workflow/execution/(?P<id>[^/]+)", "the deletion of execution {id}"),
    ("POST", "/create", "the asset{files} ({AssetId})"),
    ("DELETE", "/metadata/(?P<id>[^/]+)", "the deletion of asset {id}"),
    ("DELETE", "/metadata/(?P<id>[^/]+)/(?P<what>.+)", "the deletion of {what} of asset {id}"),
    ("POST", "/metadata/(?P<id>[^/]+)", "what was stored for asset {id}"),
    ("POST", "/workflow/(?P<kind>stage|operation)", "the {kind} {Name}"),
    ("PUT", "/workflow/(?P<kind>stage|operation)", "the change of the {kind} {Name}"),
    ("DELETE", "/workflow/(?P<kind>stage|operation)/(?P<id>.+)", "the deletion of the {kind} {id}"),
    ("POST", "/workflow", "the workflow {Name}"),
    ("PUT", "/workflow", "the change of the workflow {Name}"),
    ("DELETE", "/workflow/(?P<id>.+)", "the deletion of the workflow {id}"),
    ("POST", "/system/configuration", "the setting {Name}"),
)
_DELETED = re.compile(r"/metadata/.+")


@dataclass(frozen=True)
class Report:
    """saved: when what came back was saved, None when nothing came back; at: when it did. Unix
    times in seconds. lost: the requests that are in no save."""

    saved: float | None
    at: float
    lost: tuple[Json, ...]


def is_due(places: Places) -> bool:
    """Whether something is left to do, also of a command that was ended in the middle of it."""
    return _path(places).exists()


def recover(engine: Engine, places: Places, say: Say) -> None:
    """Called once the servers are up again; may be called at any time."""
    known = facts.read(places.facts)
    if is_due(places) and known is not None:
        report = _read(_path(places))
        gone = [one for one in report.lost if not _is_there(engine, one)]
        repeated = [one for one in gone if _is_done_again(engine, one)]
        for sentence in told([one for one in gone if one not in repeated], report):
            say(sentence)
        s3 = stacks.Cloud(known.endpoint_url).client("s3")
        removed = orphans.remove(engine, s3, known.opensearch_url, report.saved, report.at)
        if removed:
            say(removed)
        _path(places).unlink()
    try_again(engine, list(engine.executions()), say)


def told(lost: list[Json], report: Report) -> Iterator[str]:
    """What is lost, in sentences."""
    if not lost:
        return
    if report.saved is None:
        yield "The engine was killed before it could save anything, so it begins anew."
        return
    seconds = max(1, round(max(one["at"] for one in lost) - report.saved))
    last = "second {} is" if seconds == 1 else f"{seconds} seconds {{}} are"
    things = "; ".join(dict.fromkeys(asked(one) for one in lost))
    again = "it" if len(lost) == 1 else "them"
    when = last.format("before the engine was killed")
    yield f"The last {when} lost: {things}. Ask for {again} again."


def asked(entry: Mapping[str, Any]) -> str:
    """What a request asked for, in words."""
    files = "".join(f" on {one}" for one in entry.get("Files", ()))
    for method, pattern, words in _ASKED:
        found = re.fullmatch(pattern, entry["path"])
        if found and method == entry["method"]:
            return words.format_map(_Names({**entry, **found.groupdict(), "files": files}))
    return f"{entry['method']} {entry['path']}"


class _Names(dict[str, Any]):
    """Values for words; what is not known is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def end_left_workers(places: Places) -> None:
    """Ends the functions that a killed local AWS has left running.

    They would write what they found into the one that is started next.
    """
    begins = f"{places.temporary}/"
    for process in psutil.process_iter():
        try:
            if any(one.startswith(begins) for one in process.cmdline()[1:2]):
                process.kill()
        except psutil.Error:
            # it has ended, or it is another user's
            continue


def missed_a_server(execution: Mapping[str, Any]) -> bool:
    """Whether it failed because a server was away."""
    is_failed = execution["Status"] == "Error"
    return is_failed and bool(_WAS_AWAY.search(execution.get("Message") or ""))


def try_again(engine: Engine, executions: Iterable[Mapping[str, Any]], say: Say) -> None:
    """Those of the executions that failed because a server was away."""
    for execution in executions:
        if not missed_a_server(execution):
            continue
        answer = engine.workflow.request("POST", f"/workflow/execution/{execution['Id']}/retry", {})
        name = f"Execution {short(execution['Id'])}"
        if answer.status == 200:
            say(f"{name} failed because a server was away; it goes on.")
        else:
            say(f"{name} failed because a server was away, and cannot go on: {refusal(answer)}")


def _is_there(engine: Engine, entry: Mapping[str, Any]) -> bool:
    """Whether what a request made is there, because it was saved before the answer came."""
    if entry["method"] != "POST":
        return False
    if entry["path"] == "/workflow/execution" and "Id" in entry:
        found = engine.workflow.request("GET", f"/workflow/execution/{entry['Id']}")
        return found.status == 200
    if entry["path"] == "/create" and "AssetId" in entry:
        return engine.dataplane.request("GET", f"/metadata/{entry['AssetId']}").status == 200
    return False


def _is_done_again(engine: Engine, entry: Mapping[str, Any]) -> bool:
    """A deletion has taken the files already; records that name them must not come back."""
    if entry["method"] != "DELETE" or not _DELETED.fullmatch(entry["path"]):
        return False
    return engine.dataplane.request("DELETE", entry["path"]).status in (200, 404)


def _path(places: Places) -> Path:
    return places.services / "restarted"


def _read(path: Path) -> Report:
    found = json.loads(path.read_text())
    return Report(found["saved"], found["at"], tuple(found["lost"]))
