import pytest

from laptop.media_files import examine
from laptop.problems import Problem

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def box(brand):
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00isomiso2"


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "media_type", "workflow", "extension"),
    [
        (JPEG, "Image", "CasImageWorkflow", ".jpg"),
        (PNG, "Image", "CasImageWorkflow", ".png"),
        (box(b"isom"), "Video", "CasVideoWorkflow", ".mp4"),
        (box(b"qt  "), "Video", "CasVideoWorkflow", ".mov"),
        (b"\x00\x00\x00\x08wide\x00\x00", "Video", "CasVideoWorkflow", ".mov"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "Video", "CasVideoWorkflow", ".avi"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "Video", "CasVideoWorkflow", ".mkv"),
    ],
)
def test_the_content_decides_what_a_file_is(tmp_path, content, media_type, workflow, extension):
    medium = examine(written(tmp_path, "holiday.txt", content))

    assert (medium.media_type, medium.workflow) == (media_type, workflow)
    assert medium.object_name == f"holiday.txt{extension}"


@pytest.mark.parametrize("name", ["holiday.jpg", "HOLIDAY.JPG", "holiday.jpeg"])
def test_a_fitting_extension_is_kept(tmp_path, name):
    assert examine(written(tmp_path, name, JPEG)).object_name == name


@pytest.mark.parametrize(
    "content",
    [
        b"hello, this is text",
        b"%PDF-1.7",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\xff",
        # photographs of telephones and music have the same container as videos
        box(b"heic"),
        box(b"mif1"),
        box(b"avif"),
        box(b"M4A "),
    ],
)
def test_an_unsupported_file_is_refused_in_one_sentence(tmp_path, content):
    with pytest.raises(Problem) as refusal:
        examine(written(tmp_path, "holiday.jpg", content))

    assert "holiday.jpg" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Problem, match="does not exist"):
        examine(tmp_path / "nothing.jpg")


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(Problem, match="is empty"):
        examine(written(tmp_path, "nothing.jpg", b""))


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(Problem, match="is a folder"):
        examine(tmp_path)
