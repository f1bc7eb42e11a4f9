import pytest

from laptop.execution_ids import find
from laptop.problems import Problem

EXECUTIONS = [
    {"Id": "aa11", "AssetId": "cc33", "Created": "1.0"},
    {"Id": "ab22", "AssetId": "cc33", "Created": "2.0"},
    {"Id": "dd44", "AssetId": "ce55", "Created": "3.0"},
]


@pytest.mark.parametrize(
    ("wanted", "found"), [("aa11", "aa11"), ("ab", "ab22"), ("D", "dd44"), ("cc", "ab22")]
)
def test_the_beginning_of_an_id_is_enough_and_of_an_asset_the_newest_is_meant(wanted, found):
    assert find(EXECUTIONS, wanted)["Id"] == found


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("x", "no execution and no asset begins with x; run-local.sh list shows all"),
        ("", "no execution and no asset begins with ; run-local.sh list shows all"),
        ("a", "a may mean aa11, ab22; write more of it"),
        ("c", "c may mean cc33, ce55; write more of it"),
    ],
)
def test_what_is_unknown_or_means_several_gets_one_sentence(wanted, sentence):
    with pytest.raises(Problem) as refusal:
        find(EXECUTIONS, wanted)

    assert str(refusal.value) == sentence
