import numpy as np
import pytest
from tests.fakes import clips as make

from analysis import media


def times(path, every_ms):
    return [time for time, _ in media.frames(path, every_ms)]


def first(path, **options):
    return next(media.frames(path, 1_000, **options))[1]


def test_frames_have_their_own_times(clips):
    path = make.moving(clips / "moving.mp4", 2)
    # frames come every 40 ms: none lies at 500 or 1500
    assert times(path, 500) == [0, 520, 1_000, 1_520]


def test_every_frame_can_be_had(clips):
    path = make.moving(clips / "all.mp4", 1, rate="10")
    assert times(path, 1) == list(range(0, 1_000, 100))


def test_times_do_not_drift_at_a_rate_that_is_no_whole_number(clips):
    path = make.moving(clips / "ntsc.mp4", 12, rate="30000/1001", size="64x48")
    # frame n is shown at n × 1001 / 30 ms: the first ones at or after each second
    exact = [-(-second * 30_000 // 1_001) * 1_001 // 30 for second in range(12)]
    assert times(path, 1_000) == exact


def test_a_variable_rate_keeps_the_times_of_its_frames(clips):
    path = make.variable_rate(clips / "variable.mp4")
    assert times(path, 500) == [0, 520, 1_000, 1_520, 2_000, 2_600, 3_000, 3_600]


def test_times_begin_with_the_file_whatever_its_clock_says(clips):
    path = clips / "late.ts"
    make.run_ffmpeg("-f", "lavfi", "-i", "testsrc=duration=1", "-output_ts_offset", "5000", path)
    assert times(path, 500) == [0, 520]


def test_one_frame_is_one_picture(clips):
    assert times(make.one_frame(clips / "single.mp4"), 500) == [0]


def test_a_pause_does_not_repeat_the_frame_before_it(clips):
    path = clips / "pause.mkv"
    source = "testsrc=rate=1:duration=3,setpts=N*3600/TB"
    make.run_ffmpeg("-f", "lavfi", "-i", source, "-fps_mode", "passthrough", path)
    assert times(path, 500) == [0, 3_600_000, 7_200_000]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_picture_is_upright(clips, degrees):
    picture = first(make.rotated(clips / f"side-{degrees}.mp4", degrees))
    top, bottom = picture.pixels[10, 10], picture.pixels[-10, -10]
    assert np.allclose(top, [255, 0, 0], atol=12)
    assert np.allclose(bottom, [0x20, 0x30, 0x60], atol=12)


def test_a_large_picture_is_scaled_down(clips):
    path = make.moving(clips / "wide.mp4", 0.2, size="1280x720")
    picture = first(path, side=640)
    assert (picture.width, picture.height) == (640, 360)


def test_a_small_picture_is_not_scaled_up(clips):
    picture = first(make.moving(clips / "small.mp4", 0.2), side=640)
    assert (picture.width, picture.height) == (320, 240)


def test_a_video_whose_size_changes_keeps_the_first(clips):
    path = clips / "changes.ts"
    parts = [make.moving(clips / f"{w}.ts", 1, size=f"{w}x240", tracks=0) for w in (320, 640)]
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    widths = {picture.width for _, picture in media.frames(path, 200)}
    assert widths == {320}


def test_sound_has_no_frames(clips):
    path = make.sound_only(clips / "sound.m4a", 0.5)
    with pytest.raises(media.MediaRefused, match="no video track"):
        times(path, 500)


@pytest.mark.parametrize("clip", [make.corrupt_index, make.empty, make.not_media])
def test_what_cannot_be_decoded_is_refused(clips, clip):
    with pytest.raises(media.MediaRefused):
        times(clip(clips / "broken.mp4"), 500)


def test_a_reader_may_leave_early(clips):
    stream = media.frames(make.moving(clips / "left.mp4", 20), 40)
    next(stream)
    stream.close()
    with pytest.raises(StopIteration):
        next(stream)


def tone(samples, rate=16_000):
    """The loudest frequency in hertz."""
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


def test_sound_comes_at_the_rate_that_is_asked_for(clips):
    path = make.sound_only(clips / "a.wav", 3, frequency=440)
    chunks = list(media.audio(path))
    assert sum(map(len, chunks)) == 3 * 16_000
    assert tone(np.concatenate(chunks)) == pytest.approx(440, abs=1)


def test_long_sound_comes_in_chunks_of_ten_seconds(clips):
    path = make.sound_only(clips / "long.wav", 25)
    assert [len(chunk) for chunk in media.audio(path)] == [160_000, 160_000, 80_000]


def test_each_track_can_be_heard(clips):
    path = make.eight_tracks(clips / "tracks.mp4")
    heard = [tone(np.concatenate(list(media.audio(path, track=n)))) for n in range(8)]
    assert heard == pytest.approx([400 + 200 * n for n in range(8)], abs=2)


def test_each_channel_can_be_heard(clips):
    path = clips / "stereo.wav"
    tones = [("-f", "lavfi", "-i", f"sine=frequency={f}:duration=1") for f in (300, 900)]
    make.run_ffmpeg(*tones[0], *tones[1], "-filter_complex", "amerge=inputs=2", "-ac", "2", path)
    heard = [tone(np.concatenate(list(media.audio(path, channel=n)))) for n in range(2)]
    assert heard == pytest.approx([300, 900], abs=2)


def loud_from(samples, rate=16_000):
    """The second at which something is heard."""
    return np.flatnonzero(np.abs(samples) > 0.02)[0] / rate


@pytest.mark.parametrize("container", ["mkv", "mp4", "mov", "ts"])
def test_sound_that_begins_after_the_picture_is_heard_when_it_begins(clips, container):
    path = make.late_sound(clips / f"late.{container}", after=1.5)
    samples = np.concatenate(list(media.audio(path)))
    assert loud_from(samples) == pytest.approx(1.5, abs=0.05)
    assert len(samples) / 16_000 == pytest.approx(3.5, abs=0.1)


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_sound_that_begins_before_the_picture_begins_the_file(clips, container):
    path = make.late_sound(clips / f"early.{container}", after=-1.5)
    assert loud_from(np.concatenate(list(media.audio(path)))) == pytest.approx(0, abs=0.05)
    assert times(path, 10_000)[0] == pytest.approx(1_500, abs=50)


def test_sound_from_before_the_beginning_is_cut_off_as_players_do(clips):
    """An edit list begins in the middle of the sound."""
    whole = make.sound_only(clips / "whole.m4a", 3)
    path = clips / "cut.mp4"
    make.run_ffmpeg("-itsoffset", "-1", "-i", whole, "-c", "copy", path)
    samples = np.concatenate(list(media.audio(path)))
    assert len(samples) / 16_000 == pytest.approx(2, abs=0.1)


def test_silence_before_sound_alone_is_kept(clips):
    whole = make.sound_only(clips / "tone.m4a", 1)
    path = clips / "alone.mp4"
    make.run_ffmpeg("-itsoffset", "2", "-i", whole, "-c", "copy", path)
    assert loud_from(np.concatenate(list(media.audio(path)))) == pytest.approx(2, abs=0.05)


def test_a_gap_in_the_sound_is_silence(clips):
    path = clips / "gap.mkv"
    cut = "aselect='lt(t,1)+gte(t,3)'"
    tone = "sine=frequency=440:sample_rate=16000:duration=4"
    make.run_ffmpeg("-f", "lavfi", "-i", tone, "-af", cut, "-c:a", "pcm_s16le", path)
    samples = np.concatenate(list(media.audio(path)))
    assert len(samples) / 16_000 == pytest.approx(4, abs=0.1)
    assert np.abs(samples[24_000:40_000]).max() < 0.01
    assert loud_from(samples[40_000:]) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("options", "text"),
    [({}, "no audio track"), ({"track": 3}, "No track 3")],
)
def test_sound_that_is_not_there_is_refused(clips, options, text):
    path = make.without_sound(clips / "silent.mp4", 0.2)
    with pytest.raises(media.MediaRefused, match=text):
        list(media.audio(path, **options))


def test_a_part_of_a_video_keeps_the_times_of_the_whole(clips):
    path = make.moving(clips / "part.mp4", 5)
    part = media.frames(path, 500, between=(2_000, 3_600))
    assert [time for time, _ in part] == [2_000, 2_520, 3_000, 3_520]


def test_a_part_after_the_end_has_no_frames(clips):
    path = make.moving(clips / "brief.mp4", 1)
    assert list(media.frames(path, 500, between=(5_000, 6_000))) == []
