from laptop.progress import Display, changes, draw, statuses


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


def test_what_is_switched_off_is_skipped_from_the_beginning():
    off = {"Status": "Started", "Configuration": {"faces": {"Enabled": False}}}

    assert statuses(execution({"Status": "Complete"}, off))["Rekognition"] == {
        "faces": "Skipped",
        "texts": "Started",
    }


def test_only_what_has_ended_is_told():
    assert changes(statuses(HALF), statuses(HALF)) == []
    assert changes(statuses(QUEUED), statuses(HALF)) == ["  mediainfo: complete"]
    assert changes(statuses(HALF), statuses(ENDED)) == ["  faces: error"]


def test_lines_with_the_elapsed_time_are_printed_when_output_is_not_a_terminal(capsys):
    times = iter((0.0, 1.0, 62.5, 63.0))
    with Display(lambda: next(times)) as display:
        display.show(QUEUED)
        display.show(HALF)
        display.show(ENDED)

    assert (
        capsys.readouterr().out == "  mediainfo: complete (1:02 min)\n  faces: error (1:03 min)\n"
    )


def test_a_terminal_shows_how_far_a_job_is_that_knows_it():
    drawn = draw(statuses(HALF), {"Status": "Started"}, "5 s", {"faces": 40, "mediainfo": 99}).plain

    assert "… faces 40 %" in drawn
    assert "99" not in drawn


def test_a_terminal_shows_every_operator_and_the_elapsed_time():
    drawn = draw(statuses(HALF), {"Status": "Started"}, "5 s").plain

    assert "✓ mediainfo" in drawn
    assert "… faces" in drawn
    assert drawn.endswith("5 s\n")
