"""What is said of an engine that runs in part, and of what a stop interrupts."""

import pytest
import typer

from laptop import activity, engine_commands, lifecycle, servers
from laptop.facts import Facts
from laptop.places import Places
from laptop.problems import Interrupted, Problem
from laptop.processes import Found

ENDED = "MiniStack has ended; the next command starts it again"
KNOWN = Facts("http://e", "r", "k", "s", "mie", "http://w", "http://d", "b", "http://a", None, {})
BOTH = {"ministack": Found(1, (), {}), "analysis": Found(2, (), {})}
RUNNING = [
    {"Workflow": {"Name": "CasVideoWorkflow"}, "Id": "1", "Status": "Started"},
    {"Workflow": {"Name": "MieCompleteWorkflow"}, "Id": "2", "Status": "Queued"},
]


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine that was started; a test says what is left of it."""

    class Engine:
        known, found, silent, executions, stops = KNOWN, BOTH, (), [], 0

        def down(self, *_):
            self.stops += 1

    made = Engine()
    monkeypatch.setattr(engine_commands, "places", lambda: Places(tmp_path))
    monkeypatch.setattr(engine_commands, "read_facts", lambda _: made.known)
    monkeypatch.setattr(servers, "find", lambda _: made.found)
    monkeypatch.setattr(servers, "silent", lambda *_: made.silent)
    monkeypatch.setattr(engine_commands, "_contents", lambda _: ["executions: 2 Complete"])
    monkeypatch.setattr(activity, "active", lambda _: made.executions)
    monkeypatch.setattr(lifecycle, "down", made.down)
    return made


def told(capsys, command, *arguments):
    command(*arguments)
    return capsys.readouterr().out.splitlines()


def test_an_engine_that_runs_is_shown(engine, capsys):
    lines = told(capsys, engine_commands.status)

    assert lines[:2] == ["MiniStack runs as process 1", "The analysis server runs as process 2"]
    assert "MIE_PORT=any (by default)" in lines
    assert "Workflow API   http://w" in lines
    assert lines[-1] == "executions: 2 Complete"


def test_a_part_that_has_ended_is_named(engine, capsys):
    engine.found = {"ministack": BOTH["ministack"]}

    lines = told(capsys, engine_commands.status)

    assert "The analysis server has ended; the next command starts it again" in lines
    assert lines[-1] == "executions: 2 Complete"


@pytest.mark.parametrize(
    ("found", "silent", "line"),
    [
        (
            {"analysis": BOTH["analysis"]},
            (),
            "MiniStack has ended; the next command starts it again",
        ),
        (
            BOTH,
            ("ministack",),
            "MiniStack (process 1) answers no request; the next command starts it again",
        ),
        ({}, (), ENDED),
    ],
)
def test_without_the_local_aws_it_is_said_what_cannot_be(engine, capsys, found, silent, line):
    engine.found, engine.silent = found, silent

    lines = told(capsys, engine_commands.status)

    assert lines[0] == line
    assert lines[-1].startswith("What is deployed, and what runs on it, is shown when")


def test_search_that_has_ended_is_named(engine, capsys):
    engine.known = Facts(**{**vars(KNOWN), "opensearch_url": "http://o"})

    lines = told(capsys, engine_commands.status)

    assert "OpenSearch has ended; the next command starts it again" in lines


def test_an_engine_that_another_command_starts_is_starting(engine, capsys, tmp_path):
    engine.known, engine.found = None, {"analysis": BOTH["analysis"]}
    engine.silent = ("analysis",)
    with lifecycle._alone(Places(tmp_path), print):
        lines = told(capsys, engine_commands.status)

    assert lines[:3] == [
        "Another command starts or stops the engine at this moment.",
        "MiniStack does not run yet",
        "The analysis server (process 2) is starting",
    ]


def test_an_engine_that_is_being_installed_is_no_problem(engine, capsys, tmp_path):
    engine.known, engine.found = None, {}
    with lifecycle._alone(Places(tmp_path), print):
        assert told(capsys, engine_commands.status)[1] == "MiniStack does not run yet"


def test_an_engine_that_does_not_run_is_a_problem(engine):
    engine.known, engine.found = None, {}

    with pytest.raises(Problem, match="the engine is not running"):
        engine_commands.status()


def test_a_stop_says_what_it_interrupts(engine, capsys):
    engine.executions = RUNNING

    assert told(capsys, engine_commands.down, False) == [
        "2 executions are running: CasVideoWorkflow (1), MieCompleteWorkflow (2). "
        "They go on after the next run-local.sh up.",
        "The engine does not run; its data stays.",
    ]
    assert engine.stops == 1


@pytest.mark.parametrize("found", [{}, {"analysis": BOTH["analysis"]}])
def test_a_stop_of_what_has_died_asks_nobody(engine, capsys, found):
    engine.executions, engine.found = RUNNING, found

    assert told(capsys, engine_commands.down, False) == ["The engine does not run; its data stays."]


def test_a_stop_does_not_depend_on_what_the_engine_answers(engine, capsys, monkeypatch):
    def refuse(_):
        raise Problem("GET /workflow/execution answered 500: None")

    monkeypatch.setattr(activity, "active", refuse)

    assert told(capsys, engine_commands.down, False) == [
        "What runs is not known: GET /workflow/execution answered 500: None.",
        "The engine does not run; its data stays.",
    ]
    assert engine.stops == 1


def test_a_stop_waits_until_nothing_runs_any_more(engine, capsys, monkeypatch):
    engine.executions = list(RUNNING)

    def end_one(_):
        engine.executions.pop()

    monkeypatch.setattr(activity.time, "sleep", end_one)

    assert told(capsys, engine_commands.down, True) == [
        "2 executions are running: CasVideoWorkflow (1), MieCompleteWorkflow (2). "
        "Waiting for them …",
        "1 execution is running: CasVideoWorkflow (1). Waiting for it …",
        "The engine does not run; its data stays.",
    ]


def test_who_does_not_want_to_wait_any_more_stops_nothing(engine, monkeypatch):
    engine.executions = RUNNING

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(activity.time, "sleep", interrupt)

    with pytest.raises(Interrupted, match="the engine and what runs on it go on"):
        engine_commands.down(True)
    assert engine.stops == 0


def test_what_waits_for_a_person_does_not_run():
    class Engine:
        def executions(self):
            return [*RUNNING, {"Status": "Waiting"}, {"Status": "Complete"}]

    assert activity.active(Engine()) == RUNNING


def test_the_commands_are_those_of_their_names():
    app = typer.Typer()
    engine_commands.register(app)

    names = [one.name for one in app.registered_commands]
    assert names == ["up", "status", "down", "destroy"]
