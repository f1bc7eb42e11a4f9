"""When the search node of a stack is started, left alone and stopped."""

import pytest

from laptop import processes, search, search_node
from laptop.facts import Facts
from laptop.places import Places
from laptop.problems import Problem
from laptop.processes import Found

URL = "http://127.0.0.1:9299"
RUNS = Found(3, ("java", "-baseHttpPort", "9298"), {})


@pytest.fixture
def node(monkeypatch):
    """A node that can be had, unless ``reason`` is set. stopped: pids."""

    class Node:
        reason, answers = None, False

        def __init__(self):
            self.stopped = []

        def prepare(self, *_):
            if self.reason:
                raise search_node.SearchOff(self.reason)

    made = Node()
    monkeypatch.setattr(search_node, "prepare", made.prepare)
    monkeypatch.setattr(search_node, "answers", lambda url, _: made.answers and url == URL)
    monkeypatch.setattr(search, "_start", lambda _: URL)
    monkeypatch.setattr(processes, "is_alive", lambda _: True)
    monkeypatch.setattr(processes, "stop", lambda pid: not made.stopped.append(pid))
    return made


def known(opensearch_url):
    return Facts("", "", "", "", "", "", "", "", "", opensearch_url, {})


def bring(tmp_path, found, wanted="auto", url=URL, say=[].append):
    return search.bring(Places(tmp_path), found, wanted, known(url), say)


def test_a_node_that_runs_is_left_alone(node, tmp_path):
    # nor is Java asked, which takes a while
    node.answers, node.reason = True, "not asked"
    assert bring(tmp_path, RUNS) == URL
    assert node.stopped == []


def test_a_node_that_does_not_answer_is_started_anew(node, tmp_path):
    assert bring(tmp_path, RUNS) == URL
    assert node.stopped == [3]


def test_a_node_that_has_ended_is_started(node, tmp_path):
    assert bring(tmp_path, None) == URL
    assert node.stopped == []


def test_where_there_can_be_no_node_one_line_says_so_once_and_what_runs_is_stopped(node, tmp_path):
    node.reason, said = "there is no Java; install it", []
    assert bring(tmp_path, RUNS, say=said.append) is None
    assert node.stopped == [3]
    assert said == ["Search is off; there is no Java; install it."]

    assert bring(tmp_path, None, url=None, say=said.append) is None
    assert len(said) == 1


def test_a_node_that_is_no_longer_wanted_is_stopped(node, tmp_path):
    node.answers, node.reason = True, "MIE_SEARCH=off asks for it"
    assert bring(tmp_path, RUNS, "off") is None
    assert node.stopped == [3]


def test_a_node_that_is_asked_for_must_be_had(node, tmp_path):
    node.reason = "there is no Java"
    with pytest.raises(Problem, match="there is no Java"):
        bring(tmp_path, None, "on")
