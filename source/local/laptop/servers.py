"""The servers of a local stack: MiniStack, which is AWS here, the analysis server, and search."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import urllib3

from laptop import build, processes, search_node
from laptop.facts import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from laptop.places import ANALYSIS_PYTHON, MINISTACK_PYTHON, MODELS, ROOT, Places
from laptop.ports import HOST, Ports
from laptop.problems import Problem
from laptop.processes import Found

# server -> what of its command it is known by; they are stopped in this order
SERVERS = {
    "ministack": ("-m", "local_aws"),
    "analysis": ("-m", "analysis"),
    "opensearch": search_node.PROGRAM,
}
# server -> what a person calls it
NAMES = {"ministack": "MiniStack", "analysis": "the analysis server", "opensearch": "OpenSearch"}
# the services that the analysis server answers for, as the SDKs' variables call them
ANALYSED = ("REKOGNITION", "TRANSCRIBE", "COMPREHEND", "TRANSLATE", "POLLY", "MEDIACONVERT")
# without search a stack is whole
ESSENTIAL = ("ministack", "analysis")
_SOURCES = "MIE_SERVER_SOURCES"
_LOCAL = ROOT / "source" / "local"
_START_SECONDS = 60
# each thread's own heap would keep what passed through it
_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}
# a server that is busy answers late; one that is silent for so long will not answer at all
_SILENT_SECONDS = 20
_REQUEST_SECONDS = 5


def find(places: Places) -> dict[str, Found]:
    """Server -> its process, of those that run."""
    return processes.find(SERVERS, places.state)


def title(server: str) -> str:
    """Its name at the beginning of a sentence."""
    return NAMES[server][0].upper() + NAMES[server][1:]


def silent(found: Mapping[str, Found], seconds: float = _SILENT_SECONDS) -> list[str]:
    """Essential servers that run and answer no request, for longer than a busy one needs."""
    taken = ports_of(found)
    chosen = Ports(taken.get("ministack", 0), taken.get("analysis", 0))
    return [
        one
        for one in ESSENTIAL
        if one in found and not answers(found[one].pid, health_url(one, chosen), seconds)
    ]


def ports_of(found: Mapping[str, Found]) -> dict[str, int]:
    """Server -> the port at which it runs, of the essential ones."""
    taken = {}
    if "ministack" in found:
        port = found["ministack"].environment.get("GATEWAY_PORT", "")
        taken["ministack"] = int(port) if port.isdecimal() else 0
    if "analysis" in found:
        taken["analysis"] = _option(found["analysis"].command, "--port")
    return {server: port for server, port in taken.items() if port}


def analysis_command(places: Places, chosen: Ports, families: Iterable[str]) -> list[str]:
    return [
        *(str(ANALYSIS_PYTHON), *SERVERS["analysis"]),
        *("--host", HOST, "--port", str(chosen.analysis)),
        *("--s3-endpoint", chosen.endpoint_url, "--models", str(MODELS)),
        *("--state", str(places.analysis), "--families", ",".join(families)),
    ]


def analysis_environment() -> dict[str, str]:
    return {
        "PYTHONPATH": str(_LOCAL),
        **_FEW_HEAPS,
        _SOURCES: _sources_of("analysis"),
    }


def start_analysis(places: Places, chosen: Ports, families: Iterable[str]) -> None:
    log = places.logs / "analysis.log"
    command = analysis_command(places, chosen, families)
    pid = processes.start(command, analysis_environment(), places.state, log)
    _wait(pid, health_url("analysis", chosen), NAMES["analysis"], log)


def ministack_environment(places: Places, chosen: Ports) -> dict[str, str]:
    return {
        "PYTHONPATH": str(_LOCAL),
        **_FEW_HEAPS,
        "GATEWAY_PORT": str(chosen.ministack),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
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
        _SOURCES: _sources_of("local_aws"),
        # workers inherit this: it is all that tells the Lambdas where the AI services are
        **{f"AWS_ENDPOINT_URL_{service}": chosen.analysis_url for service in ANALYSED},
    }


def start_ministack(places: Places, chosen: Ports) -> None:
    # of functions that have ended with the one before
    processes.remove_aside(places.temporary)
    for folder in (places.services, places.objects, places.temporary):
        folder.mkdir(parents=True, exist_ok=True)
    log = places.logs / "ministack.log"
    command = [str(MINISTACK_PYTHON), *SERVERS["ministack"]]
    environment = ministack_environment(places, chosen)
    pid = processes.start(command, environment, places.state, log)
    _wait(pid, health_url("ministack", chosen), NAMES["ministack"], log)


def health_url(server: str, chosen: Ports) -> str:
    """The request that an essential server answers as long as it does its work."""
    if server == "ministack":
        return f"{chosen.endpoint_url}/_ministack/health"
    return f"{chosen.analysis_url}/health"


def answers(pid: int, url: str, seconds: float) -> bool:
    """Whether a server that runs answers within that time."""
    http = urllib3.PoolManager(timeout=min(seconds, _REQUEST_SECONDS), retries=False)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and processes.is_alive(pid):
        try:
            if http.request("GET", url).status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            # nobody listens yet, or it is busy
            pass
        time.sleep(0.1)
    return False


def _sources_of(package: str) -> str:
    """Differs for servers of other sources, as they are after an update of the checkout."""
    folder = _LOCAL / package
    return build.digest(folder, (one for one in folder.rglob("*") if one.suffix in (".py", ".txt")))


def _wait(pid: int, url: str, name: str, log: Path) -> None:
    if answers(pid, url, _START_SECONDS):
        return
    processes.stop(pid)
    raise Problem(f"{name} did not start: {last_line(log.read_text(errors='replace'))} (see {log})")


def _option(command: tuple[str, ...], name: str) -> int:
    """The port that an option of a command names; 0 for none."""
    value = command[command.index(name) + 1 :][:1] if name in command else ()
    return int(value[0]) if value and value[0].isdecimal() else 0


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
