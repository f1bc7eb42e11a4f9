"""Polly as an SDK sees it: voices, speech at once, and tasks."""

import pytest
from botocore.exceptions import ClientError

from analysis.media import probe

pytestmark = pytest.mark.slow


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]


def facts(sound, path):
    path.write_bytes(sound)
    return probe(path)


def test_voices_are_chosen_by_language_and_engine(client):
    def names(**asked):
        return {voice["Id"] for voice in client.sdk.describe_voices(**asked)["Voices"]}

    assert names(LanguageCode="en-GB", Engine="standard") == {"Amy", "Emma", "Brian"}
    assert names(LanguageCode="ja-JP") == set()
    assert names() > names(Engine="neural") > {"Ruth"}
    (voice,) = client.sdk.describe_voices(LanguageCode="ro-RO")["Voices"]
    assert voice == {
        "Id": "Carmen",
        "Name": "Carmen",
        "Gender": "Female",
        "LanguageCode": "ro-RO",
        "LanguageName": "Romanian",
        "SupportedEngines": ["standard"],
    }
    assert refusal(client.sdk.describe_voices, NextToken="x")["Code"] == "InvalidNextTokenException"


def test_a_text_becomes_a_sound_and_the_voice_that_speaks_is_named(client, tmp_path):
    answer = client.speak("Good morning. It rains!", Engine="neural")
    assert (answer["ContentType"], answer["RequestCharacters"]) == ("audio/mpeg", 23)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-mie-local-voice"] == "kokoro af_heart"
    found = facts(answer["AudioStream"].read(), tmp_path / "speech.mp3")
    assert found.audio_tracks[0].sample_rate == 24_000
    spoken, styles = zip(*client.model.asked, strict=True)
    assert spoken == ("ɡˈʊd mˈɔːɹnɪŋ.", "ɪt ɹˈeɪnz!")  # noqa: RUF001
    assert set(styles) == {"af_heart"}


def test_a_language_that_kokoro_lacks_is_spoken_by_espeak(client, tmp_path):
    answer = client.speak("Guten Morgen.", VoiceId="Hans", OutputFormat="ogg_vorbis")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-mie-local-voice"] == "espeak-ng de"
    found = facts(answer["AudioStream"].read(), tmp_path / "speech.ogg")
    assert found.audio_tracks[0].codec == "vorbis"
    assert 500 < found.duration_ms < 3_000
    assert client.model.asked == []


def test_pcm_is_nothing_but_samples(client):
    answer = client.speak("Ja.", VoiceId="Hans", OutputFormat="pcm", SampleRate="8000")
    sound = answer["AudioStream"].read()
    assert answer["ContentType"] == "audio/pcm"
    assert 0.2 < len(sound) / 2 / 8_000 < 2


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("TextLengthExceededException", {"Text": "x" * 3_001}),
        ("MarksNotSupportedForFormatException", {"OutputFormat": "json"}),
        ("InvalidSsmlException", {"TextType": "ssml", "Text": "<speak>hi</speak>"}),
        ("LexiconNotFoundException", {"LexiconNames": ["mine"]}),
        ("InvalidSampleRateException", {"SampleRate": "11025"}),
        ("EngineNotSupportedException", {"Engine": "generative"}),
        ("LanguageNotSupportedException", {"LanguageCode": "fr-FR"}),
        ("ValidationException", {"VoiceId": "Mizuki"}),
        ("ValidationException", {"Text": " … "}),
        ("ValidationException", {"OutputFormat": "mulaw"}),
    ],
)
def test_what_is_not_done_is_refused(client, code, asked):
    request = {"Text": "hi", "VoiceId": "Joanna", "OutputFormat": "mp3", **asked}
    assert refusal(client.sdk.synthesize_speech, **request)["Code"] == code


def test_a_task_of_more_than_the_billed_characters_is_refused(client):
    request = {"VoiceId": "Joanna", "OutputFormat": "mp3", "OutputS3BucketName": "media"}
    error = refusal(client.sdk.start_speech_synthesis_task, Text="x" * 100_001, **request)
    assert error["Code"] == "TextLengthExceededException"
    assert error["Message"] == "Maximum text length has been exceeded"


def test_a_task_writes_its_sound_under_prefix_and_id(client, tmp_path):
    task = client.task("Good morning. " * 100, OutputS3KeyPrefix="a/w/translation")
    assert (task["TaskStatus"], task["RequestCharacters"]) == ("completed", 1_400)
    place = f"a/w/translation.{task['TaskId']}.mp3"
    assert task["OutputUri"] == f"https://s3.us-east-1.amazonaws.com/media/{place}"
    assert facts(client.bucket["media", place], tmp_path / "speech.mp3").duration_ms > 60_000


def test_a_topic_hears_of_the_end(client):
    topic = "arn:aws:sns:us-east-1:000000000000:spoken"
    task = client.task(SnsTopicArn=topic, VoiceId="Hans", Text="Ja.")
    while not client.notifications:
        client.of(task)
    ((told, message),) = client.notifications
    assert told == topic
    assert (message["taskId"], message["taskStatus"]) == (task["TaskId"], "completed")
    assert message["outputUri"] == task["OutputUri"]


def test_tasks_are_listed_by_their_state(client):
    one, two = (client.task("Ja.", VoiceId="Hans")["TaskId"] for _ in range(2))
    listed = client.sdk.list_speech_synthesis_tasks(Status="completed")["SynthesisTasks"]
    assert [task["TaskId"] for task in listed] == [two, one]
    first = client.sdk.list_speech_synthesis_tasks(MaxResults=1)
    rest = client.sdk.list_speech_synthesis_tasks(NextToken=first["NextToken"], MaxResults=1)
    assert [task["TaskId"] for task in rest["SynthesisTasks"]] == [one]
    assert client.sdk.list_speech_synthesis_tasks(Status="failed")["SynthesisTasks"] == []


def test_a_bucket_or_a_task_that_is_not_there_is_said_so(client):
    missing = refusal(
        client.sdk.start_speech_synthesis_task,
        Text="hi",
        VoiceId="Joanna",
        OutputFormat="mp3",
        OutputS3BucketName="no-bucket",
    )
    assert missing["Code"] == "InvalidS3BucketException"
    unknown = refusal(client.sdk.get_speech_synthesis_task, TaskId="none")
    assert unknown["Code"] == "SynthesisTaskNotFoundException"
