"""What a command does with servers that have died or are to be others.

``MIE_MOVE=1`` also moves the stack to another port and back, which takes half a minute.
"""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import urllib3
from tests.deployed.local_stack import ROOT, Stack

pytestmark = [pytest.mark.deployed, pytest.mark.alone]

STATE = Path(os.environ.get("MIE_STATE", ROOT / ".mie"))


def command(name, **settings):
    done = subprocess.run(
        [ROOT / "deployment" / "run-local.sh", name],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def facts():
    return json.loads((STATE / "local.json").read_text())


def models(stack):
    health = urllib3.request("GET", f"{stack.facts['analysis_url']}/health").json()["models"]
    return {family for family, state in health.items() if state["installed"]}


@pytest.fixture
def as_before(stack):
    """The stack is afterwards as the other tests know it."""
    chosen = (STATE / "settings.json").read_text()
    yield
    port = stack.facts["endpoint_url"].rpartition(":")[2]
    command("up", **{**json.loads(chosen), "MIE_PORT": port})
    (STATE / "settings.json").write_text(chosen)


def test_a_dead_server_is_named_and_started_alone_with_the_models_that_are_chosen(stack, as_before):
    before, all_models = facts()["pids"], models(stack)
    os.kill(before["analysis"], signal.SIGKILL)

    assert "The analysis server has ended; the next command starts it again" in command("status")
    said = command("up", MIE_LOCAL_MODELS="core")

    assert "The analysis server has ended; it is started again." in said
    after = facts()["pids"]
    assert {name for name in before if before[name] != after[name]} == {"analysis"}
    assert models(stack) == {"core"}
    assert models(stack) < all_models


@pytest.mark.skipif("MIE_MOVE" not in os.environ, reason="takes half a minute: MIE_MOVE=1")
def test_a_stack_with_data_moves_to_another_port(stack, as_before):
    made = stack.run("CasImageWorkflow")
    assert made["Status"] == "Complete", made
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    said = command("up", MIE_PORT=str(port))

    assert f"MiniStack goes to port {port}; it is started again." in said
    moved = Stack.of(facts())
    assert moved.facts["endpoint_url"] == f"http://127.0.0.1:{port}"
    answer = moved.workflow.request("GET", f"/workflow/execution/{made['Id']}")
    assert (answer.status, answer.json["Status"]) == (200, "Complete")
    # through queues, streams and events, whose addresses functions have in their environment
    assert moved.run("CasImageWorkflow")["Status"] == "Complete"
