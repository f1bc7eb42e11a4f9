"""Starting and stopping a local stack."""

import fcntl
import shutil
import signal
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from analysis import families
from laptop import (
    activity,
    build,
    facts,
    installation,
    ports,
    processes,
    recovery,
    restarts,
    search,
    servers,
    settings,
    stacks,
    stale,
)
from laptop.facts import Facts
from laptop.places import MINISTACK_PYTHON, Places
from laptop.ports import Ports
from laptop.problems import Interrupted, Problem
from laptop.processes import Found
from laptop.restarts import Plan
from laptop.runs import Engine
from laptop.settings import Settings

Say = Callable[[str], None]
NOT_RUNNING = "the engine is not running; run-local.sh up starts it"
STOPPED = "the engine was stopped; run-local.sh up lets what ran on it go on"
# a server that answers nothing will hardly save anything
_SILENT_PATIENCE = 5.0


def running(places: Places) -> Facts | None:
    """The facts of the stack, with the servers that run; None unless all essential ones answer."""
    known = facts.read(places.facts)
    found = servers.find(places) if known else {}
    if known is None or not set(servers.ESSENTIAL) <= set(found) or servers.silent(found):
        return None
    return replace(known, pids=_pids(found))


def up(places: Places, say: Say, needs: Iterable[str] = families.DEFAULT) -> Facts:
    """Starts and deploys what is not running, not as it was chosen, or not up to date.

    needs: families of models, which are added unless somebody has chosen which there are.
    """
    # what is wrong with a choice is said before anything is done
    settings.choose(places)
    with _alone(places, say):
        return _bring_up(places, say, needs)


def revive(places: Places, say: Say) -> Facts:
    """Starts what has died of a stack that was not stopped; any number of commands may ask.

    Raises Problem when somebody has stopped it.
    """
    with _alone(places, say):
        if facts.read(places.facts) is None:
            raise Problem(STOPPED)
        # others may have chosen since this command was given
        return _bring_up(places, say, needs=(), environment={})


def down(places: Places, say: Say) -> None:
    """Stops the servers; the local AWS saves its state."""
    if places.state.exists():
        with _alone(places, say), _uninterrupted():
            # from here on it is stopped, and nobody starts it again but `up`
            places.facts.unlink(missing_ok=True)
            _stop(places, servers.SERVERS, say)
            recovery.end_left_workers(places)
            processes.remove_aside(places.temporary)


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


def _bring_up(
    places: Places,
    say: Say,
    needs: Iterable[str],
    environment: Mapping[str, str] | None = None,
) -> Facts:
    """needs, environment: as settings.choose takes them."""
    chosen = settings.choose(places, environment, needs)
    known = facts.read(places.facts)
    found = servers.find(places)
    wanted = ports.choose(places, chosen.port, servers.ports_of(found))
    settings.remember(places, environment, chosen.models)
    with _undoing(places, found, say):
        plan = restarts.plan(places, found, servers.silent(found), wanted, chosen.models)
        version = build.current_version()
        if plan.due or not build.is_built(places, version):
            _tell(plan, known, say)
            installation.install(places, chosen.models, version, chosen.search, say)
        _restart(places, plan, chosen)
        search_url = search.bring(places, found.get("opensearch"), chosen.search, known, say)
        target = stacks.Target(version, _runtime(), search_url)
        up_to_date = _deployed(places, target, plan, known, say)
    if plan.due or recovery.is_due(places):
        recovery.recover(Engine(up_to_date), places, say)
    return up_to_date


def _tell(plan: Plan, known: Facts | None, say: Say) -> None:
    """What is started again, why, and what that means for what runs."""
    if known is None and not plan.found:
        say("Starting the servers …")
        return
    for server, reason in plan.due.items():
        say(f"{servers.title(server)} {reason}; it is started again.")
    if known and plan.disturbs and (executions := activity.active(Engine(known))):
        wait = "it waits" if len(executions) == 1 else "they wait"
        say(f"{activity.told(executions)} What {wait} for begins again.")


def _restart(places: Places, plan: Plan, chosen: Settings) -> None:
    for server in servers.ESSENTIAL:
        if server in plan.due and server in plan.found:
            patience = _SILENT_PATIENCE if server in plan.silent else None
            processes.stop(plan.found[server].pid, patience)
    # noted when nothing runs at another port any more
    wanted = plan.wanted
    ports.remember(places, {"ministack": wanted.ministack, "analysis": wanted.analysis})
    if "analysis" in plan.due:
        servers.start_analysis(places, wanted, chosen.models)
    if "ministack" in plan.due:
        recovery.end_left_workers(places)
        servers.start_ministack(places, wanted)


def _deployed(
    places: Places, target: stacks.Target, plan: Plan, known: Facts | None, say: Say
) -> Facts:
    """The facts of the stack, which is brought to ``target`` first."""
    cloud = stacks.Cloud(plan.wanted.endpoint_url)
    is_deployed = stacks.is_deployed(places, target)
    # what was killed before it could save has forgotten the stack
    if not is_deployed or ("ministack" in plan.due and not stacks.exists(cloud)):
        stacks.deploy(cloud, places, target, say)
        is_deployed = False
    pids = _pids(servers.find(places))
    if is_deployed and known and not plan.due:
        up_to_date = replace(known, opensearch_url=target.search_url, pids=pids)
    else:
        up_to_date = _facts(plan.wanted, stacks.stack_outputs(cloud), target.search_url, pids)
    if up_to_date != known:
        facts.write(up_to_date, places.facts)
    if not is_deployed:
        stale.bring_up_to_date(Engine(up_to_date))
        stacks.mark_deployed(places, target)
    return up_to_date


@contextmanager
def _undoing(places: Places, before: Mapping[str, Found], say: Say) -> Iterator[None]:
    """A command that fails or is interrupted stops what it has begun, and nothing else."""
    try:
        yield
    except BaseException as error:
        with _uninterrupted():
            now = servers.find(places)
            begun = [one for one in servers.SERVERS if one in now and one not in before]
            _stop(places, begun, say)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"Interrupted; {_left(before, servers.find(places))}.") from error
        raise


def _left(before: Collection[str], now: Collection[str]) -> str:
    """What an interruption has left of the servers that ran."""
    ended = [servers.NAMES[one] for one in before if one not in now]
    if ended:
        return f"the next command starts {' and '.join(ended)} again"
    return "what ran goes on" if before else "the next command goes on from there"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for what must not be left half done and takes seconds."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, signal.SIG_IGN) for one in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _stop(places: Places, names: Iterable[str], say: Say) -> None:
    found = servers.find(places)
    for name in names:
        if name in found:
            stopped = processes.stop(found[name].pid)
            said = "is stopped" if stopped else "did not stop and was killed"
            say(f"{servers.title(name)} {said}.")


def _pids(found: Mapping[str, Found]) -> dict[str, int]:
    """Server -> pid, of those that run."""
    return {name: one.pid for name, one in found.items()}


@contextmanager
def _alone(places: Places, say: Say) -> Iterator[None]:
    """Two commands at once do not start two stacks: the second waits for the first."""
    places.state.mkdir(parents=True, exist_ok=True)
    with places.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another run-local.sh …")
            _wait_for(lock)
        yield


def _wait_for(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
    except KeyboardInterrupt as error:
        raise Interrupted("Interrupted; the other command goes on.") from error


def is_busy(places: Places) -> bool:
    """Whether a command starts or stops servers at this moment."""
    if not places.lock.exists():
        return False
    with places.lock.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _facts(
    chosen: Ports,
    outputs: Mapping[str, str],
    search_url: str | None,
    pids: dict[str, int],
) -> Facts:
    # the local AWS gives an API whose routes have changed another id
    gateway = f"{chosen.endpoint_url}/_aws/execute-api"
    return Facts(
        endpoint_url=chosen.endpoint_url,
        region=facts.REGION,
        access_key_id=facts.ACCESS_KEY_ID,
        secret_access_key=facts.SECRET_ACCESS_KEY,
        stack_name=facts.STACK,
        workflow_api=f"{gateway}/{outputs['WorkflowApiRestID']}/api",
        dataplane_api=f"{gateway}/{outputs['DataplaneApiRestID']}/api",
        dataplane_bucket=outputs["DataplaneBucket"],
        analysis_url=chosen.analysis_url,
        opensearch_url=search_url,
        pids=pids,
    )


def _runtime() -> str:
    """The name that Lambda has for the interpreter that runs the functions here."""
    [folder] = MINISTACK_PYTHON.parents[1].glob("lib/python3.*")
    return folder.name
