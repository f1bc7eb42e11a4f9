"""Workflows that an update of their operators has left behind."""

import pytest

from laptop import stale

OURS = "arn:aws:cloudformation:us-east-1:000000000000:stack/mie-video-workflow/1"
OTHERS = "arn:aws:cloudformation:us-east-1:000000000000:stack/mine/1"


class Engine:
    """rebuilt: the names that were asked for."""

    def __init__(self, *workflows):
        self.workflows, self.rebuilt = workflows, []

    def stale_workflows(self):
        return list(self.workflows)

    def rebuild(self, workflow):
        self.rebuilt.append(workflow)


def workflow(name, **more):
    return {"Name": name, "StaleOperations": ["a"], "StaleStages": ["s", "t"], **more}


def test_workflows_that_come_with_the_engine_follow_it():
    engine = Engine(workflow("ours", StackId=OURS))
    stale.bring_up_to_date(engine)
    assert engine.rebuilt == ["ours"]


@pytest.mark.parametrize("owner", [{}, {"StackId": OTHERS}])
def test_workflows_of_others_are_left_to_them(owner):
    engine = Engine(workflow("theirs", **owner))
    stale.bring_up_to_date(engine)
    assert engine.rebuilt == []


def test_a_stale_workflow_is_told_with_the_command_that_builds_it_anew():
    lines = list(stale.told([workflow("theirs")], "awscurl --region here", "http://api"))
    assert lines == [
        "The workflow theirs is stale (operator a, stage s, stage t changed or deleted since) and "
        "runs as it was built. This builds it anew:",
        """  awscurl --region here -X PUT --data '{"Name":"theirs"}' http://api/workflow""",
    ]
