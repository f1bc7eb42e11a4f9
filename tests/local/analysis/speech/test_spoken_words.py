"""What the real models hear and say, asked with an SDK: words that are known come back.

Where the models are not installed, these tests are skipped. Word error rates are printed
(`pytest -rP`).
"""

import time

import pytest
import urllib3
from tests.fakes.s3_server import s3_server
from tests.fakes.speech import SENTENCES, speak, talking_video, word_error_rate
from tests.local.analysis.running_server import MODELS, client_of, running, skip_unless_installed

pytestmark = pytest.mark.models
FOX = "The quick brown fox jumped over the lazy dog. It was a warm day, and nobody was in a hurry."


class Server:
    def __init__(self, url, objects):
        self.objects = objects
        self.transcribe, self.polly = client_of(url, "transcribe"), client_of(url, "polly")

    def transcript(self, name, content, **asked):
        """The job that wrote down a medium, and the results of its document."""
        self.objects[f"media/{name}"] = content
        self.transcribe.start_transcription_job(
            TranscriptionJobName=name, Media={"MediaFileUri": f"s3://media/{name}"}, **asked
        )
        while (job := self.job(name))["TranscriptionJobStatus"] in ("QUEUED", "IN_PROGRESS"):
            time.sleep(0.1)
        assert job["TranscriptionJobStatus"] == "COMPLETED", job
        answer = urllib3.request("GET", job["Transcript"]["TranscriptFileUri"])
        return job, answer.json()["results"]

    def job(self, name):
        return self.transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    skip_unless_installed()
    if not (MODELS / "whisper-model.bin").exists():
        pytest.skip("the family speech is not installed")
    state = tmp_path_factory.mktemp("state")
    with s3_server() as (endpoint, objects), running(MODELS, endpoint, state) as url:
        yield Server(url, objects)


def heard(results):
    return results["transcripts"][0]["transcript"]


def error_rate(wanted, results):
    rate = word_error_rate(wanted, heard(results))
    print(f"word error rate {rate:.2f}: {heard(results)}")  # noqa: T201
    return rate


def test_the_words_of_a_talking_video_come_back_with_their_times(server, tmp_path):
    # who says the same three times is no machine that runs in a circle
    spoken = talking_video(tmp_path / "talk.mp4", SENTENCES * 3)
    asked = {"IdentifyLanguage": True, "MediaFormat": "mp4", "Subtitles": {"Formats": ["vtt"]}}
    job, results = server.transcript("talk.mp4", (tmp_path / "talk.mp4").read_bytes(), **asked)
    assert job["LanguageCode"] == "en-US"
    assert job["IdentifiedLanguageScore"] > 0.8
    assert error_rate(" ".join(SENTENCES * 3), results) <= 0.05
    words = [one for one in results["items"] if one["type"] == "pronunciation"]
    firsts = [one for one in words if one["alternatives"][0]["content"] in ("Good", "The", "Today")]
    for sentence, first in zip(spoken, firsts, strict=True):
        assert abs(float(first["start_time"]) - sentence.start) < 0.3
    times = [float(one[key]) for one in words for key in ("start_time", "end_time")]
    assert times == sorted(times)
    assert [one["alternatives"][0]["content"] for one in results["items"][-1:]] == ["."]


def test_another_language_is_identified(server, tmp_path):
    text = "Guten Morgen, mein Name ist Thomas und ich wohne in Berlin."
    speak(tmp_path / "de.wav", (text,), voice="de")
    content = (tmp_path / "de.wav").read_bytes()
    job, results = server.transcript("de.wav", content, IdentifyLanguage=True)
    assert job["LanguageCode"] == "de-DE"
    assert error_rate(text, results) <= 0.2


def test_what_polly_says_transcribe_understands(server):
    if not (MODELS / "kokoro.onnx").exists():
        pytest.skip("the family voice is not installed")
    answer = server.polly.synthesize_speech(Text=FOX, VoiceId="Joanna", OutputFormat="mp3")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-mie-local-voice"] == "kokoro af_heart"
    sound = answer["AudioStream"].read()
    _, results = server.transcript("joanna.mp3", sound, LanguageCode="en-US")
    assert error_rate(FOX, results) <= 0.05


def test_jobs_at_once_end_all(server, tmp_path):
    speak(tmp_path / "short.wav", SENTENCES[1:2])
    server.objects["media/short.wav"] = (tmp_path / "short.wav").read_bytes()
    names = [f"short-{number}" for number in range(4)]
    for name in names:
        server.transcribe.start_transcription_job(
            TranscriptionJobName=name,
            Media={"MediaFileUri": "s3://media/short.wav"},
            LanguageCode="en-US",
        )
    while any(server.job(name)["TranscriptionJobStatus"] != "COMPLETED" for name in names):
        assert all(server.job(name)["TranscriptionJobStatus"] != "FAILED" for name in names)
        time.sleep(0.2)


def test_a_family_that_is_not_installed_is_named_with_its_command(server):
    if (MODELS / "kokoro.onnx").exists():
        pytest.skip("the family voice is installed")
    with pytest.raises(server.polly.exceptions.ClientError, match=r"MIE_LOCAL_MODELS=.*voice"):
        server.polly.describe_voices()
