"""Servers are killed while workflows run, and the next command sets all right.

MIE_KILLS says how often (4 unless told otherwise), MIE_KILLS_SEED repeats the moments of a run, and
with MIE_KILLS_SEARCH=on a search node is among the victims. The stack is one of its own.
"""

import json
import logging
import os
import random
import re
import secrets
import signal
import subprocess
import time
from contextlib import suppress

import psutil
import pytest
from tests.deployed.local_stack import ROOT, SAMPLE, Stack

pytestmark = [pytest.mark.deployed, pytest.mark.apart]

LOG = logging.getLogger(__name__)

KILLS = int(os.environ.get("MIE_KILLS", "4"))
SEED = int(os.environ.get("MIE_KILLS_SEED", str(secrets.randbelow(10**6))))
SEARCH = os.environ.get("MIE_KILLS_SEARCH", "off")
COMMAND = str(ROOT / "deployment" / "run-local.sh")
ENDED, ACTIVE = ("Complete", "Error"), ("Queued", "Started", "Resumed")
# who is killed; the command is the one that follows the run. "down" ends it as people do.
VICTIMS = (("ministack",), ("analysis",), ("ministack", "analysis", "command"), ("down",))
ALL = (*VICTIMS, ("ministack", "analysis"), ("command",), ("ministack", "command"))
# a run of the sample takes about this long
_LONGEST_RUN_SECONDS = 5
_PATIENCE_SECONDS = 240


class Laptop:
    """A stack below a folder of its own, and the commands that people give."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "MIE_PORT"},
            "MIE_STATE": str(folder),
            "MIE_SEARCH": SEARCH,
        }

    def command(self, *arguments):
        done = subprocess.run(
            [COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        LOG.warning("%s", done.stdout + done.stderr)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def begin(self, output):
        """Runs the workflow on the sample; it may start a dead server again by itself."""
        with output.open("wb") as file:
            return subprocess.Popen(
                [COMMAND, str(SAMPLE)],
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def stack(self):
        return Stack.of(json.loads((self.folder / "local.json").read_text()))

    def kill(self, victim, command):
        if victim == "command":
            with suppress(ProcessLookupError):
                os.killpg(command.pid, signal.SIGKILL)
        elif victim == "down":
            self.command("down")
        else:
            psutil.Process(self.stack.facts["pids"][victim]).kill()


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    made = Laptop(tmp_path_factory.mktemp("kills"))
    made.command("up")
    yield made
    made.command("destroy")


def executions(stack):
    query, found = {"limit": "100"}, []
    while True:
        answer = stack.workflow.request("GET", "/workflow/execution", query=query)
        assert answer.status == 200, answer.json
        found.extend(answer.json["Executions"])
        if "Cursor" not in answer.json:
            return {one["Id"]: one for one in found}
        query = {**query, "cursor": answer.json["Cursor"]}


def settled(stack):
    """The executions, once none of them is active."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = executions(stack)
        active = [one for one in found.values() if one["Status"] in ACTIVE]
        if not active:
            return found
        assert time.monotonic() < deadline, [(one["Id"], one["Status"]) for one in active]
        time.sleep(0.5)


def unknown_assets(stack):
    s3, bucket = stack.client("s3"), stack.facts["dataplane_bucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="private/assets/", Delimiter="/"
    )
    stored = {
        one["Prefix"].split("/")[2] for page in pages for one in page.get("CommonPrefixes", ())
    }
    return stored - set(stack.dataplane.request("GET", "/metadata").json["assets"])


def make_waiting(stack):
    """The id of an execution that waits for a person, of a workflow of its own."""
    body = {"Name": "Approved", "StartAt": "Ask", "Stages": {"Ask": {"End": True}}}
    stage = stack.workflow.request(
        "POST", "/workflow/stage", {"Name": "Ask", "Operations": ["Wait"]}
    )
    assert stage.status == 200, stage.json
    assert stack.workflow.request("POST", "/workflow", body).status == 200
    started = stack.start("Approved", configuration={"Ask": {"Wait": {"Enabled": True}}})
    return stack.wait(started["Id"], ("Waiting", *ENDED))["Id"]


def killed_while_running(laptop, moments, victims):
    """Which executions were there when it came, and what the command said."""
    output = laptop.folder / "run.log"
    command = laptop.begin(output)
    stack = laptop.stack
    before = set(executions(stack))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (started := set(executions(stack)) - before):
        assert time.monotonic() < deadline
        assert command.poll() is None
        time.sleep(0.1)
    time.sleep(moments.uniform(0, _LONGEST_RUN_SECONDS))
    for victim in victims:
        laptop.kill(victim, command)
    command.wait(timeout=_PATIENCE_SECONDS)
    said = output.read_text()
    LOG.warning("%s", said)
    return before | started, said


def test_nothing_is_lost_without_a_word_and_nothing_is_stuck(laptop):
    LOG.warning("MIE_KILLS=%d MIE_KILLS_SEED=%d", KILLS, SEED)
    moments = random.Random(SEED)  # noqa: S311
    known = {make_waiting(laptop.stack)}
    waiting = next(iter(known))
    for number in range(KILLS):
        victims = VICTIMS[number] if len(VICTIMS) >= KILLS else moments.choice(ALL)
        if SEARCH == "on" and moments.random() < 0.3:
            victims = (*victims, "opensearch")
        LOG.warning("%d: %s", number, victims)
        there, run = killed_while_running(laptop, moments, victims)
        known |= there
        said = run + laptop.command(*([] if moments.random() < 0.3 else ["up"]))
        found = settled(laptop.stack)
        lost = set(re.findall(r"\(execution ([0-9a-f-]{36})\)", said))
        assert known - set(found) <= lost
        known -= lost
        assert found[waiting]["Status"] == "Waiting"
        failed = {one["Id"]: one for one in found.values() if one["Status"] == "Error"}
        assert failed == {}
        assert unknown_assets(laptop.stack) == set()
    stack = laptop.stack
    body = {"WaitingStageName": "Ask"}
    assert stack.workflow.request("PUT", f"/workflow/execution/{waiting}", body).status == 200
    assert stack.wait(waiting)["Status"] == "Complete"
    assert stack.run("CasImageWorkflow")["Status"] == "Complete"
