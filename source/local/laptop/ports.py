"""The ports of a stack's servers: chosen once, and kept for as long as they can be had."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from laptop.kept_json import read_object, write_object
from laptop.places import Places
from laptop.problems import Problem
from laptop.settings import PORT

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    ministack: int
    analysis: int

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.ministack}"

    @property
    def analysis_url(self) -> str:
        return f"http://{HOST}:{self.analysis}"


def choose(places: Places, wanted: int | None, taken: Mapping[str, int]) -> Ports:
    """The wanted port of the AWS endpoint; else those of last time if they are free, or any.

    taken: server -> the port at which it runs and may stay. Raises Problem where the wanted port
    is another program's.
    """
    before = remembered(places)
    at_present = taken.get("ministack")
    if wanted is not None and wanted != at_present and not is_free(wanted):
        raise Problem(
            f"port {wanted}, which {PORT} asks for, is in use; {PORT}=any takes another one"
        )
    return Ports(
        wanted or at_present or _free_port(before.get("ministack")),
        taken.get("analysis") or _free_port(before.get("analysis")),
    )


def remembered(places: Places) -> dict[str, int]:
    """Server -> the port that it had last time."""
    return {one: port for one, port in read_object(places.ports).items() if isinstance(port, int)}


def remember(places: Places, ports: Mapping[str, int]) -> None:
    before = remembered(places)
    if (wanted := {**before, **ports}) != before:
        write_object(places.ports, wanted)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as servers do: a port whose last connections are only timing out is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _free_port(preferred: int | None) -> int:
    if preferred is not None and 0 < preferred < 65536 and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
