"""`up`, `status`, `down` and `destroy`."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import typer

from laptop import lifecycle, runs, stack_access, stacks, stale, terminal
from laptop.facts import Facts
from laptop.places import places


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("status")(status)
    app.command("down")(down)
    app.command("destroy")(destroy)


def up() -> None:
    """Start the engine and keep it running."""
    facts = lifecycle.up(places(), terminal.say)
    left = stale.bring_up_to_date(runs.Engine(facts))
    terminal.say("The engine is running and up to date.")
    _print_urls(facts)
    _print_stale(facts, left)


def status() -> None:
    """Show what runs, and where."""
    facts = stack_access.running()
    for name, pid in facts.pids.items():
        terminal.say(f"{name} runs as process {pid}")
    if facts.opensearch_url and "opensearch" not in facts.pids:
        terminal.say("opensearch has ended; run-local.sh up starts it again")
    _print_urls(facts)
    for name, state in stacks.stack_statuses(stacks.Cloud(facts.endpoint_url)).items():
        terminal.say(f"stack {name}: {state}")
    counts = Counter(one["Status"] for one in runs.Engine(facts).executions())
    told = ", ".join(f"{n} {s}" for s, n in counts.items())
    terminal.say(f"executions: {told or 'none yet'}")
    _print_stale(facts, runs.Engine(facts).stale_workflows())


def down() -> None:
    """Stop the engine; your data stays."""
    lifecycle.down(places(), terminal.say)
    terminal.say("The engine does not run; its data stays.")


def destroy() -> None:
    """Stop the engine and forget all data."""
    removed = lifecycle.destroy(places(), terminal.say)
    for path in removed:
        terminal.say(f"removed {path}")
    terminal.say(
        "Installed packages and models stay." if removed else "There is nothing to remove."
    )


def _print_urls(facts: Facts) -> None:
    terminal.say(f"Workflow API   {facts.workflow_api}")
    terminal.say(f"Dataplane API  {facts.dataplane_api}")
    terminal.say(f"AWS endpoint   {facts.endpoint_url} (bucket {facts.dataplane_bucket})")
    if facts.opensearch_url:
        terminal.say(f"OpenSearch     {facts.opensearch_url}")
    terminal.say(f"Details        {places().facts}")


def _print_stale(facts: Facts, workflows: Iterable[Any]) -> None:
    for line in stale.told(workflows, stack_access.awscurl(facts), facts.workflow_api):
        terminal.say(line)
