"""Names of operators, stages and workflows."""

import pytest

from mie.core import names
from mie.core.errors import BadRequest

CHECKS = [names.check_operation_name, names.check_stage_name, names.check_workflow_name]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", ["a", "video-test-sync", "_Wait", "0", "-", "ABC_def-9"])
def test_letters_digits_hyphens_and_underscores_are_fine(check, name):
    assert check(name) == name


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a\n",
        'a"b',
        "a'b",
        "$.Media",
        "%%STAGE_NAME%%",
        "a.b",
        "a/b",
        "a(b)",
        "a\\",
        "{% 1 %}",
        "Ümlaut",
        "a\u0660",  # a digit, but not one of ours
        "a\x00",
        "😀",
        None,
        7,
        True,
        ["a"],
        {"a": 1},
    ],
)
def test_any_other_name_is_refused_naming_the_field(check, name):
    with pytest.raises(BadRequest, match=r"^Name: the name of an? (operation|stage|workflow)"):
        check(name)


@pytest.mark.parametrize(
    ("check", "limit"),
    [
        (names.check_operation_name, 28),
        (names.check_stage_name, 65),
        (names.check_workflow_name, 44),
    ],
)
def test_a_name_may_be_as_long_as_the_services_allow(check, limit):
    assert check("n" * limit) == "n" * limit
    with pytest.raises(BadRequest, match=f"has {limit + 1} characters; the limit is {limit}"):
        check("n" * (limit + 1))


@pytest.mark.parametrize("name", sorted(names.RESERVED_WORKFLOW_NAMES))
def test_a_workflow_cannot_hide_behind_another_route(name):
    with pytest.raises(BadRequest, match=f"/workflow/{name}"):
        names.check_workflow_name(name)
    assert names.check_stage_name(name) == name


def test_an_operator_and_its_stage_share_58_characters():
    names.check_operation_in_stage("o" * 20, "s" * 38)
    with pytest.raises(BadRequest, match=r"may have 58 characters, they have 59"):
        names.check_operation_in_stage("o" * 20, "s" * 39)


def test_the_singleton_stage_of_every_legal_operator_has_a_legal_name():
    operator = names.check_operation_name("o" * names.OPERATOR_LIMIT)
    stage = names.check_stage_name(names.singleton_stage_name(operator))
    names.check_operation_in_stage(operator, stage)
    assert stage == f"_{operator}"


def test_a_stage_and_a_workflow_of_one_name_have_two_machines_whatever_they_are_called():
    texts = ("a", "a-stage", "a-ab12cd34", "a-ab12cd34-stage", "ab12cd34", "stage")
    found = [
        *(names.workflow_machine_name(one, "ab12cd34") for one in texts),
        *(names.stage_machine_name(one, "ab12cd34") for one in texts),
    ]
    assert len(set(found)) == len(found)


def test_the_longest_names_make_names_of_machines_that_step_functions_takes():
    assert len(names.stage_machine_name("s" * names.STAGE_LIMIT, "ab12cd34")) <= 80
    assert len(names.workflow_machine_name("w" * names.WORKFLOW_LIMIT, "ab12cd34")) <= 80
