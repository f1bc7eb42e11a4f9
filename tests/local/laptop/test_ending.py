import errno

import pytest
import typer
from botocore.exceptions import EndpointConnectionError
from rich.console import Console

from laptop import ending
from laptop.problems import Interrupted, Problem


def raising(error):
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    def command() -> None:
        raise error

    return app


def ended(capsys, error):
    code = ending.run(raising(error), [], Console(stderr=True, soft_wrap=True))
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (Problem("it is [no/] markup"), 1, "it is [no/] markup"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (Interrupted("interrupted; what ran goes on"), 130, "interrupted; what ran goes on"),
        (OSError(errno.ENOSPC, "no"), 1, "the disk is full; make room, then run the command again"),
        (
            EndpointConnectionError(endpoint_url="http://x"),
            1,
            'the local AWS refused a call: Could not connect to the endpoint URL: "http://x"',
        ),
    ],
)
def test_a_command_ends_in_one_sentence(capsys, error, code, sentence):
    assert ended(capsys, error) == (code, f"run-local.sh: {sentence}\n")


def test_who_has_said_the_last_words_itself_is_left_alone(capsys):
    assert ended(capsys, typer.Exit(130)) == (130, "")


def test_an_error_that_nobody_has_thought_of_is_not_hidden(capsys):
    with pytest.raises(PermissionError):
        ended(capsys, PermissionError(errno.EACCES, "no"))


def test_a_command_that_does_what_it_is_to_do_ends_with_0():
    app = typer.Typer(add_completion=False)
    app.command()(lambda: None)
    assert ending.run(app, [], Console()) == 0
