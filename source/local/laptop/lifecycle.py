"""Starting and stopping a local stack."""

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from laptop import build, facts, processes, recovery, runs, search_node, servers, stacks
from laptop.facts import Facts
from laptop.places import MINISTACK_PYTHON, Places
from laptop.problems import Problem

Say = Callable[[str], None]


def running(places: Places) -> Facts | None:
    """The facts of the stack, with the servers that run; None unless all essential ones do."""
    known = facts.read(places.facts)
    if known is None:
        return None
    pids = _pids(places)
    if any(
        known.pids.get(one) is None or known.pids[one] != pids.get(one) for one in servers.ESSENTIAL
    ):
        return None
    return replace(known, pids=pids)


def up(places: Places, say: Say) -> Facts:
    """Starts and deploys what is not running or not up to date."""
    with _alone(places, say):
        return _up(places, say)


def _up(places: Places, say: Say) -> Facts:
    # what forbids to start is said before anything is built or installed
    servers.families()
    known = running(places)
    version = build.current_version()
    if known is None:
        # a server without the other, or servers of a command that was killed
        _stop_servers(places, say)
        # what forbids to start is said before anything is installed
        ports = servers.choose_ports(places)
        _prepare(places, version, say)
        return _start(places, ports, version, say)
    target = _target(version, _search(places, known, say))
    if not stacks.is_deployed(places, target):
        _prepare(places, version, say)
        outputs = stacks.deploy(stacks.Cloud(known.endpoint_url), places, target, say)
        # the local AWS gives an API whose routes have changed another id
        known = replace(known, **_addresses(known.endpoint_url, outputs))
    updated = replace(known, opensearch_url=target.search_url, pids=_pids(places))
    facts.write(updated, places.facts)
    return updated


def _search(places: Places, known: Facts | None, say: Say) -> str | None:
    """The URL of the search node, which is started or stopped as it is wanted; None without.

    Raises Problem where search is asked for and cannot be had.
    """
    wanted = search_node.choice()
    try:
        search_node.prepare(say)
        if known and known.opensearch_url and search_node.answers(known.opensearch_url, places):
            return known.opensearch_url
        _stop(places, ("opensearch",), say)
        say("Starting OpenSearch …")
        return servers.start_search(places)
    except search_node.SearchOff as off:
        _stop(places, ("opensearch",), say)
        if wanted == "on":
            raise Problem(str(off)) from off
        say(f"Search is off; {off}.")
        return None


def _target(version: str, search_url: str | None) -> stacks.Target:
    return stacks.Target(version, _runtime(), search_url)


def _prepare(places: Places, version: str, say: Say) -> None:
    servers.install(say)
    build.build(places, version, say)


def down(places: Places, say: Say) -> None:
    """Stops the servers; the local AWS saves its state."""
    if places.state.exists():
        with _alone(places, say):
            _stop_servers(places, say)


def destroy(places: Places, say: Say) -> list[Path]:
    """Stops the servers and removes what they kept; returns what was removed."""
    down(places, say)
    removed = [path for path in places.forgettable() if path.exists()]
    for path in removed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return removed


def _start(places: Places, ports: servers.Ports, version: str, say: Say) -> Facts:
    say("Starting the servers …")
    try:
        servers.start_analysis(places, ports)
        recovery.end_left_workers(places)
        servers.start_ministack(places, ports)
        target = _target(version, _search(places, None, say))
        outputs = stacks.deploy(stacks.Cloud(ports.endpoint_url), places, target, say)
        started = _facts(ports, outputs, target.search_url, _pids(places))
        facts.write(started, places.facts)
        recovery.recover(runs.Engine(started), places, say)
    except BaseException:
        # also when somebody pressed Ctrl-C: a command that fails leaves nothing running
        _stop_servers(places, say)
        raise
    return started


def _stop_servers(places: Places, say: Say) -> None:
    _stop(places, servers.SERVERS, say)
    places.facts.unlink(missing_ok=True)
    shutil.rmtree(places.temporary, ignore_errors=True)


def _stop(places: Places, names: Iterable[str], say: Say) -> None:
    pids = _pids(places)
    for name in names:
        if name in pids:
            stopped = processes.stop(pids[name])
            say(f"{name} is stopped." if stopped else f"{name} did not stop and was killed.")


def _pids(places: Places) -> dict[str, int]:
    """Server -> pid, of those that run."""
    found = {name: processes.find(known, places.state) for name, known in servers.SERVERS.items()}
    return {name: pid for name, pid in found.items() if pid is not None}


@contextmanager
def _alone(places: Places, say: Say) -> Iterator[None]:
    """Two commands at once do not start two stacks: the second waits for the first."""
    places.state.mkdir(parents=True, exist_ok=True)
    with places.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another run-local.sh …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _facts(
    ports: servers.Ports,
    outputs: dict[str, str],
    search_url: str | None,
    pids: dict[str, int],
) -> Facts:
    return Facts(
        endpoint_url=ports.endpoint_url,
        region=facts.REGION,
        access_key_id=facts.ACCESS_KEY_ID,
        secret_access_key=facts.SECRET_ACCESS_KEY,
        stack_name=facts.STACK,
        **_addresses(ports.endpoint_url, outputs),
        analysis_url=ports.analysis_url,
        opensearch_url=search_url,
        pids=pids,
    )


def _addresses(endpoint_url: str, outputs: dict[str, str]) -> dict[str, str]:
    """What of the facts the stack decides."""
    gateway = f"{endpoint_url}/_aws/execute-api"
    return {
        "workflow_api": f"{gateway}/{outputs['WorkflowApiRestID']}/api",
        "dataplane_api": f"{gateway}/{outputs['DataplaneApiRestID']}/api",
        "dataplane_bucket": outputs["DataplaneBucket"],
    }


def _runtime() -> str:
    """The name that Lambda has for the interpreter that runs the functions here."""
    program = "import sys; print('python%d.%d' % sys.version_info[:2])"
    command = [str(MINISTACK_PYTHON), "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
