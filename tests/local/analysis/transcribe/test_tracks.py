"""Files whose sound is not simply there from the first frame on, heard by the real model."""

import pytest
from tests.fakes.clips import run_ffmpeg
from tests.fakes.s3_server import s3_server
from tests.fakes.speech import SENTENCES, speak, talking_video
from tests.local.analysis.running_server import MODELS, running, skip_unless_installed
from tests.local.analysis.speech.test_spoken_words import Server, heard

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    skip_unless_installed()
    if not (MODELS / "whisper-model.bin").exists():
        pytest.skip("the family speech is not installed")
    state = tmp_path_factory.mktemp("state")
    with s3_server() as (endpoint, objects), running(MODELS, endpoint, state) as url:
        yield Server(url, objects)


def test_sound_that_begins_four_seconds_late_is_written_down_when_it_is_heard(server, tmp_path):
    talk, late = tmp_path / "b.mp4", tmp_path / "d.mp4"
    spoken = talking_video(talk, SENTENCES[:1])
    sound = ("-itsoffset", "4", "-i", talk)
    run_ffmpeg("-i", talk, *sound, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    _, results = server.transcript("d.mp4", late.read_bytes(), LanguageCode="en-US")
    first = next(one for one in results["items"] if one["type"] == "pronunciation")
    assert float(first["start_time"]) == pytest.approx(spoken[0].start + 4, abs=0.5)


def test_of_two_tracks_the_first_is_heard(server, tmp_path):
    """A tone, in which nobody speaks; the second one is for whoever extracts it."""
    voice, both = tmp_path / "voice.wav", tmp_path / "both.mp4"
    speak(voice, SENTENCES[:1])
    inputs = ("-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-i", voice)
    picture = ("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=4")
    maps = ("-map", "2:v", "-map", "0:a", "-map", "1:a")
    run_ffmpeg(*inputs, *picture, *maps, "-pix_fmt", "yuv420p", "-c:a", "aac", both)
    _, results = server.transcript("both.mp4", both.read_bytes(), LanguageCode="en-US")
    assert heard(results) == ""
