"""What a run is to do is checked before anything is uploaded."""

import json
from collections import namedtuple

import pytest

from laptop import plans
from laptop.media_files import Medium
from laptop.plans import Wishes, make
from laptop.problems import Problem

OFTEN = {"PollSeconds": 2, "MaxPollSeconds": 5, "TimeoutSeconds": 12_000}


def medium(path, kind="Video", size=1_000):
    return Medium(path / "a.bin", kind, f"Cas{kind}Workflow", ".bin", size)


def workflow(**stages):
    """stage -> operator -> its configuration."""
    return {
        "Name": "Mine",
        "Stages": {
            name: {"Operations": [*operators], "Configuration": operators}
            for name, operators in stages.items()
        },
    }


TALKS = workflow(
    seen={"faces": {"MediaType": "Video", "Enabled": True}},
    heard={"TranscribeVideo": {"MediaType": "Video", "Enabled": True}},
    read={
        "Translate": {"MediaType": "Text", "Enabled": True},
        "ComprehendEntities": {"MediaType": "Text", "Enabled": True},
    },
)


def planned(tmp_path, definition=TALKS, kind="Video", **wishes):
    return make(medium(tmp_path, kind), definition, Wishes(**wishes)).configuration


def test_every_operator_is_asked_about_often(tmp_path):
    assert planned(tmp_path)["seen"] == {"faces": OFTEN}


def test_who_says_how_often_an_operator_is_asked_about_is_obeyed(tmp_path):
    wish = {"seen": {"faces": {"PollSeconds": 60}}}

    assert planned(tmp_path, configuration=wish)["seen"] == {"faces": {"PollSeconds": 60}}


def test_wishes_are_laid_over_also_in_the_guides_longer_form(tmp_path):
    wish = {"seen": {"Operations": {"faces": {"FaceAttributes": "DEFAULT"}}}}
    configuration = planned(tmp_path, configuration=wish)

    assert configuration["seen"]["faces"] == {**OFTEN, "FaceAttributes": "DEFAULT"}


def test_what_listens_to_videos_listens_to_a_sound_file(tmp_path):
    assert planned(tmp_path, kind="Audio")["heard"]["TranscribeVideo"]["MediaType"] == "Audio"


def test_the_language_is_told_to_what_listens_and_of_a_text_to_what_reads(tmp_path):
    spoken = planned(tmp_path, language="es-ES")
    read = planned(tmp_path, kind="Text", language="es-ES")["read"]

    assert spoken["heard"]["TranscribeVideo"]["TranscribeLanguage"] == "es-ES"
    assert "LanguageCode" not in spoken["read"]["ComprehendEntities"]
    assert read["ComprehendEntities"]["LanguageCode"] == "es-ES"
    assert read["Translate"]["SourceLanguageCode"] == "es"
    assert planned(tmp_path, kind="Text")["read"]["Translate"]["SourceLanguageCode"] == "auto"


def test_a_picture_for_a_workflow_of_videos_is_refused_with_the_one_that_takes_it(tmp_path):
    with pytest.raises(Problem) as refusal:
        planned(tmp_path, kind="Image")

    assert str(refusal.value).endswith(
        "a.bin is a picture, and Mine works on texts or videos only; CasImageWorkflow takes it"
    )


def test_a_workflow_of_which_nothing_is_switched_on_is_refused(tmp_path):
    off = {"seen": {"faces": {"Enabled": False}}, "heard": {"TranscribeVideo": {"Enabled": False}}}

    with pytest.raises(Problem, match="nothing of Mine that works on a video is switched on"):
        planned(tmp_path, configuration=off)


def test_a_misspelt_medium_is_refused_with_what_was_meant(tmp_path):
    wish = {"seen": {"faces": {"MediaType": "Vidoe"}}}

    with pytest.raises(Problem, match="Vidoe, which is no medium; did you mean Video"):
        planned(tmp_path, configuration=wish)


@pytest.mark.parametrize("wish", [{"seen": 1}, {"seen": {"faces": 1}}, {"seen": None}])
def test_what_is_no_object_is_left_to_the_engine_to_refuse(tmp_path, wish):
    given = planned(tmp_path, configuration=wish)["seen"]

    assert given in (wish["seen"], {"faces": 1})


def test_names_that_are_most_like_it_come_first():
    known = ["CasImageWorkflow", "MieCompleteWorkflow", "CasVideoWorkflow"]

    assert str(plans.unknown_workflow("MieComplete", known)) == (
        "there is no workflow MieComplete; there are MieCompleteWorkflow, CasImageWorkflow, "
        "CasVideoWorkflow"
    )


def test_a_configuration_is_json_or_a_file_with_it(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"seen": {}}))

    assert plans.read_configuration("") is None
    assert plans.read_configuration('{"seen": {}}') == {"seen": {}}
    assert plans.read_configuration(str(path)) == {"seen": {}}


@pytest.mark.parametrize("given", ["{nonsense", "nowhere.json", "\x00"])
def test_a_configuration_that_cannot_be_read_is_refused_in_one_sentence(given):
    with pytest.raises(Problem) as refusal:
        plans.read_configuration(given)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("code", ["Spanish", "ES", "es-es", "e"])
def test_a_language_is_a_code(code):
    plans.check_language("es-ES")
    with pytest.raises(Problem, match="no code of a language"):
        plans.check_language(code)


def test_a_full_disk_is_noticed_before_the_upload(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**9, 9 * 10**8, 10**8))

    with pytest.raises(Problem, match=r"has 100 MB free, and this needs about 106 MB"):
        plans.check_space([medium(tmp_path, size=1_000_000)], tmp_path / "not" / "there")
