"""`logs`."""

from typing import Annotated

import typer

from laptop import lambda_logs, stack_access, stacks, terminal
from laptop.places import places
from laptop.problems import Problem


def register(app: typer.Typer) -> None:
    app.command("logs")(logs)


def logs(
    name: Annotated[
        str, typer.Argument(help="part of the name of a function, operator or server")
    ] = "",
) -> None:
    """Print a log; without NAME, the names of all logs."""
    cloud = stacks.Cloud(stack_access.running().endpoint_url)
    known = lambda_logs.names(cloud.client("lambda"), places())
    matching = [one for one in known if name.lower() in one.lower()]
    if not name or not matching:
        for one in known:
            terminal.say(one)
        if name:
            raise Problem(f"no log has '{name}' in its name; those above are there")
        return
    for one in matching:
        terminal.say(f"== {one}")
        for line in lambda_logs.lines(cloud.client("logs"), places(), one):
            terminal.say(line.expandtabs())
