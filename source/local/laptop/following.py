"""Follows an execution to its end, through servers that die and somebody who presses Ctrl-C."""

from collections.abc import Callable, Mapping
from typing import Any

from laptop import analysis_server, lifecycle, progress, recovery, terminal
from laptop import facts as kept_facts
from laptop.execution_ids import short, workflow_name
from laptop.facts import Facts
from laptop.places import places
from laptop.problems import Interrupted, Problem, Unreachable
from laptop.runs import Engine

# servers that die again and again are no accident
_MOST_REVIVALS = 3


def follow(facts: Facts, execution: Mapping[str, Any]) -> tuple[Facts, Any]:
    """The execution when it has ended, and the facts of the stack, which may have changed.

    Raises Interrupted with the way to follow it again.
    """
    execution_id = execution["Id"]
    try:
        with progress.Display() as display:
            for _ in range(_MOST_REVIVALS):
                try:
                    ended = Engine(facts).follow(execution_id, _show(facts, display))
                except Unreachable:
                    terminal.say("A server has ended; it is started again …")
                    facts = lifecycle.revive(places(), terminal.say)
                    continue
                except Problem as problem:
                    if kept_facts.read(places().facts) is None:
                        raise Problem(lifecycle.STOPPED) from problem
                    raise
                if not recovery.missed_a_server(ended):
                    return facts, ended
                facts = _let_go_on(execution_id)
            return facts, Engine(facts).follow(execution_id, _show(facts, display))
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"{workflow_name(execution)} goes on (execution {short(execution_id)}). "
            f"run-local.sh follow {short(execution_id)} shows it again."
        ) from error


def _let_go_on(execution_id: str) -> Facts:
    """Of an execution that failed because a server was away, which may be back by now."""
    facts = lifecycle.revive(places(), terminal.say)
    engine = Engine(facts)
    # where a server was started again, it has been tried again already
    recovery.try_again(engine, [engine.execution(execution_id)], terminal.say)
    return facts


def _show(facts: Facts, display: progress.Display) -> Callable[[Any], None]:
    """Shows an execution, on a terminal with how far its jobs are."""

    def show(execution: Mapping[str, Any]) -> None:
        if not display.is_live or execution["Status"] != "Started":
            display.show(execution)
            return
        health = analysis_server.health(facts)
        display.show(execution, analysis_server.percents(health, execution["AssetId"]))

    return show
