"""What a configuration may say to Rekognition, checked before anything is asked and paid.

Templates hand numbers on as text, so that "80" is as good as 80. A setting that is absent, null
or empty was not given.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from MediaInsightsEngineLambdaHelper import OperatorInputError

# The value of a setting -> what goes into the request. Raises ValueError with what it must be.
Check = Callable[[Any], Any]

# the last is what the console sends of a field that was left empty
_NOT_GIVEN: tuple[object, ...] = (None, "", [], {}, "undefined")


@dataclass(frozen=True)
class Setting:
    """One setting; place: where its value stands in the request.

    default: what is sent where nothing was given, None for nothing. needed: the error where
    nothing was given and something must be.
    """

    key: str
    check: Check
    place: tuple[str, ...]
    default: Any = None
    needed: str = ""


def request_of(settings: Iterable[Setting], configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a request that the configuration decides. Raises OperatorInputError."""
    request: dict[str, Any] = {}
    for setting in settings:
        value = configuration.get(setting.key)
        if value in _NOT_GIVEN:
            if setting.needed:
                raise OperatorInputError(setting.needed)
            value = setting.default
        if value is None:
            continue
        try:
            checked = setting.check(value)
        except ValueError as error:
            raise OperatorInputError(f"{setting.key}: {error}") from error
        *outer, last = setting.place
        part = request
        for name in outer:
            part = part.setdefault(name, {})
        part[last] = checked
    return request


def number(lowest: float, highest: float) -> Check:
    def check(value: Any) -> float:
        said = f"must be a number from {lowest} to {highest}, not {_shown(value)}"
        try:
            given = float(value)
        except (TypeError, ValueError) as error:
            raise ValueError(said) from error
        # NaN is not between any two numbers
        if isinstance(value, bool) or not lowest <= given <= highest:
            raise ValueError(said)
        return given

    return check


def whole(lowest: int, highest: int) -> Check:
    def check(value: Any) -> int:
        given = number(lowest, highest)(value)
        if given != int(given):
            raise ValueError(f"must be a whole number, not {_shown(value)}")
        return int(given)

    return check


def one_of(*names: str) -> Check:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError(f"must be {_listed(names)}, not {_shown(value)}")
        return str(value)

    return check


def some_of(*names: str) -> Check:
    """A list of these names, or one of them."""

    def check(value: Any) -> list[str]:
        return [one_of(*names)(one) for one in (value if isinstance(value, list) else [value])]

    return check


def single(check: Check) -> Check:
    """What a declared list has as its only member, or the value itself."""

    def check_one(value: Any) -> Any:
        return check(value[0] if isinstance(value, list) and len(value) == 1 else value)

    return check_one


def matching(pattern: str, said: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"must be {said}, not {_shown(value)}")
        return value

    return check


def parts(**checks: Check) -> Check:
    """A JSON object that has some of these keys and no others."""

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not set(value) <= set(checks):
            raise ValueError(f"must be an object with {_listed(checks)}, not {_shown(value)}")
        checked = {}
        for key, part in value.items():
            try:
                checked[key] = checks[key](part)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from error
        return checked

    return check


def _listed(names: Iterable[str]) -> str:
    return " or ".join(names)


def _shown(value: Any) -> str:
    return repr(value)[:60]
