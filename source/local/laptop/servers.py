"""The servers of a local stack: MiniStack, which is AWS here, the analysis server, and search."""

import itertools
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3

from analysis.families import parse as parse_families
from laptop import processes, search_node
from laptop.facts import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from laptop.places import (
    ANALYSIS_PYTHON,
    INSTALLED,
    MINISTACK_PYTHON,
    MODELS,
    ROOT,
    Places,
)
from laptop.problems import Problem

# server -> what of its command it is known by; they are stopped in this order
SERVERS = {
    "ministack": ("-m", "local_aws"),
    "analysis": ("-m", "analysis"),
    "opensearch": search_node.PROGRAM,
}
# the services that the analysis server answers for, as the SDKs' variables call them
ANALYSED = ("REKOGNITION", "TRANSCRIBE", "COMPREHEND", "TRANSLATE", "POLLY", "MEDIACONVERT")
# without search a stack is whole
ESSENTIAL = ("ministack", "analysis")
_HOST = "127.0.0.1"
_LOCAL = ROOT / "source" / "local"
_START_SECONDS = 60
# a node is there after ten, on a machine that does nothing else
_NODE_SECONDS = 120
_NODE_TRIES = 3
# each thread's own heap would keep what passed through it
_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True)
class Ports:
    ministack: int
    analysis: int

    @property
    def endpoint_url(self) -> str:
        return f"http://{_HOST}:{self.ministack}"

    @property
    def analysis_url(self) -> str:
        return f"http://{_HOST}:{self.analysis}"


def families() -> tuple[str, ...]:
    """The families of models that MIE_LOCAL_MODELS asks for. Raises Problem for a wrong value."""
    try:
        return parse_families(os.environ.get("MIE_LOCAL_MODELS"))
    except ValueError as error:
        raise Problem(str(error)) from error


def install(say: Callable[[str], None]) -> None:
    """The servers' environments and models, as far as they are not there yet."""
    chosen = families()
    lists = [_LOCAL / "analysis" / f"requirements-{family}.txt" for family in chosen]
    _make_environment("ministack", [_LOCAL / "laptop" / "ministack-requirements.txt"])
    _make_environment("analysis", lists)
    say(f"Models: {', '.join(chosen)}.")
    options = ["--models", str(MODELS), "--families", ",".join(chosen)]
    done = subprocess.run(
        [str(ANALYSIS_PYTHON), "-m", "analysis.install", *options],
        env={**os.environ, "PYTHONPATH": str(_LOCAL)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(f"the models could not be installed: {_last_line(done.stderr)}")
    if done.stdout.strip():
        say(done.stdout.strip())


def choose_ports(places: Places) -> Ports:
    """MIE_PORT, or the ports of last time as long as they are free, or any free ones."""
    fixed = os.environ.get("MIE_PORT")
    if fixed is not None and not (fixed.isascii() and fixed.isdigit() and 0 < int(fixed) < 65536):
        raise Problem(f"MIE_PORT must be a port number from 1 to 65535, not {fixed!r}")
    if fixed is not None and not _is_free(int(fixed)):
        raise Problem(f"port {fixed}, which MIE_PORT asks for, is in use")
    before = _remembered(places)
    ports = Ports(
        int(fixed) if fixed else _free_port(before.get("ministack")),
        _free_port(before.get("analysis")),
    )
    _remember(places, {"ministack": ports.ministack, "analysis": ports.analysis})
    return ports


def start_analysis(places: Places, ports: Ports) -> None:
    options = [
        *("--host", _HOST, "--port", str(ports.analysis)),
        *("--s3-endpoint", ports.endpoint_url, "--models", str(MODELS)),
        *("--state", str(places.analysis)),
    ]
    log = places.logs / "analysis.log"
    command = [str(ANALYSIS_PYTHON), *SERVERS["analysis"], *options]
    environment = {"PYTHONPATH": str(_LOCAL), **_FEW_HEAPS}
    pid = processes.start(command, environment, places.state, log)
    _wait(pid, f"{ports.analysis_url}/health", "the analysis server", log)


def start_ministack(places: Places, ports: Ports) -> None:
    environment = {
        "PYTHONPATH": str(_LOCAL),
        **_FEW_HEAPS,
        "GATEWAY_PORT": str(ports.ministack),
        "BIND_HOST": _HOST,
        "MINISTACK_HOST": _HOST,
        # roles are evaluated: what a template does not allow fails here as it does on AWS
        "AUTH": "true",
        # signatures are verified with these, whatever keys of AWS the shell has
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_SESSION_TOKEN": "",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(places.services),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(places.objects),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(places.temporary),
        # whatever the shell says: from modules that are compiled a function starts twice as fast
        "PYTHONDONTWRITEBYTECODE": "",
        # workers inherit this: it is all that tells the Lambdas where the AI services are
        **{f"AWS_ENDPOINT_URL_{service}": ports.analysis_url for service in ANALYSED},
    }
    for folder in (places.services, places.objects, places.temporary):
        folder.mkdir(parents=True, exist_ok=True)
    log = places.logs / "ministack.log"
    command = [str(MINISTACK_PYTHON), *SERVERS["ministack"]]
    pid = processes.start(command, environment, places.state, log)
    _wait(pid, f"{ports.endpoint_url}/_ministack/health", "MiniStack", log)


def start_search(places: Places) -> str:
    """The URL of the search node, once it answers. Raises SearchOff when it does not start."""
    log = places.logs / "opensearch.log"
    free = (
        one for one in search_node.candidates(_remembered(places).get("search")) if _is_free(one)
    )
    for port in itertools.islice(free, _NODE_TRIES):
        url = f"http://{_HOST}:{port}"
        pid = processes.start(search_node.command(places, port), {}, places.state, log)
        if _node_answers(pid, url, places):
            _remember(places, {"search": port})
            return url
        # another stack's node was quicker to take the port, or it has ended
        processes.stop(pid)
    reason = _last_line(log.read_text(errors="replace")) if log.exists() else "no port is free"
    raise search_node.SearchOff(
        f"OpenSearch did not start: {reason} (see {log}); run-local.sh up tries it again"
    )


def _node_answers(pid: int, url: str, places: Places) -> bool:
    deadline = time.monotonic() + _NODE_SECONDS
    while time.monotonic() < deadline and processes.is_alive(pid):
        if search_node.answers(url, places):
            return True
        time.sleep(0.2)
    return False


def _remembered(places: Places) -> dict[str, int]:
    """Server -> the port that it had last time."""
    return json.loads(places.ports.read_text()) if places.ports.exists() else {}


def _remember(places: Places, ports: dict[str, int]) -> None:
    places.state.mkdir(parents=True, exist_ok=True)
    places.ports.write_text(json.dumps({**_remembered(places), **ports}))


def _make_environment(name: str, requirements: list[Path]) -> None:
    script = ROOT / "deployment" / "environment.sh"
    command = ["bash", str(script), name, *map(str, requirements)]
    # modules that nobody imports, which are most, need no compiled twin on disk
    done = subprocess.run(command, env={**os.environ, "PIP_COMPILE": "no"}, check=False)
    if done.returncode:
        raise Problem(f"the environment {INSTALLED / name} could not be made")


def _free_port(preferred: int | None) -> int:
    if preferred is not None and _is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as servers do: a port whose last connections are only timing out is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _wait(pid: int, url: str, name: str, log: Path) -> None:
    http = urllib3.PoolManager(timeout=2, retries=False)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and processes.is_alive(pid):
        try:
            if http.request("GET", url).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            # nobody listens yet
            time.sleep(0.1)
    processes.stop(pid)
    raise Problem(
        f"{name} did not start: {_last_line(log.read_text(errors='replace'))} (see {log})"
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
