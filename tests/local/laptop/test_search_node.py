"""When there is a search node, and why there is none; programs of that name stand in for Java."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from laptop import search_node
from laptop.places import Places
from laptop.processes import Found
from laptop.programs import Programs

JAVA = "echo 'openjdk version \"{}\" 2025-04-15' >&2"
MAVEN = """
for one in "$@"; do
  case $one in -DoutputDirectory=*) mkdir -p "${one#*=}" && touch "${one#*=}/node.jar" ;; esac
done
echo once >> "$(dirname "$0")/fetched"
"""


class Machine:
    """A machine that has just these programs."""

    def __init__(self, folder):
        self.folder = folder

    def has(self, name, script):
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    @property
    def fetches(self):
        fetched = self.folder / "fetched"
        return len(fetched.read_text().split()) if fetched.exists() else 0


@pytest.fixture
def machine(tmp_path, monkeypatch):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("mkdir", "touch", "dirname"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(search_node, "OPENSEARCH_LIBRARIES", tmp_path / "opensearch" / "lib")
    return Machine(programs)


def prepare(wanted="auto", say=lambda _: None):
    search_node.prepare(wanted, Programs(say))


def why_not(wanted="auto"):
    with pytest.raises(search_node.SearchOff) as off:
        prepare(wanted)
    return str(off.value)


def test_without_java_there_is_no_search(machine):
    assert "there is no Java" in why_not()
    assert "install Java 17 or newer and Maven, then run-local.sh up" in why_not()


@pytest.mark.parametrize(
    ("version", "said"), [("11.0.2", "this is 11"), ("1.8.0_292", "this is 1")]
)
def test_an_old_java_does_not_do(machine, version, said):
    machine.has("java", JAVA.format(version))
    assert said in why_not()


def test_a_program_that_only_looks_like_java_does_not_do(machine):
    machine.has("java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")
    assert "does not run" in why_not()


def test_without_maven_there_is_no_search(machine):
    machine.has("java", JAVA.format("17.0.15"))
    assert "there is no Maven" in why_not()


def test_the_node_is_fetched_once(machine):
    machine.has("java", JAVA.format("21"))
    machine.has("mvn", MAVEN)
    said = []

    prepare(say=said.append)
    prepare(say=said.append)

    assert machine.fetches == 1
    assert said == ["Fetching OpenSearch …"]


def test_a_node_that_is_there_needs_no_maven(machine):
    machine.has("java", JAVA.format("17.0.15"))
    machine.has("mvn", MAVEN)
    prepare()
    (machine.folder / "mvn").unlink()

    prepare()


def test_a_node_of_another_version_is_fetched_anew(machine, monkeypatch):
    machine.has("java", JAVA.format("17.0.15"))
    machine.has("mvn", MAVEN)
    prepare()
    monkeypatch.setattr(search_node, "_digest", lambda: "another")

    prepare()

    assert machine.fetches == 2


def test_what_maven_could_not_fetch_is_told_and_tried_again(machine):
    machine.has("java", JAVA.format("17.0.15"))
    machine.has("mvn", "echo '[ERROR] no route to host'; echo '[ERROR] more'; exit 1")
    assert "Maven could not fetch OpenSearch (no route to host)" in why_not()
    machine.has("mvn", MAVEN)
    prepare()
    assert machine.fetches == 1


def test_search_can_be_turned_off(machine):
    machine.has("java", JAVA.format("17.0.15"))
    machine.has("mvn", MAVEN)
    assert "MIE_SEARCH=off" in why_not("off")
    assert machine.fetches == 0


def test_what_is_fetched_early_is_not_told_when_it_cannot_be(machine):
    search_node.fetch_early("auto", Programs(lambda _: None))
    machine.has("java", JAVA.format("17.0.15"))
    machine.has("mvn", MAVEN)
    search_node.fetch_early("auto", Programs(lambda _: None))
    assert machine.fetches == 1


def test_the_port_of_last_time_is_tried_first():
    candidates = search_node.candidates(9240)
    assert candidates[0] == 9240
    assert set(candidates) == set(search_node.PORTS)
    assert set(search_node.candidates(80)) == set(search_node.PORTS)


def test_the_node_keeps_its_data_below_the_state_and_is_bounded(tmp_path):
    places = Places(tmp_path)
    command = search_node.command(places, 9240)
    assert command[command.index("-dataPath") + 1] == str(tmp_path / "opensearch" / "data")
    # the program listens at the port behind this one
    assert command[command.index("-baseHttpPort") + 1] == "9239"
    assert "-Xmx512m" in command
    assert places.search in places.forgettable()


@contextlib.contextmanager
def answering(body):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def health(places, status="green"):
    return json.dumps({"cluster_name": search_node.cluster_name(places), "status": status}).encode()


def test_the_node_of_another_stack_is_not_ours(tmp_path):
    ours, other = Places(tmp_path / "a"), Places(tmp_path / "b")
    with answering(health(ours)) as url:
        assert search_node.answers(url, ours)
        assert not search_node.answers(url, other)
    assert not search_node.answers(url, ours)


def test_a_node_that_still_opens_its_data_cannot_be_searched(tmp_path):
    with answering(health(Places(tmp_path), "red")) as url:
        assert not search_node.answers(url, Places(tmp_path))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b"1"])
def test_another_server_is_not_ours(tmp_path, body):
    with answering(body) as url:
        assert not search_node.answers(url, Places(tmp_path))


def test_where_a_node_that_runs_is_to_be_found_is_read_from_its_command(tmp_path):
    command = search_node.command(Places(tmp_path), 9240)
    assert search_node.url_of(Found(1, tuple(command), {})) == "http://127.0.0.1:9240"
