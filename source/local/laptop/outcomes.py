"""Tells what became of an execution: what was found, what failed and what to do, the report."""

import re
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from findings.model import Unexamined
from findings.reading import read
from findings.text import written
from laptop import analysis_server, reports, stack_access, terminal
from laptop.execution_ids import short, workflow_name
from laptop.facts import Facts
from laptop.places import places
from laptop.runs import Engine

_MOST_CHARACTERS = 500
# as boto3 begins what a service has answered
_CALL = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation: ")


@dataclass(frozen=True)
class Manner:
    """How much is told. everything: also what was not looked for or not found."""

    everything: bool = False
    opens: bool = False
    writes: bool = True


def tell(facts: Facts, execution: Mapping[str, Any], manner: Manner) -> None:
    """execution: one that has ended, or one that goes on, of which less is known."""
    engine = Engine(facts)
    for line in failures(execution):
        terminal.complain(line)
    metadata = engine.metadata(execution["AssetId"])
    found = read(
        metadata, execution, also_unexamined=not_looked_for(analysis_server.health(facts), metadata)
    )
    text = written(found, manner.everything, terminal.width())
    for line in text.lines:
        terminal.say(line)
    if not text.lines and execution["Status"] != "Error":
        has_ended = execution["Status"] == "Complete"
        vain = "Nothing was found; --all says what was looked for."
        terminal.say(vain if has_ended else "Nothing yet.")
    if text.is_shortened:
        terminal.say(f"run-local.sh show {short(execution['Id'])} --all tells all of it.")
    if manner.everything:
        _tell_where(facts, execution, sorted(metadata))
    if manner.writes and (metadata or execution["Status"] in ("Complete", "Error")):
        _report(reports.write(engine, places(), execution, found), manner.opens)


def failures(execution: Mapping[str, Any]) -> Iterator[str]:
    """What failed, why, and what to do; nothing of an execution that has not failed."""
    if execution["Status"] != "Error":
        return
    failed = [
        output
        for stage in execution["Workflow"]["Stages"].values()
        for output in stage.get("Outputs", [])
        if output["Status"] == "Error"
    ]
    by_reason: dict[str, list[str]] = {}
    for output in failed:
        by_reason.setdefault(_reason(output, execution), []).append(output["Name"])
    for reason, names in by_reason.items():
        yield f"{', '.join(names)} failed: {reason}"
    if not failed:
        message = execution.get("Message") or "it left no message"
        became = "was ended" if "Cancelled" in execution else "failed"
        yield f"{workflow_name(execution)} {became}: {message[:_MOST_CHARACTERS]}"
    again = f"run-local.sh retry {short(execution['Id'])} tries again what failed"
    logs = [f"run-local.sh logs {one['Name']} shows the log" for one in failed[:1]]
    yield f"{'; '.join([again, *logs])}."


def _reason(output: Mapping[str, Any], execution: Mapping[str, Any]) -> str:
    """As the operator has told it, else as the execution has it."""
    told = [
        value
        for key, value in output.get("MetaData", {}).items()
        if key.lower().endswith("error") and isinstance(value, str)
    ]
    message = str(execution.get("Message") or "it left no message")
    # which call it was differs between operators that fail of one file for one reason
    reason = _CALL.sub(r"\1: ", told[-1] if told else message)
    return reason[:_MOST_CHARACTERS].rstrip(".")


def _tell_where(facts: Facts, execution: Mapping[str, Any], operators: list[str]) -> None:
    asset = execution["AssetId"]
    terminal.say(f"Stored in s3://{facts.dataplane_bucket}/private/assets/{asset}/")
    if operators:
        terminal.say(f"Fetch what one of {', '.join(operators)} has stored with")
        url = f"{facts.dataplane_api}/metadata/{asset}/{operators[0]}"
        terminal.say(f"  {stack_access.awscurl(facts)} {url}")


def _report(path: Path, opens: bool) -> None:
    terminal.say(f"Report {path}")
    if opens and not webbrowser.open(path.as_uri()):
        terminal.complain("No browser could be opened; open that file in one.")


def not_looked_for(health: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[Unexamined]:
    """What the analysis server says that it does not look for, of what was asked for."""
    celebrities = health.get("examination", {}).get("celebrities")
    if celebrities is None or "celebrityRecognition" not in metadata:
        return []
    known = celebrities["known_persons"]
    if not known:
        return [Unexamined("celebrities", "nobody has been made known here", expected=True)]
    persons = "1 person has" if known == 1 else f"{known} persons have"
    return [Unexamined("other celebrities", f"{persons} been made known here", expected=True)]
