"""A browser of the system, which tests open pages in as a person does: from the file system."""

import io
import shutil
import time
import wave
from pathlib import Path

import pytest
from tests.fakes.clips import moving
from tests.local.report import samples

from report.media import Media
from report.page import page

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE_SECONDS = 15
MISSING = (
    "no Chromium is installed (on Debian and Ubuntu: apt install chromium); "
    "pages were not opened in a browser"
)


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Opened:
    """A page, and everything that it complained about or asked for."""

    def __init__(self, tab) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self.requests: list[str] = []
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        tab.on("request", lambda request: self.requests.append(request.url))

    def wait_until(self, condition: str) -> None:
        """Until an expression is true. The tab's own way evaluates it in the page again and again,
        which the page's policy forbids."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.tab.evaluate(condition):
            assert time.monotonic() < deadline, f"not true within {PATIENCE_SECONDS} s: {condition}"
            self.tab.wait_for_timeout(20)


@pytest.fixture(scope="module")
def chromium():
    """Started once for a module, and gone after it: while it runs, nothing else may be asyncio."""
    program = find_chromium()
    if program is None:
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """opened(html, **options of the context) -> Opened; what is open at the end is closed."""
    contexts = []

    def open_page(html: str, **options) -> Opened:
        file = Path(tmp_path) / f"report-{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_offline(True)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        found = Opened(context.new_page())
        found.tab.goto(file.as_uri())
        return found

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> bytes:
    """Ten seconds of H.264 and AAC in MP4."""
    file = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return moving(file, seconds=10, rate="10").read_bytes()


@pytest.fixture(scope="module")
def reports(clip) -> dict[str, str]:
    return {
        "picture": page(samples.picture(), samples.astronaut()),
        "video": page(samples.video(), samples.film(clip)),
        "sound": page(samples.sound(), Media("audio/wav", silence())),
        "text": page(samples.text(), None),
    }


@pytest.fixture
def film(opened, reports):
    """The report of the video, once the player knows it."""
    report = opened(reports["video"])
    report.wait_until("document.querySelector('#player').readyState >= 1")
    return report


def silence(seconds: int = 10) -> bytes:
    """A WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8_000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8_000 * seconds)
    return file.getvalue()
