"""What guards ffmpeg: files that name other files, and files that take too much."""

import pytest
from tests.fakes import clips as make

from analysis import media
from analysis.media.ffmpeg import running

ENDLESS = ["-f", "lavfi", "-i", "testsrc", "-f", "null", "-"]


def refusal(path):
    with pytest.raises(media.MediaRefused) as caught:
        media.probe(path)
    return str(caught.value)


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4"])
def test_a_playlist_is_not_followed(clips, name):
    other = make.moving(clips / "other.ts", 1)
    path = make.playlist(clips / name, f"file://{other}")
    assert refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile 'other.mp4'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
        "RTSPtextRTSP://127.0.0.1/one\n",
        "http://127.0.0.1/one.mp4\n",
    ],
    ids=["concat", "sdp", "dash", "rtsp", "url"],
)
def test_a_file_that_names_other_places_is_refused(clips, text):
    make.moving(clips / "other.mp4", 0.2)
    path = clips / "named.mp4"
    path.write_text(text)
    assert refusal(path)


def test_an_index_of_another_file_is_not_followed(clips):
    """QuickTime can say that its pictures lie in another file; that file is not opened."""
    path = clips / "reference.mov"
    data = make.moving(clips / "whole.mov", 0.2, tracks=0).read_bytes()
    # the box `url ` with the note "in this file" becomes one without it
    path.write_bytes(data.replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00"))
    facts = media.probe(path)
    assert facts.has_video


def test_an_endless_stream_ends(clips):
    with pytest.raises(media.MediaRefused, match="longer than 1 seconds"):
        media.run_ffmpeg(ENDLESS, seconds=1)


def test_too_much_processor_time_ends_it():
    with running(ENDLESS, cpu_seconds=1) as one, pytest.raises(media.MediaRefused, match="time"):
        one.check()


def test_too_much_memory_ends_it(clips):
    with pytest.raises(media.MediaRefused, match="memory"):
        media.run_ffmpeg(
            ["-f", "lavfi", "-i", "color=size=8000x4000", "-frames:v", "9", "-f", "null", "-"],
            seconds=30,
            memory=96 << 20,
        )


def test_whoever_waits_can_end_it():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        media.run_ffmpeg(ENDLESS, seconds=60, go_on=stop)


def test_nothing_is_left_running(clips):
    with running(ENDLESS, cpu_seconds=60) as one:
        pass
    assert one.process.returncode is not None
    assert one.output.closed


def test_a_name_that_looks_like_an_address_is_a_file(clips):
    path = make.moving(clips / "http:--127.0.0.1-x.mp4", 0.2)
    assert media.probe(path).has_video


def test_what_was_asked_for_is_written(clips):
    source, target = make.moving(clips / "source.mp4", 2), clips / "target.wav"
    one = media.Input(source, ("-ss", "1"))
    media.run_ffmpeg(["-vn", target], seconds=30, inputs=[one])
    assert media.probe(target).duration_ms == pytest.approx(1_000, abs=30)


def test_the_environment_does_not_reach_it(clips, monkeypatch):
    path, report = make.moving(clips / "quiet.mp4", 0.2), clips / "report.log"
    monkeypatch.setenv("FFREPORT", f"file={report}")
    media.probe(path)
    assert not report.exists()


def test_many_words_are_not_kept(clips):
    said = media.run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc=duration=20", "-vf", "showinfo", "-f", "null", "-"],
        seconds=60,
    )
    assert len(said.splitlines()) <= 200
