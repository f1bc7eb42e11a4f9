"""The search node of a stack, which is started, left alone or stopped as it is wanted."""

import itertools
import time

from laptop import ports, processes, search_node
from laptop.facts import Facts
from laptop.places import Places
from laptop.ports import HOST
from laptop.problems import Problem
from laptop.processes import Found
from laptop.programs import Programs, Say
from laptop.search_node import SearchOff
from laptop.servers import last_line

# a node is there after ten, on a machine that does nothing else
_NODE_SECONDS = 120
_NODE_TRIES = 3


def bring(
    places: Places, found: Found | None, wanted: str, known: Facts | None, say: Say
) -> str | None:
    """The URL of the search node, which is started or stopped as it is wanted; None without.

    found: the node that runs. wanted: what MIE_SEARCH asks for. Raises Problem where search is
    asked for and cannot be had.
    """
    if wanted != "off" and found and search_node.answers(url := search_node.url_of(found), places):
        return url
    try:
        search_node.prepare(wanted, Programs(say))
        if found:
            processes.stop(found.pid)
        say("Starting OpenSearch …")
        return _start(places)
    except SearchOff as off:
        if found and processes.is_alive(found.pid):
            processes.stop(found.pid)
        if wanted == "on":
            raise Problem(str(off)) from off
        # said once, and again when it changes
        if known is None or known.opensearch_url:
            say(f"Search is off; {off}.")
        return None


def _start(places: Places) -> str:
    """The URL of the search node, once it answers. Raises SearchOff when it does not start."""
    log = places.logs / "opensearch.log"
    free = (
        one
        for one in search_node.candidates(ports.remembered(places).get("search"))
        if ports.is_free(one)
    )
    for port in itertools.islice(free, _NODE_TRIES):
        url = f"http://{HOST}:{port}"
        pid = processes.start(search_node.command(places, port), {}, places.state, log)
        if _node_answers(pid, url, places):
            ports.remember(places, {"search": port})
            return url
        # another stack's node was quicker to take the port, or it has ended
        processes.stop(pid)
    reason = last_line(log.read_text(errors="replace")) if log.exists() else "no port is free"
    raise SearchOff(
        f"OpenSearch did not start: {reason} (see {log}); run-local.sh up tries it again"
    )


def _node_answers(pid: int, url: str, places: Places) -> bool:
    deadline = time.monotonic() + _NODE_SECONDS
    while time.monotonic() < deadline and processes.is_alive(pid):
        if search_node.answers(url, places):
            return True
        time.sleep(0.2)
    return False
