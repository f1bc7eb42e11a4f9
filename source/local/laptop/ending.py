"""How a command ends: with one sentence on what went wrong, and an exit code."""

import errno
import signal
from collections.abc import Sequence

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from laptop.problems import Problem

PROGRAM = "run-local.sh"


def run(app: typer.Typer, arguments: Sequence[str], tell: Console) -> int:
    """The exit code of the command that these arguments ask for.

    A command that has its own last words for Ctrl-C ends with ``typer.Exit(130)``.
    """
    # ends as Ctrl-C does: what was begun is undone
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(arguments, prog_name=PROGRAM)
    except SystemExit as ended:
        # typer ends so, and has put the interruption behind its own exception
        interruption = ended.__context__ and ended.__context__.__cause__
        if isinstance(interruption, KeyboardInterrupt):
            return _end(tell, str(interruption) or "interrupted", 130)
        return int(ended.code or 0)
    except Problem as problem:
        return _end(tell, str(problem))
    except (BotoCoreError, ClientError) as error:
        # of the local AWS, which answers all calls of a stack that is whole
        return _end(tell, f"the local AWS refused a call: {error}")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return _end(tell, "the disk is full; make room, then run the command again")
    return 0


def _end(tell: Console, sentence: str, code: int = 1) -> int:
    tell.print(f"{PROGRAM}: {sentence}", markup=False)
    return code
