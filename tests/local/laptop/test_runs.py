from laptop.runs import looked_at_often


def test_every_operator_of_a_workflow_is_asked_about_often():
    stages = {"one": {"Operations": ["a", "b"]}, "two": {"Operations": ["a"]}}
    often = {"PollSeconds": 2, "MaxPollSeconds": 5, "TimeoutSeconds": 12_000}

    assert looked_at_often({"Stages": stages}) == {
        "one": {"a": often, "b": often},
        "two": {"a": often},
    }
