"""The commands that start, show and stop the engine."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated

import typer

from laptop import (
    activity,
    lifecycle,
    servers,
    settings,
    stack_access,
    stacks,
    stale,
    terminal,
)
from laptop.facts import Facts
from laptop.facts import read as read_facts
from laptop.places import places
from laptop.problems import Interrupted, Problem
from laptop.processes import Found
from laptop.runs import Engine

_REMEDY = "the next command starts it again"
# a look is not worth waiting for a server that may be busy
_PATIENCE_SECONDS = 3


def register(app: typer.Typer) -> None:
    for command in (up, status, down, destroy):
        app.command(command.__name__)(command)


def up() -> None:
    """Start the engine and keep it running."""
    facts = lifecycle.up(places(), terminal.say)
    terminal.say("The engine is running and up to date.")
    _say_all(_addresses(facts))
    _say_all(_stale(facts))


def status() -> None:
    """Show what runs, how it was chosen, and where it is."""
    here = places()
    known = read_facts(here.facts)
    found = servers.find(here)
    is_busy = lifecycle.is_busy(here)
    if known is None and not found and not is_busy:
        raise Problem(lifecycle.NOT_RUNNING)
    silent = servers.silent(found, _PATIENCE_SECONDS)
    if is_busy:
        terminal.say("Another command starts or stops the engine at this moment.")
    _say_all(_servers_told(known, found, silent, is_busy))
    _say_all(settings.told(here))
    if known is None:
        return
    _say_all(_addresses(known))
    if "ministack" in found and "ministack" not in silent:
        _say_all(_contents(known))
    else:
        terminal.say("What is deployed, and what runs on it, is shown when MiniStack runs again.")


def down(
    wait: Annotated[
        bool, typer.Option("--wait", help="stop when what runs has ended, not at once")
    ] = False,
) -> None:
    """Stop the engine; your data stays."""
    here = places()
    known = read_facts(here.facts)
    found = servers.find(here)
    if known and "ministack" in found and not servers.silent(found, _PATIENCE_SECONDS):
        _tell_ending(Engine(known), wait)
    lifecycle.down(here, terminal.say)
    terminal.say("The engine does not run; its data stays.")


def destroy() -> None:
    """Stop the engine and forget all data."""
    removed = lifecycle.destroy(places(), terminal.say)
    _say_all(f"removed {path}" for path in removed)
    terminal.say(
        "Installed packages and models stay." if removed else "There is nothing to remove."
    )


def _tell_ending(engine: Engine, wait: bool) -> None:
    """What a stop interrupts; with ``wait`` nothing, because it has ended by then."""
    if wait:
        try:
            activity.wait(engine, terminal.say)
        except KeyboardInterrupt as error:
            raise Interrupted("Interrupted; the engine and what runs on it go on.") from error
        return
    try:
        executions = activity.active(engine)
    except Problem as problem:
        terminal.say(f"What runs is not known: {problem}.")
        return
    if executions:
        they = "It goes" if len(executions) == 1 else "They go"
        terminal.say(f"{activity.told(executions)} {they} on after the next run-local.sh up.")


def _servers_told(
    known: Facts | None, found: Mapping[str, Found], silent: Collection[str], is_busy: bool
) -> Iterator[str]:
    """A line for each server that runs or should run.

    is_busy: another command starts or stops servers.
    """
    for server in servers.SERVERS:
        title = servers.title(server)
        if server in silent:
            way = "is starting" if is_busy else f"answers no request; {_REMEDY}"
            yield f"{title} (process {found[server].pid}) {way}"
        elif server in found:
            yield f"{title} runs as process {found[server].pid}"
        elif server in servers.ESSENTIAL or (known and known.opensearch_url):
            yield f"{title} " + ("does not run yet" if is_busy else f"has ended; {_REMEDY}")


def _contents(facts: Facts) -> Iterator[str]:
    """What is deployed, and what it has done."""
    engine = Engine(facts)
    for name, state in stacks.stack_statuses(stacks.Cloud(facts.endpoint_url)).items():
        yield f"stack {name}: {state}"
    counts = Counter(one["Status"] for one in engine.executions())
    yield f"executions: {', '.join(f'{n} {s}' for s, n in counts.items()) or 'none yet'}"
    yield from _stale(facts)


def _addresses(facts: Facts) -> Iterator[str]:
    yield f"Workflow API   {facts.workflow_api}"
    yield f"Dataplane API  {facts.dataplane_api}"
    yield f"AWS endpoint   {facts.endpoint_url} (bucket {facts.dataplane_bucket})"
    if facts.opensearch_url:
        yield f"OpenSearch     {facts.opensearch_url}"
    yield f"Details        {places().facts}"


def _stale(facts: Facts) -> Iterator[str]:
    workflows = Engine(facts).stale_workflows()
    return stale.told(workflows, stack_access.awscurl(facts), facts.workflow_api)


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        terminal.say(line)
