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
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "Audio", "CasVideoWorkflow", ".wav"),
        (b"ID3\x04\x00", "Audio", "CasVideoWorkflow", ".mp3"),
        (b"\xff\xfb\x90\x64", "Audio", "CasVideoWorkflow", ".mp3"),
        (b"fLaC\x00\x00\x00\x22", "Audio", "CasVideoWorkflow", ".flac"),
        (b"OggS" + bytes(24) + b"OpusHead", "Audio", "CasVideoWorkflow", ".ogg"),
        (b"#!AMR\n", "Audio", "CasVideoWorkflow", ".amr"),
        (box(b"M4A "), "Audio", "CasVideoWorkflow", ".m4a"),
    ],
)
def test_the_content_decides_what_a_file_is(tmp_path, content, media_type, workflow, extension):
    medium = examine(written(tmp_path, "holiday.txt", content))

    assert (medium.media_type, medium.workflow) == (media_type, workflow)
    assert medium.object_name == f"holiday.txt{extension}"


@pytest.mark.parametrize("name", ["holiday.jpg", "HOLIDAY.JPG", "holiday.jpeg"])
def test_a_fitting_extension_is_kept(tmp_path, name):
    assert examine(written(tmp_path, name, JPEG)).object_name == name


@pytest.mark.parametrize(("width", "height"), [(1, 1), (79, 500), (12_000, 300)])
def test_a_picture_that_no_service_takes_is_refused(tmp_path, width, height):
    path = written(tmp_path, "one.png", PNG + width.to_bytes(4) + height.to_bytes(4) + bytes(5))

    with pytest.raises(Problem, match=f"has {width} × {height} pixels; a picture may have 80 to"):
        examine(path)


def test_a_text_is_a_text_whatever_language_it_is_in(tmp_path):
    medium = examine(written(tmp_path, "note.txt", "¡Hola, señora!".encode()))

    assert (medium.media_type, medium.workflow) == ("Text", "ParallelComprehendWorkflow")
    assert medium.object_name == "note.txt"
    assert examine(written(tmp_path, "note.md", b"# Note")).object_name == "note.md.txt"


def test_a_name_that_is_no_text_can_be_uploaded(tmp_path):
    assert examine(written(tmp_path, "caf\udce9.jpg", JPEG)).object_name == "caf?.jpg"


def test_a_line_break_in_a_name_is_no_part_of_a_key(tmp_path):
    assert examine(written(tmp_path, "new\nline.jpg", JPEG)).object_name == "new_line.jpg"


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        (b"hello, this is an error message", "supported"),
        (b"\xff", "supported"),
        (b"\x00\x01\x02", "supported"),
        ("naïve".encode("latin-1"), "supported"),
        ("text".encode("utf-16"), "UTF-8"),
        (b"%PDF-1.7", "as pictures"),
        (b"GIF89a", "as PNG"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "as JPEG or PNG"),
        (b"OggS" + bytes(24) + b"\x80theora", "as MP4"),
        # photographs of telephones and music have the same container as videos
        (box(b"heic"), "as JPEG or PNG"),
        (box(b"mif1"), "as JPEG or PNG"),
        (box(b"avif"), "as JPEG or PNG"),
        (box(b"M4P "), "protected"),
    ],
)
def test_an_unsupported_file_is_refused_with_what_can_be_done(tmp_path, content, way_out):
    with pytest.raises(Problem, match=way_out) as refusal:
        examine(written(tmp_path, "holiday.jpg", content))

    assert "holiday.jpg" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = written(tmp_path, "huge.jpg", JPEG)
    with path.open("ab") as file:
        file.truncate(16 << 20)

    with pytest.raises(Problem, match=r"has 16.8 MB; a picture may have 15.7 MB"):
        examine(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Problem, match="does not exist"):
        examine(tmp_path / "nothing.jpg")


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(Problem, match="is empty"):
        examine(written(tmp_path, "nothing.jpg", b""))


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(Problem, match="is a folder"):
        examine(tmp_path)
