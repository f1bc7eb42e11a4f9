import pytest

from laptop import following
from laptop.places import Places
from laptop.problems import Interrupted, Problem, Unreachable
from laptop.signed_http import Answer

AWAY = 'Could not connect to the endpoint URL: "http://127.0.0.1:5/"'
EXECUTION = {"Id": "1a2b3c4d-0000", "Workflow": {"Name": "CasVideoWorkflow"}}


@pytest.fixture
def answers(monkeypatch):
    """What following an execution comes to, one after another; and the revivals."""
    given, revived = [], []

    class Engine:
        def __init__(self, facts):
            self.facts = facts

        def follow(self, _execution_id, _show):
            answer = given.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return {**answer, "by": self.facts}

        def execution(self, _execution_id):
            return {**EXECUTION, "Status": "Error", "Message": AWAY}

        @property
        def workflow(self):
            return self

        def request(self, _method, path, _body):
            revived.append(path)
            return Answer(200, {})

    def revive(_places, _say):
        revived.append(None)
        return f"facts {len(revived)}"

    monkeypatch.setattr(following, "Engine", Engine)
    monkeypatch.setattr(following.lifecycle, "revive", revive)
    return given


def test_ctrl_c_says_how_the_execution_can_be_found_again(answers):
    answers.append(KeyboardInterrupt())

    with pytest.raises(Interrupted) as sentence:
        following.follow("facts", EXECUTION)
    assert str(sentence.value) == (
        "CasVideoWorkflow goes on (execution 1a2b3c4d). "
        "run-local.sh follow 1a2b3c4d shows it again."
    )


def test_servers_that_die_are_started_again(answers, capsys):
    answers.extend([Unreachable("gone"), Unreachable("gone"), {"Status": "Complete"}])

    facts, ended = following.follow("facts", EXECUTION)
    assert facts == ended["by"] == "facts 2"
    assert capsys.readouterr().out.count("started again") == 2


def test_a_stop_by_another_command_is_told(answers, monkeypatch, tmp_path):
    monkeypatch.setattr(following, "places", lambda: Places(tmp_path))
    answers.append(Problem("GET /workflow/execution/1a2b3c4d answered 500"))

    with pytest.raises(Problem, match=r"the engine was stopped; run-local\.sh up lets"):
        following.follow("facts", EXECUTION)


def test_servers_that_die_again_and_again_are_a_problem(answers):
    answers.extend(Unreachable("gone") for _ in range(4))

    with pytest.raises(Unreachable):
        following.follow("facts", EXECUTION)


def test_an_execution_that_failed_because_a_server_was_away_goes_on(answers, capsys):
    answers.extend([{"Status": "Error", "Message": AWAY}, {"Status": "Complete"}])

    _, ended = following.follow("facts", EXECUTION)
    assert ended["Status"] == "Complete"
    assert capsys.readouterr().out == (
        "Execution 1a2b3c4d failed because a server was away; it goes on.\n"
    )


def test_an_execution_that_failed_for_another_reason_has_failed(answers):
    answers.append({"Status": "Error", "Message": "no such picture"})

    assert following.follow("facts", EXECUTION)[1]["Status"] == "Error"
