import os
from fractions import Fraction

import pytest
from tests.fakes import clips as make

from analysis import media


def test_a_video_has_a_size_a_rate_and_a_duration(clips):
    facts = media.probe(make.hard_cuts(clips / "cuts.mp4"))
    assert (facts.format, facts.codec) == ("QuickTime / MOV", "h264")
    assert (facts.width, facts.height, facts.frame_rate) == (320, 240, 25)
    assert facts.duration_ms == 10_520
    assert facts.audio_tracks == []


def test_a_rate_that_is_no_whole_number_is_exact(clips):
    facts = media.probe(make.moving(clips / "ntsc.mov", 1, rate="30000/1001"))
    assert facts.frame_rate == Fraction(30_000, 1_001)


@pytest.mark.parametrize(
    ("name", "told"),
    [("clip.mkv", "Matroska / WebM"), ("clip.avi", "AVI (Audio Video Interleaved)")],
)
def test_the_bytes_say_what_a_container_is(clips, name, told):
    path = make.moving(clips / name, 0.2)
    assert media.probe(path.rename(path.with_suffix(".mp4"))).format == told


def test_all_audio_tracks_are_told(clips):
    tracks = media.probe(make.eight_tracks(clips / "eight.mp4", 0.3)).audio_tracks
    assert tracks == [media.AudioTrack("aac", 44_100, 1)] * 8


@pytest.mark.parametrize(("layout", "channels"), [("stereo", 2), ("5.1", 6), ("7.1", 8)])
def test_the_channels_of_a_track_are_counted(clips, layout, channels):
    path = clips / f"{layout}.wav"
    source = f"anullsrc=channel_layout={layout}:sample_rate=8000"
    make.run_ffmpeg("-f", "lavfi", "-t", "0.1", "-i", source, path)
    assert media.probe(path).audio_tracks == [media.AudioTrack("pcm_s16le", 8_000, channels)]


def test_sound_alone_is_no_video(clips):
    facts = media.probe(make.sound_only(clips / "tone.m4a", 1))
    assert not facts.has_video
    assert (facts.codec, facts.width, facts.height) == ("", 0, 0)


def test_the_picture_of_a_record_is_no_video(clips):
    cover, path = clips / "cover.png", clips / "covered.m4a"
    make.run_ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1", cover)
    tone = ("-f", "lavfi", "-i", "sine=duration=1")
    copy = ("-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic")
    make.run_ffmpeg(*tone, "-i", cover, *copy, path)
    assert not media.probe(path).has_video


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_video_on_its_side_has_its_upright_size(clips, degrees):
    facts = media.probe(make.rotated(clips / f"turned-{degrees}.mp4", degrees))
    assert (facts.width, facts.height, facts.rotation) == (240, 320, degrees)


def test_one_frame_is_a_video(clips):
    assert media.probe(make.one_frame(clips / "one.mp4")).duration_ms == 40


@pytest.mark.parametrize(
    ("name", "clip"),
    [
        ("corrupt.mp4", make.corrupt_index),
        ("cut-off.mp4", make.cut_off),
        ("empty.mp4", make.empty),
        ("text.mp4", make.not_media),
        ("text.m3u8", make.not_media),
    ],
)
def test_what_is_no_whole_media_file_is_refused(clips, name, clip):
    path = clip(clips / name)
    with pytest.raises(media.MediaRefused, match="The file"):
        media.probe(path)


def test_a_file_that_is_not_there_is_refused(clips):
    with pytest.raises(media.MediaRefused, match="cannot be read"):
        media.probe(clips / "nothing.mp4")


def test_a_pipe_that_may_never_end_is_refused(clips):
    os.mkfifo(clips / "pipe.mp4")
    with pytest.raises(media.MediaRefused, match="not an ordinary file"):
        media.probe(clips / "pipe.mp4")


def test_too_large_frames_are_refused(clips):
    path = clips / "large.mkv"
    scene = ("-f", "lavfi", "-i", "color=size=9000x4200")
    make.run_ffmpeg(*scene, "-frames:v", "1", "-pix_fmt", "gray", "-c:v", "rawvideo", path)
    with pytest.raises(media.MediaRefused, match="9000 × 4200"):
        media.probe(path)


def test_a_video_of_more_than_six_hours_is_refused(clips):
    path = clips / "long.mkv"
    slow = ("-f", "lavfi", "-i", "color=size=64x64:rate=1/6000:duration=24000")
    make.run_ffmpeg(*slow, path)
    with pytest.raises(media.MediaRefused, match="longer than 6 hours"):
        media.probe(path)
