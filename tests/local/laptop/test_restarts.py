import pytest

from laptop import restarts, servers
from laptop.places import Places
from laptop.ports import Ports
from laptop.processes import Found

PLACES = Places(servers.ROOT / "state")
PORTS = Ports(4000, 4001)
OTHER = "was started by an earlier version or with other settings"
CORE, MORE = ("core",), ("core", "vision")


def ministack(ports=PORTS, **environment):
    environment = {"HOME": "/", **servers.ministack_environment(PLACES, ports), **environment}
    return Found(1, ("python", "-m", "local_aws"), environment)


def analysis(ports=PORTS, families=CORE):
    command = servers.analysis_command(PLACES, ports, families)
    return Found(2, tuple(command), servers.analysis_environment())


def planned(found, silent=(), wanted=PORTS, families=CORE):
    return restarts.plan(PLACES, found, silent, wanted, families)


BOTH = {"ministack": ministack(), "analysis": analysis()}


def test_what_runs_as_it_was_chosen_is_left_alone():
    plan = planned(BOTH)

    assert plan.due == {}
    assert not plan.disturbs


@pytest.mark.parametrize("dead", ["ministack", "analysis"])
def test_a_server_that_has_ended_is_started_alone(dead):
    plan = planned({name: found for name, found in BOTH.items() if name != dead})

    assert plan.due == {dead: "has ended"}
    assert not plan.disturbs


def test_a_server_that_answers_nothing_is_started_again():
    plan = planned(BOTH, silent=["ministack"])

    assert plan.due == {"ministack": "answers no request"}
    # of it nobody can be asked
    assert not plan.disturbs


@pytest.mark.parametrize(("before", "after"), [(CORE, MORE), (MORE, CORE)])
def test_other_models_need_another_analysis_server_only(before, after):
    found = {"ministack": ministack(), "analysis": analysis(families=before)}
    plan = planned(found, families=after)

    assert plan.due == {"analysis": f"gets the models of {', '.join(after)}"}
    assert plan.disturbs


def test_another_port_is_told_to_the_analysis_server_too():
    assert planned(BOTH, wanted=Ports(5000, 4001)).due == {
        "ministack": "goes to port 5000",
        "analysis": "has to know port 5000",
    }


def test_the_local_aws_is_told_where_the_analysis_server_has_gone():
    # its port was taken by another program while it did not run
    plan = planned({"ministack": ministack()}, wanted=Ports(4000, 5001))

    assert plan.due == {
        "ministack": OTHER,
        "analysis": "has ended",
    }


def test_a_server_of_an_earlier_release_is_started_again():
    older = ministack(AWS_SECRET_ACCESS_KEY="another")
    plan = planned({**BOTH, "ministack": older})

    assert plan.due == {"ministack": OTHER}


def test_servers_of_other_sources_are_started_again(tmp_path, monkeypatch):
    for package in ("local_aws", "analysis"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "module.py").write_text("x = 1")
    monkeypatch.setattr(servers, "_LOCAL", tmp_path)
    found = {"ministack": ministack(), "analysis": analysis()}
    assert planned(found).due == {}

    (tmp_path / "analysis" / "module.py").write_text("x = 2")

    assert planned(found).due == {"analysis": OTHER}


def test_the_ports_of_servers_are_read_from_what_they_were_started_with():
    assert servers.ports_of(BOTH) == {"ministack": 4000, "analysis": 4001}
    assert servers.ports_of({"ministack": Found(1, (), {})}) == {}
