"""A Spanish video on the real stack: its language is found, and who does not read it is skipped."""

import pytest
from tests.fakes.speech import talking_video

pytestmark = pytest.mark.deployed

SPANISH = (
    "Buenos días y bienvenidos a las noticias locales.",
    "Hoy hablamos sobre la música y el dinero.",
)


def ended(stack, started):
    """The execution, and its operators' results by name."""
    execution = stack.wait(started["Id"])
    assert execution["Status"] == "Complete", execution.get("Message")
    stages = execution["Workflow"]["Stages"].values()
    return execution, {one["Name"]: one for stage in stages for one in stage["Outputs"]}


def result(stack, execution, operator):
    answer = stack.dataplane.request("GET", f"/metadata/{execution['AssetId']}/{operator}")
    assert answer.status == 200, answer.json
    return answer.json["results"]


def heard(stack, workflow, path, stage):
    """Starts a workflow without the stage that looks at the picture."""
    operators = stack.workflow.request("GET", f"/workflow/stage/{stage}").json["Operations"]
    off = {stage: {name: {"Enabled": False} for name in operators}}
    return stack.start(workflow, "Video", path=path, configuration=off)


@pytest.fixture(scope="module")
def executions(stack, tmp_path_factory):
    """The two workflows, started at once."""
    path = tmp_path_factory.mktemp("spanish") / "spanish.mp4"
    talking_video(path, SPANISH, voice="es")
    started = [
        heard(stack, "CasVideoWorkflow", path, "defaultVideoStage"),
        heard(stack, "MieCompleteWorkflow", path, "completeVideoStage"),
    ]
    return [ended(stack, one) for one in started]


def test_the_spoken_language_is_found_and_what_does_not_read_it_is_skipped(executions):
    for execution, outputs in executions:
        assert execution["Globals"]["MetaData"]["TranscribeSourceLanguage"].startswith("es-")
        for name in ("ComprehendEntities", "ComprehendKeyPhrases"):
            assert outputs[name]["Status"] == "Skipped"
            said = outputs[name]["MetaData"][f"{name}Skipped"]
            assert said.startswith("Comprehend does not read Spanish (es). On this machine")


def test_spanish_is_translated_to_english(stack, executions):
    for execution, outputs in executions:
        assert outputs["Translate"]["Status"] == "Complete"
        translation = result(stack, execution, "Translate")
        codes = translation["SourceLanguageCode"], translation["TargetLanguageCode"]
        assert codes == ("es", "en")
        assert "music" in translation["TranslatedText"]


def test_captions_are_in_both_languages_and_the_english_ones_are_spoken(stack, executions):
    execution, _ = executions[1]
    files = result(stack, execution, "WebToVTTCaptions")["CaptionsCollection"]
    assert {one["LanguageCode"] for one in files} == {"en", "es"}
    (sound,) = result(stack, execution, "PollyWebCaptions")["CaptionsCollection"]
    assert (sound["TargetLanguageCode"], sound["PollyStatus"]) == ("en", "completed")
