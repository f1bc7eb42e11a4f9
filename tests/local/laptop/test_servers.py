import json
import socket

import pytest

from laptop import servers
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


def test_the_ports_of_last_time_are_taken_again(tmp_path, monkeypatch):
    monkeypatch.delenv("MIE_PORT", raising=False)
    first = servers.choose_ports(Places(tmp_path))

    assert servers.choose_ports(Places(tmp_path)) == first


def test_other_ports_are_taken_when_those_of_last_time_are_in_use(tmp_path, monkeypatch, taken):
    monkeypatch.delenv("MIE_PORT", raising=False)
    Places(tmp_path).ports.write_text(json.dumps({"ministack": taken, "analysis": taken}))

    ports = servers.choose_ports(Places(tmp_path))

    assert taken not in (ports.ministack, ports.analysis)


def test_mie_port_fixes_the_port(tmp_path, monkeypatch):
    wanted = free_port()
    monkeypatch.setenv("MIE_PORT", str(wanted))

    assert servers.choose_ports(Places(tmp_path)).endpoint_url == f"http://127.0.0.1:{wanted}"


def test_a_fixed_port_that_is_in_use_is_refused(tmp_path, monkeypatch, taken):
    monkeypatch.setenv("MIE_PORT", str(taken))

    with pytest.raises(Problem, match=f"port {taken}.* is in use"):
        servers.choose_ports(Places(tmp_path))


@pytest.mark.parametrize("value", ["", "http", "0", "65536", "-1", "²", "80 80"])
def test_a_fixed_port_that_is_no_port_is_refused(tmp_path, monkeypatch, value):
    monkeypatch.setenv("MIE_PORT", value)

    with pytest.raises(Problem, match="MIE_PORT must be a port number"):
        servers.choose_ports(Places(tmp_path))


def test_the_families_of_models_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("MIE_LOCAL_MODELS", "text,vision")
    assert servers.families() == ("core", "vision", "text")


def test_a_wrong_family_is_a_sentence(monkeypatch):
    monkeypatch.setenv("MIE_LOCAL_MODELS", "visions")
    with pytest.raises(Problem, match="not 'visions'"):
        servers.families()


def test_the_local_aws_has_its_own_keys_whatever_the_shell_has(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(servers.processes, "start", lambda *given: started.append(given) or 1)
    monkeypatch.setattr(servers, "_wait", lambda *_: None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "of AWS")

    servers.start_ministack(Places(tmp_path), servers.Ports(1, 2))

    environment = started[0][1]
    assert environment["AWS_ACCESS_KEY_ID"] == environment["AWS_SECRET_ACCESS_KEY"] == "test"
    assert environment["AWS_SESSION_TOKEN"] == ""
