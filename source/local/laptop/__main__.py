"""``deployment/run-local.sh``."""

import shlex
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from laptop import findings, lambda_logs, lifecycle, media_files, progress, runs, stacks, stale
from laptop.facts import Facts
from laptop.places import COMMAND_PYTHON, SAMPLE, places
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


@app.command("up")
def up() -> None:
    """Start the engine and keep it running."""
    facts = lifecycle.up(places(), _say)
    left = stale.bring_up_to_date(runs.Engine(facts))
    _out.print("The engine is running and up to date.")
    _print_urls(facts)
    _print_stale(facts, left)


@app.command("status")
def status() -> None:
    """Show what runs, and where."""
    facts = _running()
    for name, pid in facts.pids.items():
        _out.print(f"{name} runs as process {pid}")
    if facts.opensearch_url and "opensearch" not in facts.pids:
        _out.print("opensearch has ended; run-local.sh up starts it again")
    _print_urls(facts)
    for name, state in stacks.stack_statuses(stacks.Cloud(facts.endpoint_url)).items():
        _out.print(f"stack {name}: {state}")
    counts = Counter(one["Status"] for one in runs.Engine(facts).executions())
    _out.print(f"executions: {', '.join(f'{n} {s}' for s, n in counts.items()) or 'none yet'}")
    _print_stale(facts, runs.Engine(facts).stale_workflows())


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


@app.command("down")
def down() -> None:
    """Stop the engine; your data stays."""
    lifecycle.down(places(), _say)
    _out.print("The engine does not run; its data stays.")


@app.command("destroy")
def destroy() -> None:
    """Stop the engine and forget all data."""
    removed = lifecycle.destroy(places(), _say)
    for path in removed:
        _out.print(f"removed {path}")
    _out.print("Installed packages and models stay." if removed else "There is nothing to remove.")


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
    stale.bring_up_to_date(runs.Engine(facts))
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
        _out.print(f"  {_awscurl(facts)} {url}", markup=False)
    _out.print()
    return bool(execution["Status"] == "Complete")


def _awscurl(facts: Facts) -> str:
    return (
        f"{shlex.quote(str(COMMAND_PYTHON.parent / 'awscurl'))} "
        f"--service execute-api --region {facts.region} "
        f"--access_key {facts.access_key_id} --secret_key {facts.secret_access_key}"
    )


def _print_urls(facts: Facts) -> None:
    _out.print(f"Workflow API   {facts.workflow_api}")
    _out.print(f"Dataplane API  {facts.dataplane_api}")
    _out.print(f"AWS endpoint   {facts.endpoint_url} (bucket {facts.dataplane_bucket})")
    if facts.opensearch_url:
        _out.print(f"OpenSearch     {facts.opensearch_url}")
    _out.print(f"Details        {places().facts}")


def _print_stale(facts: Facts, workflows: list[Any]) -> None:
    for line in stale.told(workflows, _awscurl(facts), facts.workflow_api):
        _out.print(line, markup=False)


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
    # ends as Ctrl-C does: what was begun is undone
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(arguments, prog_name="run-local.sh")
    except Problem as problem:
        _err.print(f"run-local.sh: {problem}", markup=False)
        return 1
    except (BotoCoreError, ClientError) as error:
        # of the local AWS, which answers all calls of a stack that is whole
        _err.print(f"run-local.sh: the local AWS refused a call: {error}", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
