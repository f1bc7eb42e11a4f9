"""What a person chooses of the engine, by variables of the environment.

A command without a variable keeps the choice of the last command that had it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis import families
from laptop.kept_json import read_object, write_object
from laptop.places import Places
from laptop.problems import Problem

MODELS, PORT, SEARCH = "MIE_LOCAL_MODELS", "MIE_PORT", "MIE_SEARCH"
_SEARCH_CHOICES = ("auto", "on", "off")
_ANY_PORT = "any"


@dataclass(frozen=True)
class Settings:
    """models: families, in the order of their table. port: of the AWS endpoint; None for any."""

    models: tuple[str, ...] = families.DEFAULT
    port: int | None = None
    search: str = "auto"


def choose(places: Places, environment: Mapping[str, str] | None = None) -> Settings:
    """What is asked for, else what is remembered, else the default. Raises Problem.

    environment: another than that of this command.
    """
    asked = {one: _READERS[one](text) for one, text in _asked(environment).items()}
    return _settings({**_remembered(places), **asked})


def remember(places: Places, environment: Mapping[str, str] | None = None) -> None:
    """Keeps what is asked for. A default is not kept: a later release may have a better one."""
    kept = read_object(places.settings)
    wanted = {**kept, **_asked(environment)}
    if wanted != kept:
        write_object(places.settings, wanted)


def told(places: Places) -> list[str]:
    """A line for each choice: the value that asks for it, and where it comes from."""
    remembered = _remembered(places)
    chosen = _settings(remembered)
    values = {
        MODELS: ",".join(chosen.models),
        PORT: str(chosen.port or _ANY_PORT),
        SEARCH: chosen.search,
    }
    return [
        f"{variable}={value} ({'remembered' if variable in remembered else 'by default'})"
        for variable, value in values.items()
    ]


def _asked(environment: Mapping[str, str] | None) -> dict[str, str]:
    given = os.environ if environment is None else environment
    return {one: given[one] for one in _READERS if one in given}


def _remembered(places: Places) -> dict[str, Any]:
    """Variable -> what was chosen; what cannot be read is as if it had not been."""
    found = {}
    for variable, text in read_object(places.settings).items():
        try:
            found[variable] = _READERS[variable](str(text))
        except (KeyError, Problem):
            continue
    return found


def _settings(values: Mapping[str, Any]) -> Settings:
    fields = {MODELS: "models", PORT: "port", SEARCH: "search"}
    return replace(Settings(), **{fields[one]: value for one, value in values.items()})


def _read_models(text: str) -> tuple[str, ...]:
    try:
        return families.parse(text)
    except ValueError as error:
        raise Problem(str(error)) from error


def _read_port(text: str) -> int | None:
    if text == _ANY_PORT:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Problem(f"{PORT} must be a port number from 1 to 65535, or {_ANY_PORT}, not {text!r}")
    return int(text)


def _read_search(text: str) -> str:
    if (text or "auto") not in _SEARCH_CHOICES:
        raise Problem(f"{SEARCH} must be one of {', '.join(_SEARCH_CHOICES)}, not {text!r}")
    return text or "auto"


# also the order in which they are looked at
_READERS: Mapping[str, Callable[[str], Any]] = {
    MODELS: _read_models,
    PORT: _read_port,
    SEARCH: _read_search,
}
