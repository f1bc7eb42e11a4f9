"""`list`, `follow`, `cancel` and `retry`: executions that were started before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from findings.medium import given_media
from laptop import execution_ids, run_commands, stack_access, terminal
from laptop.facts import Facts
from laptop.outcomes import Manner
from laptop.run_commands import All, Execution, NoReport, Open
from laptop.runs import Engine

_MOST_LISTED = 20


def register(app: typer.Typer) -> None:
    app.command("list")(list_executions)
    app.command("follow")(follow)
    app.command("cancel")(cancel)
    app.command("retry")(retry)


def list_executions(
    everything: Annotated[bool, typer.Option("--all", help="not the newest twenty only")] = False,
) -> None:
    """List executions, the newest first."""
    known = sorted(
        Engine(stack_access.running()).executions(), key=execution_ids.created, reverse=True
    )
    shown = known if everything else known[:_MOST_LISTED]
    for one in shown:
        terminal.say(line(one))
    if len(shown) < len(known):
        terminal.say(f"and {len(known) - len(shown)} more; run-local.sh list --all shows them.")
    if not known:
        terminal.say("Nothing was run yet; run-local.sh FILE runs what fits a file.")


def line(execution: Mapping[str, Any]) -> str:
    """Id, when, workflow, status and file, which may have spaces."""
    began = datetime.fromtimestamp(execution_ids.created(execution)).astimezone()
    media = given_media(execution)
    place: Mapping[str, Any] = next(iter(media.values()), {})
    name = str(place.get("S3Key", "")).rpartition("/")[2]
    return (
        f"{execution_ids.short(execution['Id'])}  {began:%Y-%m-%d %H:%M}  "
        f"{execution['Status']:<9} {execution_ids.workflow_name(execution):<26}  {name}"
    ).rstrip()


def follow(
    execution: Execution,
    everything: All = False,
    opens: Open = False,
    no_report: NoReport = False,
) -> None:
    """Follow an execution to its end, and tell what was found."""
    facts = stack_access.running()
    meant = Engine(facts).find(execution)
    _follow(facts, meant, Manner(everything, opens, writes=not no_report))


def cancel(execution: Execution) -> None:
    """End an execution that is queued or runs."""
    engine = Engine(stack_access.running())
    meant = engine.find(execution)
    engine.cancel(meant["Id"])
    terminal.say(
        f"{execution_ids.workflow_name(meant)} is cancelled (execution "
        f"{execution_ids.short(meant['Id'])})."
    )


def retry(
    execution: Execution,
    everything: All = False,
    opens: Open = False,
    no_report: NoReport = False,
) -> None:
    """Let an execution that failed go on where it failed."""
    facts = stack_access.running()
    engine = Engine(facts)
    meant = engine.find(execution)
    again = engine.retry(meant["Id"])
    _follow(facts, again, Manner(everything, opens, writes=not no_report))


def _follow(facts: Facts, execution: Mapping[str, Any], manner: Manner) -> None:
    _, complete = run_commands.follow_and_tell(facts, execution, manner)
    if not complete:
        raise typer.Exit(1)
