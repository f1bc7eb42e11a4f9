from tests.local.findings.documents import execution, found_in

from laptop import report_media, reports
from laptop.places import Places
from laptop.report_media import read_media

PROXY = {"S3Bucket": "b", "S3Key": "private/assets/a/a_proxy.mp4"}
FRAME = {"S3Bucket": "b", "S3Key": "private/assets/a/a_thumbnail.0000001.jpg"}


class Engine:
    """Has the objects whose keys end so, with the name as their bytes."""

    def __init__(self, *endings):
        self.endings = endings

    def download(self, location, path):
        if not location["S3Key"].endswith(self.endings):
            return False
        path.write_bytes(location["S3Key"].rpartition("/")[2].encode())
        return True


def of(kind, name, *outputs, **media):
    one = execution(kind, outputs)
    stage = one["Workflow"]["Stages"]["First"]
    given = {kind: {"S3Bucket": "b", "S3Key": f"private/assets/a/input/{name}"}}
    stage["Input"] = {"Media": given}
    return {**one, "Globals": {"Media": {**given, **media}}}


def test_a_picture_is_shown_as_it_is(tmp_path):
    media = read_media(Engine(".png"), of("Image", "a.png"), tmp_path / "a.html")

    assert (media.content_type, media.content) == ("image/png", b"a.png")
    assert list(tmp_path.iterdir()) == []


def test_of_a_video_the_copy_that_plays_everywhere_is_taken_with_a_picture_of_it(tmp_path):
    made = {
        "Name": "Thumbnail",
        "Status": "Complete",
        "Configuration": {"ThumbnailPosition": "7"},
        "Media": {"Thumbnail": FRAME},
    }
    whole = of("Video", "a.mkv", made, ProxyEncode=PROXY)
    media = read_media(Engine(".mp4", ".jpg"), whole, tmp_path / "a.html")

    assert (media.content_type, media.content) == ("video/mp4", b"a_proxy.mp4")
    assert [(one.at, one.content_type) for one in media.key_frames] == [(7_000, "image/jpeg")]
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_for_the_page_lies_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(report_media, "LARGEST_EMBEDDED", 3)
    media = read_media(Engine(".wav"), of("Audio", "a.wav"), tmp_path / "a.html")

    assert (media.content_type, media.beside, media.content) == ("audio/wav", "a.wav", b"")
    assert (tmp_path / "a.wav").read_bytes() == b"a.wav"


def test_what_no_browser_plays_or_is_gone_is_not_shown(tmp_path):
    page = tmp_path / "a.html"

    assert read_media(Engine(".mkv"), of("Video", "a.mkv"), page) is None
    assert read_media(Engine(".txt"), of("Text", "a.txt"), page) is None
    assert read_media(Engine(), of("Image", "a.png"), page) is None


def test_the_page_is_named_after_its_asset_and_never_half_written(tmp_path):
    found = found_in({}, kind="Image")
    path = reports.write(Engine(".png"), Places(tmp_path), of("Image", "a.png"), found)

    assert path == tmp_path / "reports" / "asset.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [one.name for one in path.parent.iterdir()] == ["asset.html"]
