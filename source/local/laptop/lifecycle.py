"""Starting and stopping a local stack."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from laptop import build, facts, processes, servers, stacks
from laptop.facts import Facts
from laptop.places import MINISTACK_PYTHON, Places

Say = Callable[[str], None]


def running(places: Places) -> Facts | None:
    """The facts of the stack when all of its servers run."""
    known = facts.read(places.facts)
    if known and all(processes.is_ours(pid, places.state) for pid in known.pids.values()):
        return known
    return None


def up(places: Places, say: Say) -> Facts:
    """Starts and deploys what is not running or not up to date."""
    known = running(places)
    version = build.current_version()
    if known and _is_deployed(places, version):
        return known
    servers.install(say)
    say("Building …")
    build.build(places, version)
    if known:
        stacks.deploy(stacks.Cloud(known.endpoint_url), places, version, _runtime(), say)
        return known
    return _start(places, version, say)


def down(places: Places) -> list[str]:
    """Stops the servers; returns those that had to be killed."""
    known = facts.read(places.facts)
    killed = [
        name
        for name, pid in (known.pids if known else {}).items()
        if not processes.stop(pid, places.state)
    ]
    places.facts.unlink(missing_ok=True)
    shutil.rmtree(places.temporary, ignore_errors=True)
    return killed


def destroy(places: Places) -> list[Path]:
    """Stops the servers and removes what they kept; returns what was removed."""
    down(places)
    removed = [path for path in places.forgettable() if path.exists()]
    for path in removed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return removed


def _start(places: Places, version: str, say: Say) -> Facts:
    down(places)
    ports = servers.choose_ports(places)
    say("Starting the servers …")
    pids: dict[str, int] = {}
    try:
        pids["analysis"] = servers.start_analysis(places, ports)
        pids["ministack"] = servers.start_ministack(places, ports)
        cloud = stacks.Cloud(ports.endpoint_url)
        outputs = stacks.deploy(cloud, places, version, _runtime(), say)
        started = _facts(ports, outputs, pids)
        facts.write(started, places.facts)
    except BaseException:
        # also when somebody pressed Ctrl-C: a command that fails leaves nothing running
        for pid in pids.values():
            processes.stop(pid, places.state)
        raise
    return started


def _facts(ports: servers.Ports, outputs: dict[str, str], pids: dict[str, int]) -> Facts:
    gateway = f"{ports.endpoint_url}/_aws/execute-api"
    return Facts(
        endpoint_url=ports.endpoint_url,
        region=facts.REGION,
        access_key_id=facts.ACCESS_KEY_ID,
        secret_access_key=facts.SECRET_ACCESS_KEY,
        stack_name=facts.STACK,
        workflow_api=f"{gateway}/{outputs['WorkflowApiRestID']}/api",
        dataplane_api=f"{gateway}/{outputs['DataplaneApiRestID']}/api",
        dataplane_bucket=outputs["DataplaneBucket"],
        analysis_url=ports.analysis_url,
        opensearch_url=None,
        pids=pids,
    )


def _is_deployed(places: Places, version: str) -> bool:
    return places.deployed.exists() and places.deployed.read_text() == version


def _runtime() -> str:
    """The name that Lambda has for the interpreter that runs the functions here."""
    program = "import sys; print('python%d.%d' % sys.version_info[:2])"
    command = [str(MINISTACK_PYTHON), "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
