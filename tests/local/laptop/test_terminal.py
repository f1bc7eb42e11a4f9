import pytest

from laptop import terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("trip [/paris]/a[b].jpg", "trip [/paris]/a[b].jpg"),
        ("¡Hola! “100 %” 日本 ✓", "¡Hola! “100 %” 日本 ✓"),
        ("red\x1b[31m", "red\\x1b[31m"),
        ("two\nlines\tand\x9b", "two\\nlines\\tand\\x9b"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("caf\udce9.jpg", "caf\\udce9.jpg"),
    ],
)
def test_what_steers_a_terminal_is_shown_and_nothing_is_markup(capsys, text, shown):
    terminal.say(text)
    terminal.complain(text)

    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (f"{shown}\n", f"{shown}\n")


def test_lines_have_the_same_length_wherever_nobody_looks_on(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "33")

    assert terminal.width() == 80
