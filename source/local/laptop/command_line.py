"""The commands of ``deployment/run-local.sh``, and what each end of one is told as."""

import errno
import signal
import sys
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from laptop import engine_commands, execution_commands, log_commands, run_commands, terminal
from laptop.problems import INTERRUPTED, Interrupted, Problem

_HELP = """Runs the Media Insights Engine on this machine.

With FILEs it starts the engine when it is not running, runs the workflow that fits each file, and
prints what was found. Without any argument it does so with a sample picture. Options of a run:

  --workflow NAME     another workflow than the fitting one, such as MieCompleteWorkflow
  --config JSON|FILE  settings: {"stage": {"operator": {"Enabled": false}}}
  --language CODE     what is spoken or written, such as es; otherwise it is found out
  --all               also what is shortened, was not found or was not looked for
  --open              open the report in a browser
  --no-report         write no report
"""
_EPILOG = """An ID is that of an execution or an asset, or how it begins. All of the engine is
reachable from this machine only, at free ports; MIE_PORT fixes the port of the AWS endpoint. Data,
reports, logs and local.json, which tells programs all addresses, are in .mie/. Search runs where
Java and Maven are there; MIE_SEARCH=off leaves it out. MIE_LOCAL_MODELS chooses what is analysed
here: auto (what files need), all, or some of core, vision, speech, text, voice with commas between.
"""
_HELP_OPTIONS = ("-h", "--help")


class _Stopped(Exception):
    """Somebody pressed Ctrl-C; the text says what became of the work."""


class _Commands(TyperGroup):
    """Says itself what Ctrl-C has come to, where typer only says that it has aborted."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Interrupted as error:
            raise _Stopped(str(error)) from error
        except KeyboardInterrupt as error:
            raise _Stopped("Interrupted.") from error


def make_app() -> typer.Typer:
    app = typer.Typer(
        cls=_Commands,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        help=_HELP.replace("\n\n  --", "\n\n\b\n  --"),
        epilog=_EPILOG,
        options_metavar="[--help]",
        subcommand_metavar="[[OPTION]... FILE... | COMMAND]",
        context_settings={"help_option_names": list(_HELP_OPTIONS)},
    )
    for module in (engine_commands, run_commands, execution_commands, log_commands):
        module.register(app)
    return app


def main() -> int:
    """Files may be named without a command, as in ``run-local.sh holiday.jpg``."""
    app = make_app()
    commands = {one.name for one in app.registered_commands} - {"run"}
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in (*commands, *_HELP_OPTIONS):
        arguments = ["run", *arguments]
    # ends as Ctrl-C does: what was begun is undone
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(arguments, prog_name="run-local.sh")
    except Problem as problem:
        terminal.complain(f"run-local.sh: {problem}")
        return 1
    except _Stopped as stopped:
        terminal.complain(str(stopped))
        return INTERRUPTED
    except (BotoCoreError, ClientError) as error:
        # of the local AWS, which answers all calls of a stack that is whole
        terminal.complain(f"run-local.sh: the local AWS refused a call: {error}")
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        terminal.complain("run-local.sh: the disk is full; make room, then run the command again")
        return 1
    return 0
