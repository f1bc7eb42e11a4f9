"""What the real models hear and say, asked with an SDK: words that are known come back.

Where the models are not installed, these tests are skipped. Word error rates are printed
(`pytest -rP`).
"""

import io
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
import webvtt
from tests.fakes.s3_server import s3_server
from tests.fakes.speech import SENTENCES, speak, talking_video, word_error_rate
from tests.local.analysis.running_server import MODELS, client_of, running, skip_unless_installed

pytestmark = pytest.mark.models
# that CTranslate2 can be forced to use, and what a processor needs for them
INSTRUCTION_SETS = {
    "GENERIC": set(),
    "AVX": {"avx"},
    "AVX2": {"avx2", "fma"},
    "AVX512": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
}
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


@contextmanager
def serving(tmp_path_factory, **variables):
    skip_unless_installed()
    if not (MODELS / "whisper-model.bin").exists():
        pytest.skip("the family speech is not installed")
    state = tmp_path_factory.mktemp("state")
    with s3_server() as (endpoint, objects), running(MODELS, endpoint, state, **variables) as url:
        yield Server(url, objects)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory) as started:
        yield started


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """A talking video, and the sentences that are said in it with their times."""
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    # who says the same three times is no machine that runs in a circle
    spoken = talking_video(path, SENTENCES * 3)
    return path.read_bytes(), spoken


def instructions_here():
    """What Linux says that this processor has; nothing is known elsewhere."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return {name for line in lines if line.startswith("flags") for name in line.split()}


def heard(results):
    return results["transcripts"][0]["transcript"]


def error_rate(wanted, results):
    rate = word_error_rate(wanted, heard(results))
    print(f"word error rate {rate:.2f}: {heard(results)}")  # noqa: T201
    return rate


def check_talk(server, content, spoken):
    asked = {"IdentifyLanguage": True, "MediaFormat": "mp4", "Subtitles": {"Formats": ["vtt"]}}
    job, results = server.transcript("talk.mp4", content, **asked)
    assert job["LanguageCode"] == "en-US"
    assert job["IdentifiedLanguageScore"] > 0.8
    assert error_rate(" ".join(SENTENCES * 3), results) <= 0.05
    words = [
        (one["alternatives"][0]["content"], float(one["start_time"]), float(one["end_time"]))
        for one in results["items"]
        if one["type"] == "pronunciation"
    ]
    times = [time for _, start, end in words for time in (start, end)]
    assert times == sorted(times)
    assert all(start < end for _, start, end in words)
    lengths = []
    for sentence in spoken:
        inside = [one for one in words if sentence.start < one[2] and one[1] < sentence.end]
        lengths.append(len(inside))
        (first, start, _), (*_, end) = inside[0], inside[-1]
        print(f"{first}: {start - sentence.start:+.3f} s, {end - sentence.end:+.3f} s")  # noqa: T201
        assert first.lower() == sentence.text.split()[0].lower()
        assert abs(start - sentence.start) < 0.3
        assert abs(end - sentence.end) < 0.3
    # a word that nobody says in a sentence was said in a pause
    assert sum(lengths) == len(words)
    check_subtitles(job, spoken)


def check_subtitles(job, spoken):
    [address] = job["Subtitles"]["SubtitleFileUris"]
    text = urllib3.request("GET", address).data.decode()
    for cue in webvtt.WebVTT.from_buffer(io.StringIO(text)).captions:
        shown = cue.start_in_seconds + float(f"0.{cue.start.partition('.')[2]}")
        assert any(one.start - 0.1 < shown < one.end for one in spoken), cue


def test_the_words_of_a_talking_video_come_back_with_their_times(server, talk):
    check_talk(server, *talk)


@pytest.mark.parametrize("instructions", INSTRUCTION_SETS)
def test_times_do_not_depend_on_the_instructions_of_a_processor(
    talk, tmp_path_factory, instructions
):
    missing = INSTRUCTION_SETS[instructions] - instructions_here()
    if missing:
        pytest.skip(f"this processor has no {', '.join(sorted(missing))}")
    # the library reads it when it is loaded
    with serving(tmp_path_factory, CT2_FORCE_CPU_ISA=instructions) as started:
        check_talk(started, *talk)


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
    # the marks of eSpeak's voice are a matter of arithmetic, those of this one are not
    assert [one["alternatives"][0]["content"] for one in results["items"][-1:]] == ["."]


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
