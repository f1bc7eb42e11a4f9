"""`run`, which needs no name, and `show`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from laptop import (
    execution_ids,
    following,
    lifecycle,
    media_files,
    outcomes,
    plans,
    stack_access,
    terminal,
)
from laptop.facts import Facts
from laptop.outcomes import Manner
from laptop.places import SAMPLE, places
from laptop.plans import Plan, Wishes
from laptop.runs import Engine

All = Annotated[
    bool, typer.Option("--all", help="also what is shortened, was not found or not looked for")
]
Open = Annotated[bool, typer.Option("--open", help="open the report in a browser")]
NoReport = Annotated[bool, typer.Option("--no-report", help="write no report")]
Execution = Annotated[
    str, typer.Argument(metavar="ID", help="of an execution or asset, or how it begins")
]


def register(app: typer.Typer) -> None:
    app.command("run", hidden=True)(run)
    app.command("show")(show)


def run(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE")] = None,
    workflow: Annotated[
        str, typer.Option(metavar="NAME", help="another workflow than the fitting one")
    ] = "",
    config: Annotated[
        str, typer.Option(metavar="JSON|FILE", help="settings: stage, operator, values")
    ] = "",
    language: Annotated[
        str, typer.Option(metavar="CODE", help="what is spoken or written, such as es")
    ] = "",
    everything: All = False,
    opens: Open = False,
    no_report: NoReport = False,
) -> None:
    """Run the fitting workflow on each FILE (without one, on a sample picture)."""
    # what is wrong with the request is said before anything is started
    wishes = Wishes(workflow, plans.read_configuration(config), language)
    plans.check_language(language)
    media = [media_files.examine(path) for path in files or [SAMPLE]]
    plans.check_space(media, places().state)
    manner = Manner(everything, opens, writes=not no_report)
    facts = lifecycle.up(places(), terminal.say, media_files.needs(media, workflow))
    engine = Engine(facts)
    # all of them, before the first is uploaded
    planned = [engine.plan(medium, wishes) for medium in media]
    succeeded = []
    for plan in planned:
        facts, complete = _analyse(facts, plan, manner)
        succeeded.append(complete)
    if not all(succeeded):
        raise typer.Exit(1)


def _analyse(facts: Facts, plan: Plan, manner: Manner) -> tuple[Facts, bool]:
    started = Engine(facts).start(plan)
    terminal.say(
        f"{plan.medium.path}: {plan.workflow}, execution {execution_ids.short(started['Id'])}"
    )
    return follow_and_tell(facts, started, manner)


def follow_and_tell(facts: Facts, started: Mapping[str, Any], manner: Manner) -> tuple[Facts, bool]:
    """Whether the execution was complete in the end."""
    facts, ended = following.follow(facts, started)
    outcomes.tell(facts, ended, manner)
    terminal.say()
    return facts, ended["Status"] == "Complete"


def show(
    execution: Execution,
    everything: All = False,
    opens: Open = False,
    no_report: NoReport = False,
) -> None:
    """Tell again what was found, and write the report again."""
    facts = stack_access.running()
    engine = Engine(facts)
    meant = engine.find(execution)
    whole = engine.execution(meant["Id"])
    if whole["Status"] not in ("Complete", "Error"):
        name = execution_ids.workflow_name(whole)
        terminal.say(f"{name} has not ended ({whole['Status']}). Found so far:")
    outcomes.tell(facts, whole, Manner(everything, opens, writes=not no_report))
