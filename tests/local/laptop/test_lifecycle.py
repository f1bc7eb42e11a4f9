"""Starting and stopping, with small programs in the place of the servers."""

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from laptop import (
    activity,
    build,
    facts,
    installation,
    lifecycle,
    processes,
    recovery,
    search,
    servers,
    settings,
    stacks,
    stale,
)
from laptop.places import Places
from laptop.problems import Interrupted, Problem

OUTPUTS = {
    "WorkflowApiRestID": "workflow",
    "DataplaneApiRestID": "dataplane",
    "DataplaneBucket": "bucket",
}
# answers every request; what it is known by and the port stand where the servers have them
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
_, *option = sys.argv[sys.argv.index("--port"):][:2] if "--port" in sys.argv else [""]
port = option[0] if option else os.environ["GATEWAY_PORT"]
HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
"""


@pytest.fixture
def said():
    return []


class Stack:
    """A stack whose servers are small programs; nothing is installed, built or deployed."""

    def __init__(self, folder, said):
        self.places, self.said = Places(folder / "state"), said
        self.deployments = self.installations = self.recoveries = 0
        self.fails = None

    def up(self, **options):
        return lifecycle.up(self.places, self.said.append, **options)

    def revive(self):
        return lifecycle.revive(self.places, self.said.append)

    def pids(self):
        return {name: found.pid for name, found in servers.find(self.places).items()}

    def kill(self, server, number=signal.SIGKILL):
        pid = self.pids()[server]
        os.kill(pid, number)
        if number == signal.SIGKILL:
            os.waitpid(pid, 0)

    def install(self, *_):
        self.installations += 1

    def recover(self, *_):
        self.recoveries += 1

    def deploy(self, *_):
        self.deployments += 1
        if self.fails:
            raise self.fails


@pytest.fixture
def stack(tmp_path, said, monkeypatch):
    for module in ("local_aws", "analysis"):
        (tmp_path / f"{module}.py").write_text(SERVER)
    made = Stack(tmp_path, said)
    monkeypatch.setattr(servers, "ANALYSIS_PYTHON", Path(sys.executable))
    monkeypatch.setattr(servers, "MINISTACK_PYTHON", Path(sys.executable))
    monkeypatch.setattr(servers, "_LOCAL", tmp_path)
    monkeypatch.setattr(lifecycle, "_runtime", lambda: "python3.13")
    monkeypatch.setattr(installation, "install", made.install)
    monkeypatch.setattr(build, "current_version", lambda: "1")
    monkeypatch.setattr(build, "is_built", lambda *_: True)
    monkeypatch.setattr(search, "bring", lambda *_: None)
    monkeypatch.setattr(stacks, "deploy", made.deploy)
    monkeypatch.setattr(stacks, "exists", lambda _: True)
    monkeypatch.setattr(stacks, "stack_outputs", lambda _: OUTPUTS)
    monkeypatch.setattr(stale, "bring_up_to_date", lambda _: None)
    monkeypatch.setattr(activity, "active", lambda _: [])
    monkeypatch.setattr(recovery, "recover", made.recover)
    for variable in ("MIE_PORT", "MIE_LOCAL_MODELS", "MIE_SEARCH"):
        monkeypatch.delenv(variable, raising=False)
    yield made
    for pid in made.pids().values():
        processes.stop(pid, 0)


def test_what_runs_is_left_alone(stack):
    first = stack.up()
    assert stack.said.pop(0) == "Starting the servers …"

    assert stack.up() == first
    assert stack.said == []
    assert (stack.deployments, stack.installations) == (1, 1)
    assert first == facts.read(stack.places.facts)


@pytest.mark.parametrize(
    ("dead", "name"), [("analysis", "The analysis server"), ("ministack", "MiniStack")]
)
def test_a_server_that_was_killed_is_started_alone(stack, dead, name):
    before = stack.up().pids
    stack.kill(dead)
    assert lifecycle.running(stack.places) is None

    after = stack.up().pids

    assert [one for one in before if before[one] != after[one]] == [dead]
    assert stack.said[-1] == f"{name} has ended; it is started again."
    assert stack.deployments == 1


def test_a_server_that_hangs_is_started_again(stack, monkeypatch):
    before = stack.up().pids
    monkeypatch.setattr(servers, "_SILENT_SECONDS", 0.3)
    monkeypatch.setattr(servers.silent, "__defaults__", (0.3,))
    monkeypatch.setattr(lifecycle, "_SILENT_PATIENCE", 0.1)
    stack.kill("analysis", signal.SIGSTOP)
    assert lifecycle.running(stack.places) is None

    after = stack.up().pids

    assert after["ministack"] == before["ministack"]
    assert after["analysis"] != before["analysis"]
    assert stack.said[-1] == "The analysis server answers no request; it is started again."


def test_other_models_restart_the_analysis_server_and_are_remembered(stack, monkeypatch):
    before = stack.up()
    monkeypatch.setenv("MIE_LOCAL_MODELS", "core")
    after = stack.up()
    monkeypatch.delenv("MIE_LOCAL_MODELS")

    assert after.pids["ministack"] == before.pids["ministack"]
    assert after.pids["analysis"] != before.pids["analysis"]
    assert stack.up() == after
    assert settings.choose(stack.places).models == ("core",)


def test_models_that_a_file_needs_are_added_to_those_that_are_there(stack):
    before = stack.up(needs=("vision",))
    assert stack.up(needs=("vision",)) == before
    after = stack.up(needs=("text",))

    assert after.pids["ministack"] == before.pids["ministack"]
    assert after.pids["analysis"] != before.pids["analysis"]
    assert settings.choose(stack.places, {}, needs=()).models == ("core", "vision", "text")


def test_what_runs_on_the_stack_is_told_when_a_server_is_restarted(stack, monkeypatch):
    stack.up()
    running = [{"Workflow": {"Name": "CasVideoWorkflow"}, "Id": "1"}]
    monkeypatch.setattr(activity, "active", lambda _: running)
    monkeypatch.setenv("MIE_LOCAL_MODELS", "core")
    stack.up()

    assert stack.said[-1] == (
        "1 execution is running: CasVideoWorkflow (1). What it waits for begins again."
    )


def test_another_port_moves_the_local_aws(stack, monkeypatch):
    before = stack.up()
    wanted = free_port()
    monkeypatch.setenv("MIE_PORT", str(wanted))
    after = stack.up()

    assert after.endpoint_url == f"http://127.0.0.1:{wanted}"
    assert after.workflow_api == f"{after.endpoint_url}/_aws/execute-api/workflow/api"
    assert after.analysis_url == before.analysis_url
    assert facts.read(stack.places.facts) == after
    assert stack.deployments == 1


def test_what_a_dead_server_has_left_undone_is_done_once_it_is_there_again(stack):
    stack.up()
    stack.up()
    assert stack.recoveries == 1
    stack.kill("ministack")
    stack.up()
    assert stack.recoveries == 2

    # a command that was killed has not come so far
    (stack.places.services / "restarted").touch()
    stack.up()
    assert stack.recoveries == 3


@pytest.mark.parametrize("name", ["local.json", "ports.json", "settings.json", "deployed"])
def test_a_file_that_was_half_written_does_not_matter(stack, name):
    before = stack.up()
    (stack.places.state / name).write_text('{"endp')

    assert stack.up() == before


def test_servers_of_a_command_that_was_killed_are_taken_over(stack):
    before = stack.up()
    stack.places.facts.unlink()

    assert stack.up() == before


@pytest.mark.parametrize(
    ("error", "raised"), [(Problem("no"), Problem), (KeyboardInterrupt(), Interrupted)]
)
def test_a_start_that_fails_leaves_nothing_running(stack, error, raised):
    stack.fails = error
    with pytest.raises(raised):
        stack.up()

    assert stack.pids() == {}
    assert not stack.places.facts.exists()


def test_an_update_that_is_interrupted_leaves_running_what_ran(stack, monkeypatch):
    before = stack.up()
    stack.kill("analysis")
    monkeypatch.setattr(build, "current_version", lambda: "2")
    stack.fails = KeyboardInterrupt()
    with pytest.raises(Interrupted, match=r"^Interrupted; what ran goes on\.$"):
        stack.up()

    assert stack.pids() == {"ministack": before.pids["ministack"]}


def test_a_server_that_was_replaced_goes_on_when_the_rest_is_interrupted(stack, monkeypatch):
    before = stack.up()
    monkeypatch.setenv("MIE_LOCAL_MODELS", "core")
    monkeypatch.setattr(build, "current_version", lambda: "2")
    stack.fails = KeyboardInterrupt()
    with pytest.raises(Interrupted, match="what ran goes on"):
        stack.up()

    assert stack.pids()["analysis"] != before.pids["analysis"]
    assert stack.pids()["ministack"] == before.pids["ministack"]


def test_what_an_interrupted_command_has_stopped_is_said(stack, monkeypatch):
    stack.up()
    monkeypatch.setenv("MIE_LOCAL_MODELS", "core")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(servers, "start_analysis", interrupt)
    with pytest.raises(Interrupted, match="the next command starts the analysis server again"):
        stack.up()


def test_a_first_start_that_is_interrupted_says_what_comes_of_it(stack):
    stack.fails = KeyboardInterrupt()

    with pytest.raises(Interrupted, match="the next command goes on from there"):
        stack.up()
    assert stack.pids() == {}


def test_who_follows_a_run_may_have_what_died_started(stack):
    stack.up()
    stack.kill("analysis")
    stack.kill("ministack")
    revived = []
    threads = [threading.Thread(target=lambda: revived.append(stack.revive())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {tuple(one.pids.items()) for one in revived} == {tuple(stack.pids().items())}


def test_who_follows_a_run_leaves_what_others_have_chosen_meanwhile(stack, monkeypatch):
    stack.up()
    stack.kill("analysis")
    # as it was asked for when the run began
    monkeypatch.setenv("MIE_SEARCH", "off")
    stack.revive()

    assert settings.choose(stack.places, {}).search == "auto"


def test_what_somebody_stopped_is_not_revived(stack):
    stack.up()
    lifecycle.down(stack.places, stack.said.append)
    assert stack.said[-2:] == ["MiniStack is stopped.", "The analysis server is stopped."]

    with pytest.raises(Problem, match="the engine was stopped"):
        stack.revive()
    assert stack.pids() == {}


def test_a_wrong_choice_is_said_before_anything_is_done(stack, monkeypatch):
    monkeypatch.setenv("MIE_SEARCH", "maybe")

    with pytest.raises(Problem, match="MIE_SEARCH"):
        stack.up()
    assert not stack.places.state.exists()
    assert stack.installations == 0


def test_a_port_that_is_in_use_is_said_before_anything_is_installed(stack, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        monkeypatch.setenv("MIE_PORT", str(other.server_port))
        with pytest.raises(Problem, match="is in use"):
            stack.up()
    assert stack.installations == 0
    assert settings.choose(stack.places, {}).port is None


def test_a_command_that_waits_for_another_is_interrupted_alone(stack):
    program = (
        "import sys; from laptop import lifecycle; from laptop.places import Places\n"
        "from pathlib import Path\n"
        "try:\n    lifecycle.up(Places(Path(sys.argv[1])), lambda text: print(text, flush=True))\n"
        "except KeyboardInterrupt as error:\n    print(repr(error))\n"
    )
    command = [sys.executable, "-c", program, str(stack.places.state)]
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with lifecycle._alone(stack.places, stack.said.append):
        assert lifecycle.is_busy(stack.places)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as other:
            assert other.stdout.readline() == "Waiting for another run-local.sh …\n"
            # it says so, and then waits
            time.sleep(0.2)
            other.send_signal(signal.SIGINT)
            assert other.stdout.read() == "Interrupted('Interrupted; the other command goes on.')\n"
    assert not lifecycle.is_busy(stack.places)


def free_port():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        return probe.server_port


def test_destroy_removes_what_a_stack_has_kept_and_nothing_else(tmp_path, said):
    for name in ("state", "s3", "logs", "dist", "venv", "models", "packages"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / "local.json").write_text("damaged")
    (tmp_path / "settings.json").write_text("{}")

    lifecycle.destroy(Places(tmp_path), said.append)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["models", "packages", "venv"]


def test_without_a_stack_nothing_is_made_by_stopping_it(tmp_path, said):
    lifecycle.down(Places(tmp_path / "none"), said.append)

    assert not (tmp_path / "none").exists()
