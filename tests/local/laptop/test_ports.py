import json
import socket

import pytest

from laptop import ports
from laptop.places import Places
from laptop.problems import Problem


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def choose(folder, wanted=None, running=()):
    return ports.choose(Places(folder), wanted, dict(running))


def test_the_ports_of_last_time_are_taken_again(tmp_path):
    first = choose(tmp_path)
    ports.remember(Places(tmp_path), {"ministack": first.ministack, "analysis": first.analysis})

    assert choose(tmp_path) == first


def test_other_ports_are_taken_when_those_of_last_time_are_in_use(tmp_path, taken):
    ports.remember(Places(tmp_path), {"ministack": taken, "analysis": taken})

    chosen = choose(tmp_path)

    assert taken not in (chosen.ministack, chosen.analysis)


def test_what_runs_keeps_its_port(tmp_path, taken):
    chosen = choose(tmp_path, running={"ministack": taken, "analysis": taken + 1})

    assert (chosen.ministack, chosen.analysis) == (taken, taken + 1)


def test_a_wanted_port_is_taken(tmp_path, taken):
    wanted = free_port()

    assert choose(tmp_path, wanted).endpoint_url == f"http://127.0.0.1:{wanted}"
    assert choose(tmp_path, wanted, {"ministack": taken}).ministack == wanted


def test_a_wanted_port_that_is_in_use_is_refused(tmp_path, taken):
    with pytest.raises(Problem, match=f"port {taken}.* is in use"):
        choose(tmp_path, taken)


def test_a_wanted_port_that_the_stack_itself_uses_is_right(tmp_path, taken):
    assert choose(tmp_path, taken, {"ministack": taken}).ministack == taken


@pytest.mark.parametrize("content", ["", '{"minis', "[]", '{"ministack": "x", "analysis": -1}'])
def test_a_file_that_was_damaged_does_not_matter(tmp_path, content):
    Places(tmp_path).ports.write_text(content)

    assert choose(tmp_path).ministack > 0


def test_other_ports_stay_remembered(tmp_path):
    ports.remember(Places(tmp_path), {"search": 9201})
    ports.remember(Places(tmp_path), {"ministack": 4000})

    assert json.loads(Places(tmp_path).ports.read_text()) == {"search": 9201, "ministack": 4000}
