"""What a person chooses of the engine, by variables of the environment.

A command without a variable keeps the choice of the last command that had it. Of the families of
models there are, unless somebody chooses, those that were needed so far.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis import families
from laptop.kept_json import read_object, write_object
from laptop.places import Places
from laptop.problems import Problem

MODELS, PORT, SEARCH = "MIE_LOCAL_MODELS", "MIE_PORT", "MIE_SEARCH"
_SEARCH_CHOICES = ("auto", "on", "off")
_ANY_PORT = "any"
_NEEDED_MODELS = "auto"
# under what the families are kept that were needed so far
_NEEDED = "needed"


@dataclass(frozen=True)
class Settings:
    """models: families, in the order of their table. port: of the AWS endpoint; None for any."""

    models: tuple[str, ...] = families.DEFAULT
    port: int | None = None
    search: str = "auto"


def choose(
    places: Places,
    environment: Mapping[str, str] | None = None,
    needs: Iterable[str] = families.DEFAULT,
) -> Settings:
    """What is asked for, else what is remembered, else the default. Raises Problem.

    environment: another than that of this command. needs: families that are added to those that
    were needed before, unless somebody chooses.
    """
    kept = read_object(places.settings)
    asked = {one: _READERS[one](text) for one, text in _asked(environment).items()}
    return _settings({**_remembered(kept), **asked}, {*_needed(kept), *needs})


def remember(
    places: Places,
    environment: Mapping[str, str] | None = None,
    needs: Iterable[str] = (),
) -> None:
    """Keeps what is asked for, and what is needed. A default is not kept: it may change."""
    kept = read_object(places.settings)
    wanted = {**kept, **_asked(environment)}
    if needed := _in_order({*_needed(kept), *needs}):
        wanted[_NEEDED] = ",".join(needed)
    if wanted != kept:
        write_object(places.settings, wanted)


def told(places: Places) -> list[str]:
    """A line for each choice: the value that asks for it, and where it comes from."""
    kept = read_object(places.settings)
    remembered = _remembered(kept)
    chosen = _settings(remembered, _needed(kept) or families.DEFAULT)
    values = {
        MODELS: ",".join(chosen.models),
        PORT: str(chosen.port or _ANY_PORT),
        SEARCH: chosen.search,
    }
    origins = {one: "remembered" if one in remembered else "by default" for one in values}
    if remembered.get(MODELS) is None:
        values[MODELS] = _NEEDED_MODELS
        origins[MODELS] += f"; needed so far: {','.join(chosen.models)}"
    return [f"{variable}={value} ({origins[variable]})" for variable, value in values.items()]


def _asked(environment: Mapping[str, str] | None) -> dict[str, str]:
    given = os.environ if environment is None else environment
    return {one: given[one] for one in _READERS if one in given}


def _remembered(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Variable -> what was chosen; what cannot be read is as if it had not been."""
    found = {}
    for variable, text in kept.items():
        try:
            found[variable] = _READERS[variable](str(text))
        except (KeyError, Problem):
            continue
    return found


def _needed(kept: Mapping[str, Any]) -> tuple[str, ...]:
    """The families that were needed so far."""
    names = kept.get(_NEEDED)
    return _in_order(names.split(",")) if isinstance(names, str) else ()


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    known = set(names)
    return tuple(one for one in families.FAMILIES if one in known)


def _settings(values: Mapping[str, Any], needed: Iterable[str]) -> Settings:
    fields = {MODELS: "models", PORT: "port", SEARCH: "search"}
    chosen = {fields[one]: value for one, value in values.items()}
    models = chosen.pop("models", None) or _in_order({families.CORE, *needed})
    return Settings(models, **chosen)


def _read_models(text: str) -> tuple[str, ...] | None:
    """None for those that are needed."""
    if text == _NEEDED_MODELS:
        return None
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
