"""What of a job is known, and how the names of its files are made."""

import pytest
from tests.local.analysis.mediaconvert import jobs

from analysis.faults import ServiceError
from analysis.mediaconvert.plan import read_job

PROXY = jobs.output(VideoDescription=jobs.video(), AudioDescriptions=[jobs.sound()])
OUTPUT = ("OutputGroups", 0, "Outputs", 0)
H264 = (*OUTPUT, "VideoDescription", "CodecSettings", "H264Settings")


def refusal(settings):
    with pytest.raises(ServiceError) as raised:
        read_job(settings)
    assert raised.value.code == "BadRequestException"
    return raised.value.message


@pytest.mark.parametrize(
    "job", [jobs.thumbnail(), jobs.thumbnail(with_audio=False), jobs.audio(), jobs.files(PROXY)]
)
def test_what_the_operators_send_is_known(job):
    read_job(job)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("Esam",), {}, "/esam"),
        (("Inputs", 0, "Crop"), {"X": 1}, "/inputs/0/crop"),
        (("Inputs", 0, "DeblockFilter"), "ENABLED", "/inputs/0/deblockFilter"),
        (("Inputs", 0, "ImageInserter"), {}, "/inputs/0/imageInserter"),
        (("Inputs", 0, "InputClippings"), [{}], "/inputs/0/inputClippings"),
        (
            ("Inputs", 0, "AudioSelectors", "Audio Selector 1", "Offset"),
            5,
            "/inputs/0/audioSelectors/Audio Selector 1/offset",
        ),
        (
            ("Inputs", 0, "AudioSelectors", "Audio Selector 1", "Tracks"),
            [1, 2],
            "/inputs/0/audioSelectors/Audio Selector 1/tracks",
        ),
        (
            ("Inputs", 0, "VideoSelector", "ColorSpace"),
            "HDR10",
            "/inputs/0/videoSelector/colorSpace",
        ),
        ((*OUTPUT, "Preset"), "System-Avc", "/outputGroups/0/outputs/0/preset"),
        ((*OUTPUT, "CaptionDescriptions"), [{}], "/outputGroups/0/outputs/0/captionDescriptions"),
        (
            (*OUTPUT, "VideoDescription", "VideoPreprocessors"),
            {},
            "/outputGroups/0/outputs/0/videoDescription/videoPreprocessors",
        ),
        ((*OUTPUT, "VideoDescription", "CodecSettings", "Codec"), "H_265", "codecSettings/codec"),
        ((*OUTPUT, "VideoDescription", "Width"), 641, "videoDescription/width"),
        ((*H264, "InterlaceMode"), "TOP_FIELD", "h264Settings/interlaceMode"),
        ((*H264, "FramerateControl"), "SPECIFIED", "framerateNumerator is required"),
        (
            (*OUTPUT, "AudioDescriptions", 0, "RemixSettings"),
            {},
            "audioDescriptions/0/remixSettings",
        ),
        ((*OUTPUT, "AudioDescriptions", 0, "AudioSourceName"), "no", "no audio selector no"),
        ((*OUTPUT, "ContainerSettings", "Container"), "MXF", "containerSettings/container"),
        ((*OUTPUT, "ContainerSettings", "Container"), "RAW", "RAW is for frame captures"),
        ((*OUTPUT, "ContainerSettings", "Container"), "M3U8", "does not go into this kind"),
        ((*OUTPUT, "Extension"), "../x", "/outputGroups/0/outputs/0/extension"),
        ((*OUTPUT, "NameModifier"), "_$dt$", "the identifier $dt$"),
        (("OutputGroups", 0, "AutomatedEncodingSettings"), {}, "/outputGroups/0/automatedEncoding"),
        (
            ("OutputGroups", 0, "OutputGroupSettings", "Type"),
            "CMAF_GROUP_SETTINGS",
            "/outputGroups/0/outputGroupSettings/type",
        ),
        (
            (
                *("OutputGroups", 0, "OutputGroupSettings", "FileGroupSettings"),
                *("DestinationSettings", "S3Settings", "AccessControl"),
            ),
            {},
            "s3Settings/accessControl",
        ),
        (("Inputs",), [], "/inputs"),
        (("Inputs", 0, "FileInput"), "https://example.com/a.mp4", "/inputs/0/fileInput"),
        (("Inputs", 0, "FileInput"), "s3://media/folder/", "/inputs/0/fileInput"),
        (("OutputGroups",), [], "/outputGroups"),
    ],
)
def test_a_setting_that_is_not_known_is_refused_by_its_name(path, value, named):
    assert named in refusal(jobs.changed(jobs.files(PROXY), path, value))


def test_pictures_alone_are_no_job():
    captures = jobs.output("RAW", VideoDescription=jobs.capture())
    assert "frame captures" in refusal(jobs.files(captures))


def test_two_outputs_of_one_name_are_refused():
    assert "same name" in refusal(jobs.files(PROXY, PROXY))


def test_a_stream_needs_a_name_of_its_own():
    stream = jobs.output("M3U8", VideoDescription=jobs.video())
    assert "nameModifier" in refusal(jobs.hls(stream))


@pytest.mark.parametrize(
    ("destination", "key"),
    [
        ("s3://media/out/", "out/a clip+%20ü.final_x.mp4"),
        ("s3://media/out/other", "out/other_x.mp4"),
        ("s3://media", "a clip+%20ü.final_x.mp4"),
    ],
)
def test_a_destination_is_a_folder_or_a_name(destination, key):
    job = jobs.files({**PROXY, "NameModifier": "_x"}, destination=destination)
    (output,) = read_job(job).outputs
    assert (output.destination.bucket, output.key(f"0.{output.extension}")) == ("media", key)


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"RateControlMode": "CBR", "Bitrate": 5_000_000}, "-b:v 5000000 -maxrate 5000000"),
        ({"RateControlMode": "VBR", "Bitrate": 9_000, "MaxBitrate": 10_000}, "-maxrate 10000"),
        ({"QvbrSettings": {"QvbrQualityLevel": 10}}, "-crf 18.0"),
        ({"GopSize": 2, "GopSizeUnits": "SECONDS"}, "-g 50"),
        ({"GopSize": 90, "GopSizeUnits": "FRAMES"}, "-g 90"),
        ({"CodecLevel": "LEVEL_4_1"}, "-level:v 4.1"),
        ({"CodecProfile": "BASELINE"}, "-profile:v baseline -coder cavlc -bf 0"),
        (
            {"NumberBFramesBetweenReferenceFrames": 2, "GopBReference": "DISABLED"},
            "-bf 2 -b-pyramid none",
        ),
        (
            {"FramerateControl": "SPECIFIED", "FramerateNumerator": 30, "FramerateDenominator": 1},
            "fps=30,",
        ),
    ],
)
def test_the_encoder_gets_what_is_asked_for(settings, options):
    from fractions import Fraction

    from analysis.mediaconvert.picture import read_video

    assert options in " ".join(read_video("", jobs.video(**settings), Fraction(25)))
