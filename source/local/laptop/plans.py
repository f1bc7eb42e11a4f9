"""What a run is to do, checked before anything is uploaded."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from findings.medium import WORDS, written_size
from laptop import disk
from laptop.media_files import Medium
from laptop.problems import Problem

Stages = Mapping[str, Mapping[str, Any]]
Configuration = Mapping[str, Mapping[str, Mapping[str, Any]]]

# so often an execution can ask for three hours and a bit; what takes longer has failed
_POLLING = {"PollSeconds": 2, "MaxPollSeconds": 5, "TimeoutSeconds": 12_000}
_WRAPPER = "Operations"
_MEDIA_TYPES = ("Image", "Video", "Audio", "Text", "MetadataOnly", "ProxyEncode")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_LISTENS = ("TranscribeVideo", "TranscribeAudio")
# operator -> its setting for the language of a text that nobody has listened to
_READS = {
    "ComprehendEntities": "LanguageCode",
    "ComprehendKeyPhrases": "LanguageCode",
    "Translate": "SourceLanguageCode",
    "WebCaptions": "SourceLanguageCode",
}
# what listens to a video listens to a sound file, and of a text nobody has told the language
_ADAPTED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "Audio": {"TranscribeVideo": {"MediaType": "Audio"}},
    "Text": {"Translate": {"SourceLanguageCode": "auto"}},
}
# the upload, the asset's copy, and what jobs fetch and make besides
_COPIES = {"Image": 3, "Text": 3, "Audio": 4, "Video": 6}


@dataclass(frozen=True)
class Wishes:
    """What somebody asks for besides the file; empty for what fits.

    configuration: stage -> operator -> values, as the engine takes it.
    """

    workflow: str = ""
    configuration: Mapping[str, Any] | None = None
    language: str = ""


@dataclass(frozen=True)
class Plan:
    """A medium, the name of its workflow, and the configuration to run it with."""

    medium: Medium
    workflow: str
    configuration: Mapping[str, Any]


def read_configuration(given: str) -> Mapping[str, Any] | None:
    """JSON, or a file with JSON; None for nothing. Raises Problem."""
    if not given:
        return None
    text = given
    if not given.lstrip().startswith("{"):
        try:
            text = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise Problem(
                f"--config {given} is neither a file that can be read nor JSON such as "
                '{"stage": {"operator": {"Enabled": false}}}'
            ) from error
    try:
        configuration = json.loads(text)
    except ValueError as error:
        raise Problem(f"--config is no JSON: {error}") from error
    if not isinstance(configuration, dict):
        raise Problem("--config must be an object of stages, operators and their settings")
    return configuration


def check_language(code: str) -> None:
    if code and not _LANGUAGE.fullmatch(code):
        raise Problem(f"--language {code} is no code of a language, such as es or es-ES")


def check_space(media: Iterable[Medium], state: Path) -> None:
    """Raises Problem where the disk has not enough room for what becomes of the files."""
    needed = sum(_COPIES[one.media_type] * one.size for one in media) + disk.LEAST_FREE
    free = disk.free_bytes(state)
    if free < needed:
        raise Problem(
            f"the disk of {state} has {written_size(free)} free, and this needs about "
            f"{written_size(needed)}; make room, or run-local.sh destroy forgets all data"
        )


def make(medium: Medium, definition: Mapping[str, Any], wishes: Wishes) -> Plan:
    """definition: of the workflow. Raises Problem where it would do nothing with the medium."""
    stages: Stages = definition["Stages"]
    wanted = wishes.configuration or {}
    _check_media_types(wanted, stages)
    own = _overlaid(_adapted(stages, medium), _languages(stages, medium, wishes.language))
    configuration = _overlaid(_overlaid(looked_at_often(stages, wanted), own), wanted)
    _check_takes(medium, definition["Name"], stages, configuration)
    return Plan(medium, definition["Name"], configuration)


def unknown_workflow(name: str, known: Sequence[str]) -> Problem:
    """known: names of all workflows; those that are most like it are told first."""
    alike = difflib.get_close_matches(name, known, n=len(known) or 1, cutoff=0.6)
    others = sorted(set(known) - set(alike))
    return Problem(f"there is no workflow {name}; there are {', '.join([*alike, *others])}")


def looked_at_often(stages: Stages, wanted: Mapping[str, Any]) -> Configuration:
    """Operators that wait for jobs ask every few seconds, where nobody says otherwise.

    On AWS each question costs something, and they become rarer; here none does.
    """
    return {
        name: {
            operator: {**_POLLING}
            for operator in stage["Operations"]
            if not _POLLING.keys() & _values(wanted, name, operator).keys()
        }
        for name, stage in stages.items()
    }


def _adapted(stages: Stages, medium: Medium) -> Configuration:
    return _set(stages, _ADAPTED.get(medium.media_type, {}))


def _languages(stages: Stages, medium: Medium, code: str) -> Configuration:
    if not code:
        return {}
    listens = {"TranscribeLanguage": code}
    has_listener = any(one in _LISTENS for stage in stages.values() for one in stage["Operations"])
    if has_listener and medium.media_type != "Text":
        return _set(stages, dict.fromkeys(_LISTENS, listens))
    language = code.partition("-")[0]
    return _set(
        stages,
        {
            operator: {key: code if key == "LanguageCode" else language}
            for operator, key in _READS.items()
        },
    )


def _set(stages: Stages, values: Mapping[str, Mapping[str, Any]]) -> Configuration:
    """The values of those operators that the workflow has."""
    return {
        name: {one: dict(values[one]) for one in stage["Operations"] if one in values}
        for name, stage in stages.items()
    }


def _overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Stage by stage and operator by operator; what is no object stays for the engine to refuse."""
    merged: dict[str, Any] = {**below}
    for name, given in above.items():
        stage = _unwrapped(given)
        if not isinstance(stage, dict):
            merged[name] = given
            continue
        before = merged.get(name, {})
        merged[name] = {
            **before,
            **{
                one: {**before.get(one, {}), **values} if isinstance(values, dict) else values
                for one, values in stage.items()
            },
        }
    return merged


def _unwrapped(stage: Any) -> Any:
    """The guide lets operators stand in the key Operations, too."""
    is_wrapped = isinstance(stage, dict) and set(stage) == {_WRAPPER}
    return stage[_WRAPPER] if is_wrapped else stage


def _values(configuration: Mapping[str, Any], stage: str, operator: str) -> Mapping[str, Any]:
    """What a configuration says of an operator."""
    operators = _unwrapped(configuration.get(stage, {}))
    values = operators.get(operator, {}) if isinstance(operators, dict) else {}
    return values if isinstance(values, dict) else {}


def _check_media_types(wanted: Mapping[str, Any], stages: Stages) -> None:
    known = {
        *_MEDIA_TYPES,
        *(
            values.get("MediaType", "MetadataOnly")
            for stage in stages.values()
            for values in stage["Configuration"].values()
        ),
    }
    for name, stage in wanted.items():
        operators = _unwrapped(stage)
        for operator in operators if isinstance(operators, dict) else ():
            given = _values(wanted, name, operator).get("MediaType")
            if isinstance(given, str) and given not in known:
                nearest = difflib.get_close_matches(given, sorted(known), n=1)
                meant = f"; did you mean {nearest[0]}?" if nearest else ""
                raise Problem(
                    f"--config: {operator} is to work on {given}, which is no medium{meant}"
                )


def _check_takes(
    medium: Medium, workflow: str, stages: Stages, configuration: Mapping[str, Any]
) -> None:
    """Raises Problem where no operator that is switched on takes the medium."""
    operators = [
        {**values, **_values(configuration, name, operator)}
        for name, stage in stages.items()
        for operator, values in stage["Configuration"].items()
    ]
    takes = {one.get("MediaType", "MetadataOnly") for one in operators if one.get("Enabled", True)}
    if medium.media_type in takes:
        return
    word = WORDS[medium.media_type]
    if medium.media_type in {one.get("MediaType") for one in operators}:
        raise Problem(f"nothing of {workflow} that works on a {word} is switched on")
    works_on = [f"{WORDS[one]}s" for one in sorted(takes) if one in WORDS]
    instead = "" if medium.workflow == workflow else f"; {medium.workflow} takes it"
    raise Problem(
        f"{medium.path} is a {word}, and {workflow} works on "
        f"{' or '.join(works_on) if works_on else 'what is stored'} only{instead}"
    )
