import io

from rich.console import Console

from laptop.progress import Display, changes, statuses


def execution(first, second):
    stages = {
        # not in the order of the run
        "Rekognition": {"Operations": ["faces", "texts"], "End": True, **second},
        "Validation": {"Operations": ["mediainfo"], "Next": "Rekognition", **first},
    }
    return {"Workflow": {"StartAt": "Validation", "Stages": stages}}


QUEUED = execution({"Status": "Started"}, {"Status": "Not Started"})
HALF = execution(
    {"Status": "Complete", "Outputs": [{"Name": "mediainfo", "Status": "Complete"}]},
    {"Status": "Started"},
)
ENDED = execution(
    {"Status": "Complete", "Outputs": [{"Name": "mediainfo", "Status": "Complete"}]},
    {
        "Status": "Error",
        "Outputs": [{"Name": "faces", "Status": "Error"}, {"Name": "texts", "Status": "Skipped"}],
    },
)


def test_stages_come_in_the_order_of_the_run():
    assert list(statuses(QUEUED)) == ["Validation", "Rekognition"]


def test_operators_of_the_current_stage_are_started():
    assert statuses(HALF) == {
        "Validation": {"mediainfo": "Complete"},
        "Rekognition": {"faces": "Started", "texts": "Started"},
    }


def test_each_operator_ends_with_a_status_of_its_own():
    assert statuses(ENDED)["Rekognition"] == {"faces": "Error", "texts": "Skipped"}


def test_only_changes_are_told():
    assert changes(statuses(HALF), statuses(HALF)) == []
    assert changes(statuses(QUEUED), statuses(HALF)) == [
        "  Validation / mediainfo: Complete",
        "  Rekognition / faces: Started",
        "  Rekognition / texts: Started",
    ]


def test_lines_and_no_control_characters_are_printed_when_output_is_not_a_terminal():
    output = io.StringIO()
    with Display(Console(file=output, force_terminal=False)) as display:
        display.show(QUEUED)
        display.show(HALF)
        display.show(ENDED)

    text = output.getvalue()
    assert "faces: Error" in text
    assert "\x1b" not in text


def test_a_terminal_shows_every_operator():
    output = io.StringIO()
    with Display(Console(file=output, force_terminal=True, width=80)) as display:
        display.show(ENDED)

    assert "faces" in output.getvalue()
    assert "texts" in output.getvalue()
