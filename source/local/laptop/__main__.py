"""``deployment/run-local.sh``."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from laptop import (
    ending,
    engine_commands,
    findings,
    lambda_logs,
    lifecycle,
    media_files,
    progress,
    runs,
    stacks,
)
from laptop.facts import Facts
from laptop.places import SAMPLE, places
from laptop.problems import Problem

_HELP = """Runs the Media Insights Engine on this machine.

With FILEs it starts the engine when it is not running, runs the workflow that fits each file, and
prints what was found. Without any argument it does so with a sample picture. Pictures go through
CasImageWorkflow and videos through CasVideoWorkflow; --workflow NAME before them names another one,
such as MieCompleteWorkflow, which makes captions as well.
"""
_EPILOG = """All of it is reachable from this machine only, at free ports; MIE_PORT fixes the port
of the AWS endpoint. Data, logs and local.json, which tells programs all addresses, are in .mie/.
Search runs where Java and Maven are there; MIE_SEARCH=off leaves it out. MIE_LOCAL_MODELS chooses
what is analysed here: all, or some of core, vision, speech, text, voice with commas between.
"""
_COMMANDS = ("up", "status", "logs", "down", "destroy")
_HELP_OPTIONS = ("-h", "--help")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    help=_HELP,
    epilog=_EPILOG,
    options_metavar="[--help]",
    subcommand_metavar="[[--workflow NAME] FILE... | COMMAND]",
    context_settings={"help_option_names": list(_HELP_OPTIONS)},
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


engine_commands.register(app)


@app.command("logs")
def logs(
    name: Annotated[str, typer.Argument(help="part of the name of a function or server")] = "",
) -> None:
    """Print a log; without NAME, the names of all logs."""
    cloud = stacks.Cloud(_running().endpoint_url)
    known = lambda_logs.names(cloud.client("lambda"), places())
    matching = [one for one in known if name.lower() in one.lower()]
    if not name or not matching:
        for one in known:
            _out.print(one)
        if name:
            raise Problem(f"no log has '{name}' in its name; those above are there")
        return
    for one in matching:
        _out.print(f"== {one}")
        for line in lambda_logs.lines(cloud.client("logs"), places(), one):
            _out.print(line, markup=False)


@app.command("run", hidden=True)
def run(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE")] = None,
    workflow: Annotated[str, typer.Option(metavar="NAME", help="another than the fitting")] = "",
) -> None:
    """Run the fitting workflow on each FILE (without one, on a sample picture)."""
    media = [media_files.examine(path) for path in files or [SAMPLE]]
    if workflow:
        media = [replace(one, workflow=workflow) for one in media]
    facts = lifecycle.up(places(), _say)
    succeeded = [_analyse(facts, medium) for medium in media]
    _out.print("The engine keeps running for the next file; run-local.sh down stops it.")
    if not all(succeeded):
        raise typer.Exit(1)


def _analyse(facts: Facts, medium: media_files.Medium) -> bool:
    engine = runs.Engine(facts)
    _out.print(f"{medium.workflow} on {medium.path}")
    started = engine.start(medium)
    with progress.Display(_out) as display:
        execution = engine.follow(started["Id"], display.show)
    if execution["Status"] != "Complete":
        _err.print(f"The workflow failed. {execution.get('Message', 'It left no message.')}")
    asset_id = execution["AssetId"]
    metadata = engine.metadata(asset_id)
    for line in (*findings.describe(metadata), *findings.skipped(execution)):
        _out.print(line, markup=False)
    _out.print(f"Stored in s3://{facts.dataplane_bucket}/private/assets/{asset_id}/")
    operators = findings.told_first(metadata)
    if operators:
        _out.print(f"Fetch what one of {', '.join(operators)} has stored with")
        url = f"{facts.dataplane_api}/metadata/{asset_id}/{operators[0]}"
        _out.print(f"  {facts.awscurl} {url}", markup=False)
    _out.print()
    return bool(execution["Status"] == "Complete")


def _running() -> Facts:
    facts = lifecycle.running(places())
    if facts is None:
        raise Problem("the engine is not running; run-local.sh up starts it")
    return facts


def _say(text: str) -> None:
    _out.print(text)


def main() -> int:
    """Files may be named without a command, as in ``run-local.sh holiday.jpg``."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in (*_COMMANDS, *_HELP_OPTIONS):
        arguments = ["run", *arguments]
    return ending.run(app, arguments, _err)


if __name__ == "__main__":
    sys.exit(main())
