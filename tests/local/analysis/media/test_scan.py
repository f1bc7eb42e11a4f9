import pytest
from tests.fakes import clips as make

from analysis import media
from analysis.media.scan import scan


def look(path, **options):
    wanted = {"least_change": 10, "black_level": 0.2, "black_share": 0.99, "go_on": lambda: None}
    return scan(path, media.probe(path), **{**wanted, **options})


def test_four_cuts_are_found_to_the_frame(clips):
    frames = (50, 38, 100, 75, 61)
    found = look(make.hard_cuts(clips / "five.mp4", frames))
    assert [frame for frame, _ in found.changes] == [50, 88, 188, 263]
    assert len(found.times) == sum(frames)


def test_the_times_of_cuts_are_those_of_the_frames(clips):
    found = look(make.hard_cuts(clips / "ntsc-cuts.mp4", rate="30000/1001"))
    assert [found.times[frame] for frame, _ in found.changes] == [
        frame * 1_001 // 30 for frame in (50, 88, 188)
    ]


def test_a_moving_picture_without_a_cut_has_none(clips):
    assert look(make.moving(clips / "uncut.mp4", 4)).changes == []


def test_black_frames_are_found_to_the_frame(clips):
    assert look(make.with_black(clips / "black.mp4")).black == [(50, 87)]


@pytest.mark.parametrize(
    ("frames", "run"),
    [((0, 30, 20), (0, 29)), ((20, 30, 0), (20, 49)), ((0, 25, 0), (0, 24))],
    ids=["beginning", "end", "whole"],
)
def test_black_may_be_at_an_end_of_the_video(clips, frames, run):
    path = make.with_black(clips / f"black-{frames[0]}-{frames[2]}.mp4", *frames)
    assert look(path).black == [run]


def test_small_light_writing_is_not_black_when_all_has_to_be(clips):
    path = clips / "written.mp4"
    dot = "color=c=black:size=640x480:rate=25:duration=1,drawbox=w=16:h=16:c=white:t=fill"
    make.run_ffmpeg("-f", "lavfi", "-i", dot, path)
    assert look(path, black_share=0.99).black == [(0, 24)]
    assert look(path, black_share=0.9999).black == []


def test_frames_of_a_variable_rate_are_counted(clips):
    found = look(make.variable_rate(clips / "varies.mp4"))
    assert len(found.times) == 60
    assert found.frame_at(2_000) == 50
    assert (found.times[50], found.times[51]) == (2_000, 2_200)


def test_whoever_waits_can_end_it(clips):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look(make.one_frame(clips / "short.mp4"), go_on=stop)


def test_a_damaged_file_is_refused(clips):
    whole = media.probe(make.moving(clips / "whole-one.mp4", 0.2))
    path = make.corrupt_index(clips / "broken-index.mp4")
    with pytest.raises(media.MediaRefused):
        scan(path, whole, least_change=10, black_level=0.2, black_share=1, go_on=lambda: None)
