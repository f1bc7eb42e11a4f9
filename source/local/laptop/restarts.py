"""Which servers of a stack must be started, and why: decided from what runs and what is wanted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from laptop import servers
from laptop.places import Places
from laptop.ports import Ports
from laptop.processes import Found

_OTHER = "was started by an earlier version or with other settings"


@dataclass(frozen=True)
class Plan:
    """What is to be done with the essential servers.

    found: server -> its process, of all that run. silent: those of them that answer no request.
    wanted: the ports at which they are to be. due: server -> why it is to be started, as the end of
    a sentence that begins with its name.
    """

    found: Mapping[str, Found]
    silent: Collection[str]
    wanted: Ports
    due: Mapping[str, str]

    @property
    def disturbs(self) -> bool:
        """Whether something that works is stopped, so that what runs on the stack takes notice."""
        works = set(self.found) - set(self.silent)
        return "ministack" in works and bool(works & set(self.due))


def plan(
    places: Places,
    found: Mapping[str, Found],
    silent: Collection[str],
    wanted: Ports,
    families: tuple[str, ...],
) -> Plan:
    reasons = {
        "ministack": _ministack(places, found.get("ministack"), wanted),
        "analysis": _analysis(places, found.get("analysis"), wanted, families),
        **dict.fromkeys(silent, "answers no request"),
    }
    due = {server: reason for server, reason in reasons.items() if reason}
    return Plan(found, silent, wanted, due)


def _ministack(places: Places, found: Found | None, wanted: Ports) -> str:
    if found is None:
        return "has ended"
    differing = _differing(found, servers.ministack_environment(places, wanted))
    if "GATEWAY_PORT" in differing:
        return f"goes to port {wanted.ministack}"
    return _OTHER if differing else ""


def _analysis(places: Places, found: Found | None, wanted: Ports, families: tuple[str, ...]) -> str:
    if found is None:
        return "has ended"
    names = ",".join(families)
    if names not in found.command:
        return f"gets the models of {', '.join(families)}"
    if wanted.endpoint_url not in found.command:
        return f"has to know port {wanted.ministack}"
    is_same = list(found.command) == servers.analysis_command(places, wanted, families)
    return "" if is_same and not _differing(found, servers.analysis_environment()) else _OTHER


def _differing(found: Found, wanted: Mapping[str, str]) -> list[str]:
    return [one for one, value in wanted.items() if found.environment.get(one) != value]
