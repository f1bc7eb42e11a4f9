"""What the results of a stage mean for its execution."""

import copy
import itertools
import random

import pytest

from mie.core import executions, rollup
from mie.core.definitions import Stamp
from mie.core.storable import fault

IMAGE = {"S3Bucket": "b", "S3Key": "k.jpg"}
TEXT = {"S3Bucket": "b", "S3Key": "t.txt"}


def stage(operators, **link):
    return {
        "Operations": list(operators),
        "Configuration": {one: {"MediaType": "Image", "Enabled": True} for one in operators},
        **link,
    }


def execution(operators=("faces", "labels"), following=True):
    stages = {"First": stage(operators, Next="Second"), "Second": stage(["text"], End=True)}
    if not following:
        stages = {"First": stage(operators, End=True)}
    workflow = {"Name": "W", "StartAt": "First", "Stages": stages}
    return executions.new_execution(workflow, "asset", {"Image": IMAGE}, {}, Stamp("run", "1"))


def result(name, status="Complete", media=None, metadata=None):
    return {
        "Name": name,
        "Status": status,
        "Input": {"Media": {"Image": IMAGE}, "MetaData": {}},
        "Media": media or {},
        "MetaData": metadata or {},
    }


def settle(outputs, record=None):
    return rollup.settle_stage(record or execution(), "First", outputs)


# The normal path


@pytest.mark.parametrize("following", [True, False])
@pytest.mark.parametrize("status", ["Waiting", "Resumed"])
def test_a_stage_that_ends_while_its_execution_waits_fails(status, following):
    record = {**execution(following=following), "Status": status}
    settled = settle([result("faces"), result("labels")], record)
    assert (settled.status, settled.current_stage) == ("Error", "End")
    assert settled.following is None
    assert settled.stage["Status"] == "Error"
    assert f"the execution is {status} although its operators have ended" in settled.message
    # a reason of its own comes first
    settled = settle([result("faces", "Error"), result("labels")], record)
    assert "although" not in settled.message


def test_a_complete_stage_hands_over_to_the_next_one():
    settled = settle([result("faces", media={"Text": TEXT}), result("labels", metadata={"a": 1})])

    assert settled.stage["Status"] == "Complete"
    assert (settled.current_stage, settled.status, settled.message) == ("Second", None, None)
    assert settled.globals == {"Media": {"Image": IMAGE, "Text": TEXT}, "MetaData": {"a": 1}}
    assert settled.following["Status"] == "Started"
    assert settled.following["Input"] == settled.globals
    assert settled.following["Name"] == "Second"


def test_the_last_stage_completes_the_execution():
    settled = settle([result("faces"), result("labels")], execution(following=False))
    assert (settled.current_stage, settled.status, settled.following) == ("End", "Complete", None)


def test_a_stage_of_skipped_operators_is_complete():
    settled = settle([result("faces", "Skipped"), result("labels", "Skipped")])
    assert settled.stage["Status"] == "Complete"
    assert settled.globals == execution()["Globals"]


def test_results_are_stored_without_the_input_that_the_stage_keeps():
    settled = settle([result("faces"), result("labels")])
    assert [one["Name"] for one in settled.stage["Outputs"]] == ["faces", "labels"]
    assert all("Input" not in one for one in settled.stage["Outputs"])


def test_media_of_a_stage_replace_those_of_earlier_ones():
    settled = settle([result("faces", media={"Image": TEXT}), result("labels")])
    assert settled.globals["Media"] == {"Image": TEXT}


def test_nothing_that_was_given_is_changed():
    record, outputs = (
        execution(),
        [result("faces", media={"Text": TEXT}), result("labels", "Error")],
    )
    before = copy.deepcopy((record, outputs))
    settle(outputs, record)
    assert (record, outputs) == before


def test_settling_again_says_the_same():
    record, outputs = execution(), [result("faces"), result("labels", metadata={"a": 1})]
    assert settle(outputs, record) == settle(outputs, record)


# Failures


def test_one_failed_operator_ends_the_execution_and_says_why():
    failed = result("labels", "Error", metadata={"labelsError": "no such bucket", "JobId": "7"})
    settled = settle([result("faces"), failed])

    assert settled.stage["Status"] == "Error"
    assert (settled.current_stage, settled.status, settled.following) == ("End", "Error", None)
    assert settled.message == ("Stage First failed because operation labels failed: no such bucket")


def test_every_failed_operator_is_told():
    settled = settle(
        [
            result("faces", "Error", metadata={"faces_error": "dark"}),
            {**result("labels", "Error"), "Message": "timed out"},
        ]
    )
    assert "operation faces failed: dark; operation labels failed: timed out" in settled.message


def test_what_failed_and_skipped_operators_produced_is_handed_on():
    settled = settle(
        [
            result("faces", "Error", media={"Text": TEXT}),
            result("labels", "Skipped", metadata={"b": 2}),
        ]
    )
    assert settled.globals["Media"]["Text"] == TEXT
    assert settled.globals["MetaData"] == {"b": 2}


@pytest.mark.parametrize(
    "status", ["Executing", "Started", "complete", "", None, 7, True, [], {}, ["Complete"]]
)
def test_any_other_status_is_a_failure_that_shows_it(status):
    settled = settle([result("faces"), result("labels", status)])
    assert settled.status == "Error"
    assert f"operation labels failed: it returned the status {status!r}" in settled.message
    # nothing of an execution that has ended goes on
    assert [one["Status"] for one in settled.stage["Outputs"]] == ["Complete", "Error"]


@pytest.mark.parametrize("output", [None, 7, "text", True, [], ["Complete"]])
def test_an_operator_that_returns_no_object_has_failed(output):
    settled = settle([output, result("labels", metadata={"a": 1})])
    assert settled.status == "Error"
    assert f"operation faces failed: the operator returned {output!r}" in settled.message
    assert settled.stage["Outputs"][0]["Name"] == "faces"
    assert settled.globals["MetaData"] == {
        "facesError": f"the operator returned {output!r}; a result is an object with Status, "
        "MetaData and Media",
        "a": 1,
    }


@pytest.mark.parametrize(
    "output",
    [
        {"Status": "Complete"},
        {"Name": "somebody", "Status": "Complete"},
        {"Name": ["x"], "Status": "Complete", "Media": None, "MetaData": None},
    ],
)
def test_a_result_belongs_to_the_operator_whose_place_it_has(output):
    settled = settle([output, result("labels")])
    assert settled.stage["Outputs"][0]["Name"] == "faces"
    assert settled.globals == execution()["Globals"]
    assert settled.status is None


def nested(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"Media": {"Text": "s3://x/y"}},
            """Media.Text must be as in {"Text": {"S3Bucket": "…", "S3Key": "…"}}, """
            "got 's3://x/y'",
        ),
        ({"Media": {"Text": {"S3Bucket": "b"}}}, "Media.Text must be as in"),
        ({"Media": {"Text": {"S3Bucket": "b", "S3Key": ""}}}, "Media.Text must be as in"),
        ({"Media": ["Text"]}, "Media must be an object such as"),
        ({"Media": []}, "Media must be an object such as"),
        (
            {"MetaData": ["x"]},
            """MetaData must be an object such as {"key": "value"}, got ['x']""",
        ),
        (
            {"MetaData": {"x": [{"y": float("nan")}]}},
            "MetaData.x.0.y: nan is not a number that can be stored",
        ),
        ({"MetaData": {"x": float("inf")}}, "MetaData.x: inf is not a number"),
        ({"MetaData": {"x": {"y": 10**40 + 1}}}, "MetaData.x.y: the number 1.000E+40 is too long"),
        ({"Seconds": float("inf")}, "the result.Seconds: inf is not a number"),
        (
            {"Media": {"Image": {"S3Bucket": "b", "S3Key": "k", "At": float("nan")}}},
            "Media.Image.At: nan is not a number",
        ),
        ({"MetaData": {"x": {"y": [{"": 1}]}}}, "MetaData.x.y.0: has an empty key"),
        ({"MetaData": {"x": nested(25)}}, f"MetaData.x{'.0' * 24}: is nested more than 25 levels"),
        ({"Status": 7}, "it returned the status 7; Status must be a text, such as Complete"),
        ({"Status": None}, "it returned the status None"),
        ({"MetaData": "x" * 100_000}, "MetaData must be an object"),
    ],
)
def test_a_result_of_another_shape_is_a_failure_of_its_operator(wrong, said):
    """And what is stored and handed on has the shape that readers were promised."""
    given = {**result("faces", metadata={"a": 1}, media={"Image": TEXT}), **wrong}
    settled = settle([given, result("labels")])
    assert f"operation faces failed: {said}" in settled.message
    assert len(settled.message) < 1_000
    stored = settled.stage["Outputs"][0]
    assert stored["Status"] == "Error"
    assert said in stored["MetaData"]["facesError"]
    assert "Text" not in stored["Media"]
    assert fault(stored, "") is None
    assert "Text" not in settled.globals["Media"]
    assert isinstance(settled.globals["MetaData"], dict)


def test_all_faults_of_a_result_are_told_at_once():
    wrong = {"Media": {"Text": "s3://x/y"}, "MetaData": ["x"], "Status": 7}
    message = settle([{**result("faces"), **wrong}, result("labels")]).message
    assert all(one in message for one in ("the status 7", "MetaData must be", "Media.Text must be"))


@pytest.mark.parametrize("outputs", [[], [result("faces")]])
def test_a_missing_result_is_a_failure(outputs):
    settled = settle(outputs)
    assert settled.status == "Error"
    assert "operation labels failed" in settled.message


def test_a_stage_that_broke_as_a_whole_keeps_the_cause():
    settled = settle({"Error": "States.DataLimitExceeded", "Cause": "too large"})
    assert settled.message == "Stage First failed because States.DataLimitExceeded: too large"
    assert settled.stage["Outputs"] == []
    assert settled.status == "Error"
    assert settled.globals == execution()["Globals"]


@pytest.mark.parametrize("outputs", [None, "text", 7, {}, {"Cause": "?"}])
def test_results_that_are_no_list_are_a_failure_that_shows_them(outputs):
    settled = settle(outputs)
    assert settled.status == "Error"
    assert f"its results are not a list but {outputs!r}" in settled.message


def test_a_long_reason_does_not_fill_the_record():
    metadata = {"facesError": "x" * 100_000}
    settled = settle([result("faces", "Error", metadata=metadata), result("labels")])
    assert len(settled.message) < 3_000
    assert len(settle({"Error": "E", "Cause": "x" * 32_000}).message) < 3_000


def test_a_hundred_failed_operators_are_all_named_with_the_beginning_of_their_reasons():
    names = [f"operator-{one}" for one in range(100)]
    failed = [result(one, "Error", metadata={"xError": "why " * 500}) for one in names]
    message = settle(failed, execution(names)).message
    assert all(f"operation {one} failed: why why" in message for one in names)
    assert len(message) < 21_000


# Two operators that return the same


def test_a_medium_that_two_operators_of_a_stage_return_fails_the_stage():
    settled = settle(
        [result("faces", media={"Text": TEXT}), result("labels", media={"Text": TEXT})]
    )
    assert settled.status == "Error"
    assert "Duplicate mediaType 'Text' found in operation output media of labels" in settled.message


def test_a_failure_and_a_duplicate_are_both_told():
    settled = settle(
        [
            result("faces", "Error", media={"Text": TEXT}, metadata={"facesError": "dark"}),
            result("labels", media={"Text": TEXT}),
        ]
    )
    assert "dark; Duplicate mediaType 'Text'" in settled.message


def test_metadata_of_the_later_operator_counts_and_the_key_is_reported():
    settled = settle(
        [
            result("faces", metadata={"JobId": "1", "a": 1}),
            result("labels", metadata={"JobId": "2", "b": 2}),
        ]
    )
    assert settled.status is None
    assert settled.globals["MetaData"] == {"JobId": "2", "a": 1, "b": 2}
    assert settled.repeated_metadata == ("JobId",)


def test_metadata_of_any_json_type_is_kept():
    values = {"i": 1, "f": 0.5, "l": [1, {"a": None}], "o": {"x": True}, "n": None}
    assert (
        settle([result("faces", metadata=values), result("labels")]).globals["MetaData"] == values
    )


# Properties

JUNK = [
    None,
    7,
    "x",
    [],
    {},
    {"Status": []},
    {"Status": "Complete", "Media": []},
    {"Status": "Complete", "Media": {"Text": None}},
    {"Status": "Complete", "MetaData": {"Error": {"nested": 1}}},
    {"Status": "Error", "MetaData": {"xError": ["a"]}},
    {"Status": "Error", "Message": 7},
    result("faces"),
    result("faces", "Skipped"),
]


def is_good(output):
    """Whether the output is a result, and one of success."""
    return (
        isinstance(output, dict)
        and output.get("Status") in ("Complete", "Skipped")
        and all(isinstance(output.get(key, {}), dict) for key in ("Media", "MetaData"))
        and all(isinstance(one, dict) for one in output.get("Media", {}).values())
    )


def test_no_results_can_break_the_roll_up_and_only_good_ones_complete_it():
    for first, second in itertools.product(JUNK, repeat=2):
        settled = settle([first, second])
        expected = all(is_good(one) for one in (first, second))
        media = [one.get("Media") for one in (first, second) if isinstance(one, dict)]
        duplicate = (
            all(isinstance(one, dict) and "Text" in one for one in media) and len(media) == 2
        )
        assert (settled.status is None) == (expected and not duplicate), (first, second)
        assert (settled.message is None) == (settled.status is None)
        assert (settled.following is None) == (settled.status is not None)


def test_the_order_in_which_operators_finish_does_not_matter():
    """Outputs come in the stage's order; which one failed changes nothing about the rest."""
    chance = random.Random(7)  # noqa: S311 - a repeatable choice, no secret
    for _ in range(50):
        states = [chance.choice(["Complete", "Skipped", "Error"]) for _ in range(2)]
        settled = settle(
            [
                result("faces", states[0], metadata={"a": 1}),
                result("labels", states[1], metadata={"b": 2}),
            ]
        )
        assert settled.globals["MetaData"] == {"a": 1, "b": 2}
        assert (settled.stage["Status"] == "Error") == ("Error" in states)
