"""What of an execution's results stays in its record, and how a reader gets the rest back."""

import json

import pytest

from mie.core import executions, large_results, rollup
from mie.core.definitions import Stamp
from mie.core.errors import TooLarge
from mie.core.lists import travelling_bytes

BUCKET = "data-plane"
IMAGE = {"S3Bucket": BUCKET, "S3Key": "k.jpg"}
PREFIX = "private/assets/asset/workflows/run/!results/"
SETTINGS = {"MediaType": "Image", "Enabled": True}


def execution(widths=(2, 1), settings=SETTINGS):
    """Operators o0, o1, … in stages S0, S1, …"""
    names = [f"S{one}" for one in range(len(widths))]
    stages = {
        name: {
            "Operations": [f"o{one}" for one in range(width)],
            "Configuration": {f"o{one}": settings for one in range(width)},
            **({"Next": following} if following else {"End": True}),
        }
        for name, following, width in zip(names, [*names[1:], None], widths, strict=True)
    }
    workflow = {"Name": "W", "StartAt": "S0", "Stages": stages}
    return executions.new_execution(workflow, "asset", {"Image": IMAGE}, {}, Stamp("run", "1"))


def result(name, **metadata):
    """What MediaInsightsOperationHelper returns, as it leaves the machine."""
    return {
        "Name": name,
        "AssetId": "asset",
        "WorkflowExecutionId": "run",
        "Status": "Complete",
        "MetaData": metadata,
        "Media": {},
    }


def settle(record, stage, outputs, documents):
    """The record after a stage, as it is stored; documents gets what lies beside it."""
    fitted = large_results.fit(record, stage, rollup.settle_stage(record, stage, outputs), BUCKET)
    documents.update({key: json.loads(body) for key, body in fitted.documents.items()})
    settlement = fitted.settlement
    stages = {**record["Workflow"]["Stages"], stage: settlement.stage}
    if settlement.following:
        stages[settlement.current_stage] = settlement.following
    return {
        **record,
        "Workflow": {**record["Workflow"], "Stages": stages},
        "Globals": settlement.globals,
        "CurrentStage": settlement.current_stage,
    }


def shown(record, documents, most=10**9):
    return large_results.shown(record, BUCKET, documents, most)


def stages(record):
    return record["Workflow"]["Stages"]


def test_small_results_stay_where_they_are():
    documents = {}
    after = settle(execution(), "S0", [result("o0", a=1), result("o1", b=[2])], documents)
    assert documents == {}
    assert after["Globals"]["MetaData"] == {"a": 1, "b": [2]}
    assert stages(after)["S1"]["Input"] == after["Globals"]
    assert large_results.keys(after, BUCKET) == []


def test_a_record_has_nothing_twice_and_a_reader_sees_all_of_it():
    after = settle(execution(), "S0", [result("o0", a=1), result("o1")], {})
    assert stages(after)["S0"]["Outputs"][0] == {
        "Name": "o0",
        "Status": "Complete",
        "MetaData": {"a": 1},
        "Media": {},
    }
    assert stages(shown(after, {}))["S0"]["Outputs"][0] == {
        **result("o0", a=1),
        "Configuration": SETTINGS,
    }


def test_what_an_operator_changed_is_kept():
    odd = {**result("o0"), "AssetId": "another", "Configuration": {"Enabled": False}}
    after = settle(execution(), "S0", [odd, result("o1")], {})
    output = stages(shown(after, {}))["S0"]["Outputs"][0]
    assert (output["AssetId"], output["Configuration"]) == ("another", {"Enabled": False})


def test_a_finished_stage_is_shown_with_the_input_that_follows_from_those_before_it():
    record = execution((1, 1, 1))
    after = settle(record, "S0", [result("o0", a=1)], {})
    given = stages(after)["S1"]["Input"]
    after = settle(after, "S1", [{**result("o0", b=2), "Media": {"Text": IMAGE}}], {})
    assert "Input" not in stages(after)["S1"]
    assert stages(shown(after, {}))["S1"]["Input"] == given
    after = settle(after, "S2", [result("o0")], {})
    seen = stages(shown(after, {}))
    assert seen["S0"]["Input"] == record["Globals"]
    assert seen["S1"]["Input"] == given
    assert seen["S2"]["Input"] == after["Globals"]


def test_a_failed_stage_keeps_its_input_for_a_retry():
    after = settle(execution(), "S0", [result("o0", a=1), result("o1")], {})
    given = stages(after)["S1"]["Input"]
    after = settle(after, "S1", [{**result("o0", x=1), "Status": "Error"}], {})
    assert stages(after)["S1"]["Input"] == given
    assert stages(shown(after, {}))["S1"]["Input"] == given


def test_large_values_go_first_and_small_ones_stay():
    documents = {}
    large, small = "x" * 100_000, "y" * 10_000
    after = settle(
        execution(), "S0", [result("o0", large=large, small=small), result("o1")], documents
    )
    metadata = after["Globals"]["MetaData"]
    assert metadata["small"] == small
    assert set(metadata["large"]) == {"S3Bucket", "S3Key"}
    assert documents[metadata["large"]["S3Key"]] == large
    assert all(key.startswith(PREFIX) for key in documents)
    assert large_results.size_of(after) < large_results.LARGEST_RECORD
    assert shown(after, documents)["Globals"]["MetaData"] == {"large": large, "small": small}


def test_a_value_that_was_moved_once_stays_moved():
    documents = {}
    after = settle(execution((1, 1, 1)), "S0", [result("o0", large="x" * 50_000)], documents)
    pointer = after["Globals"]["MetaData"]["large"]
    number = len(documents)
    after = settle(after, "S1", [result("o0", b=2)], documents)
    assert after["Globals"]["MetaData"] == {"large": pointer, "b": 2}
    assert len(documents) == number


@pytest.mark.parametrize("size", [100, 1_000, 3_000, 20_000, 100_000])
@pytest.mark.parametrize("widths", [(20,) * 5, (100,), (1,) * 100])
def test_a_hundred_operators_keep_record_and_state_small(widths, size):
    record, documents = execution(widths), {}
    for number, width in enumerate(widths):
        outputs = [result(f"o{one}", **{f"{number}-{one}": "x" * size}) for one in range(width)]
        record = settle(record, f"S{number}", outputs, documents)
        assert large_results.size_of(record) < large_results.LARGEST_RECORD
        following = stages(record).get(record["CurrentStage"])
        assert (
            large_results.size_of(executions.run_state(following or {}))
            < large_results.LARGEST_STATE
        )
    whole = shown(record, documents)
    assert len(whole["Globals"]["MetaData"]) == 100
    assert set(whole["Globals"]["MetaData"].values()) == {"x" * size}
    assert all(len(one["Outputs"]) == len(one["Operations"]) for one in stages(whole).values())


def test_what_is_not_there_is_shown_by_where_it_lay():
    documents = {}
    after = settle(execution(), "S0", [result("o0", a="x" * 200_000), result("o1")], documents)
    pointer = after["Globals"]["MetaData"]["a"]
    seen = shown(after, {})
    assert seen["Globals"]["MetaData"]["a"] == pointer
    assert set(stages(seen)["S0"]["Outputs"]) == {"S3Bucket", "S3Key"}
    after = settle(after, "S1", [result("o0")], documents)
    # the inputs of later stages would be wrong without it
    assert "Input" not in stages(shown(after, {}))["S1"]


def test_inputs_are_left_out_when_they_would_make_the_answer_too_large():
    after = settle(execution((1, 1)), "S0", [result("o0", a="x" * 5_000)], {})
    after = settle(after, "S1", [result("o0")], {})
    assert "Input" in stages(shown(after, {}))["S1"]
    small = travelling_bytes(shown(after, {})) - 1
    assert "Input" not in stages(shown(after, {}, small))["S1"]
    assert stages(shown(after, {}, small))["S1"]["Outputs"] != []


@pytest.mark.parametrize(
    "value",
    [
        IMAGE,
        {"S3Bucket": "other", "S3Key": f"{PREFIX}a.json"},
        {"S3Bucket": BUCKET, "S3Key": "private/assets/other/workflows/run/!results/a.json"},
        {"S3Bucket": BUCKET, "S3Key": f"{PREFIX}a.json", "More": 1},
        {"S3Bucket": BUCKET, "S3Key": 7},
        {"S3Bucket": [], "S3Key": f"{PREFIX}a.json"},
        f"{PREFIX}a.json",
        None,
    ],
)
def test_what_operators_return_is_not_taken_for_a_pointer_of_ours(value):
    after = settle(execution(), "S0", [result("o0", a=value), result("o1")], {})
    assert large_results.keys(after, BUCKET) == []
    assert shown(after, {f"{PREFIX}a.json": 1})["Globals"]["MetaData"]["a"] == value


def test_records_of_earlier_releases_are_shown_as_they_are():
    record = execution((1, 1))
    stored = {**result("o0"), "Configuration": SETTINGS}
    given = {"Media": {}, "MetaData": {"kept": 1}}
    first = {**stages(record)["S0"], "Status": "Complete", "Outputs": [stored]}
    second = {**stages(record)["S1"], "Input": given, "Status": "Complete", "Outputs": [stored]}
    record = {**record, "Workflow": {**record["Workflow"], "Stages": {"S0": first, "S1": second}}}
    assert shown(record, {}) == record


def test_what_cannot_be_moved_and_does_not_fit_says_so():
    media = {f"T{one}": {"S3Bucket": "b" * 60, "S3Key": "k" * 900} for one in range(250)}
    with pytest.raises(TooLarge, match=r"the stage S1 would get an input of 24\d+ bytes"):
        settle(execution(), "S0", [{**result("o0"), "Media": media}, result("o1")], {})


def test_half_a_character_can_be_stored_and_read():
    documents = {}
    after = settle(execution(), "S0", [result("o0", a="\ud800" * 50_000), result("o1")], documents)
    assert shown(after, documents)["Globals"]["MetaData"]["a"] == "\ud800" * 50_000
