"""OpenSearch on this machine: a real node, where there is a Java that can run it.

It is fetched once, by Maven, into ``.mie/opensearch``, and is no part of what must be there: the
engine runs without search, too, and says why.
"""

import hashlib
import os
import random
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import urllib3

from laptop.places import OPENSEARCH_LIBRARIES, ROOT, Places
from laptop.ports import HOST
from laptop.processes import Found
from laptop.programs import Programs
from laptop.settings import SEARCH

# what the node's process is known by
PROGRAM = ("org.codelibs.opensearch.runner.OpenSearchRunner",)
# the ports that this program takes
PORTS = range(9201, 9300)
_SOURCE = ROOT / "source" / "local" / "opensearch"
_LEAST_JAVA = 17
_REMEDY = f"install Java {_LEAST_JAVA} or newer and Maven, then run-local.sh up"
# a laptop has other things to do: the heap begins small and stays close to what it holds, and code
# is compiled once, quickly
_OPTIONS = (
    *("-Xms32m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:MaxNewSize=16m"),
    *("-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20", "-XX:TieredStopAtLevel=1"),
)


class SearchOff(Exception):
    """Why there is no search, in words that end in what to do about it."""


def prepare(wanted: str, programs: Programs) -> None:
    """Fetches the node unless it is there. Raises SearchOff where there cannot be one.

    wanted: what MIE_SEARCH asks for.
    """
    if wanted == "off":
        raise SearchOff(f"{SEARCH}=off asks for it; {SEARCH}=auto turns it on")
    _check_java()
    digest = _digest()
    if _is_complete(digest):
        return
    if shutil.which("mvn") is None:
        raise SearchOff(f"there is no Maven to fetch OpenSearch with; {_REMEDY}")
    OPENSEARCH_LIBRARIES.parent.mkdir(parents=True, exist_ok=True)
    with OPENSEARCH_LIBRARIES.with_suffix(".lock").open("w") as lock:
        # of two stacks that start at once, one fetches
        programs.hold(lock)
        if not _is_complete(digest):
            programs.say("Fetching OpenSearch …")
            _fetch(programs)
            (OPENSEARCH_LIBRARIES / "complete").write_text(digest)


def fetch_early(wanted: str, programs: Programs) -> None:
    """Fetches the node while other things are installed; what is in its way is said at its turn."""
    try:
        prepare(wanted, programs)
    except SearchOff:
        return


def command(places: Places, port: int) -> list[str]:
    """What runs the node at a port, with its data below the state folder."""
    folder = places.search
    return [
        *(_java(), *_OPTIONS, "-cp", f"{OPENSEARCH_LIBRARIES}{os.sep}*", *PROGRAM),
        *("-basePath", str(folder), "-confPath", str(_SOURCE / "config")),
        *("-dataPath", str(folder), "-logsPath", str(folder / "logs")),
        # the program takes the port behind this one
        *("-numOfNode", "1", "-baseHttpPort", str(port - 1)),
        *("-clusterName", cluster_name(places)),
    ]


def url_of(found: Found) -> str:
    """Where a node that runs is to be found."""
    base = found.command[found.command.index("-baseHttpPort") + 1]
    return f"http://{HOST}:{int(base) + 1}"


def cluster_name(places: Places) -> str:
    """Tells the nodes of stacks apart."""
    return f"mie-{hashlib.sha256(str(places.state).encode()).hexdigest()[:12]}"


def candidates(before: int | None) -> Sequence[int]:
    """Ports to try, that of last time first; the others shuffled, so that stacks differ."""
    shuffled = random.sample(PORTS, len(PORTS))
    return [before, *shuffled] if before in PORTS else shuffled


def answers(url: str, places: Places) -> bool:
    """Whether this stack's own node is there, not that of another stack, and can be searched."""
    try:
        health = urllib3.request("GET", f"{url}/_cluster/health", timeout=2, retries=False).json()
    except (urllib3.exceptions.HTTPError, ValueError):
        # nobody listens yet, or something else does
        return False
    # red: what was kept is still being opened
    return (
        isinstance(health, dict)
        and health.get("cluster_name") == cluster_name(places)
        and health.get("status") in ("green", "yellow")
    )


def _check_java() -> None:
    program = _java()
    if shutil.which(program) is None:
        raise SearchOff(f"there is no Java to run OpenSearch with; {_REMEDY}")
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    # macOS has a program of that name that only says where to find a Java
    found = re.search(r'version "(\d+)', done.stderr)
    if done.returncode or found is None:
        raise SearchOff(f"'{program}' does not run; {_REMEDY}")
    if int(found[1]) < _LEAST_JAVA:
        raise SearchOff(f"OpenSearch needs Java {_LEAST_JAVA}, this is {found[1]}; {_REMEDY}")


def _java() -> str:
    """JAVA_HOME's, which Maven uses too, else that of PATH."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def _fetch(programs: Programs) -> None:
    shutil.rmtree(OPENSEARCH_LIBRARIES, ignore_errors=True)
    ended = programs.run(
        [
            *("mvn", "--quiet", "--batch-mode", "--file", str(_SOURCE / "pom.xml")),
            *("dependency:copy-dependencies", f"-DoutputDirectory={OPENSEARCH_LIBRARIES}"),
        ]
    )
    if ended.status:
        errors = [line for line in ended.output.splitlines() if line.startswith("[ERROR]")]
        reason = errors[0].removeprefix("[ERROR]").strip() if errors else "it gave no reason"
        raise SearchOff(
            f"Maven could not fetch OpenSearch ({reason}); run-local.sh up tries it again"
        )


def _digest() -> str:
    return hashlib.sha256((_SOURCE / "pom.xml").read_bytes()).hexdigest()


def _is_complete(wanted: str) -> bool:
    marker = OPENSEARCH_LIBRARIES / "complete"
    return marker.exists() and marker.read_text() == wanted
