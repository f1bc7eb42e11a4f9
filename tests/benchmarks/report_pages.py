"""How large reports are, how long they take to make and to open, and how soon a search answers.

`python tests/benchmarks/report_pages.py` needs Chromium. The large one has 10,000 labels and three
hours of words.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "source" / "local", ROOT / "source" / "lib"):
    sys.path.insert(0, str(folder))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from tests.fakes.clips import moving  # noqa: E402
from tests.local.report import samples  # noqa: E402
from tests.local.report.conftest import find_chromium  # noqa: E402

from report.page import page  # noqa: E402

# the next frame has been drawn
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium())
        film = samples.film(moving(Path(folder) / "film.mp4", seconds=10).read_bytes())
        for name, findings, media in (
            ("a picture", samples.picture(), samples.astronaut()),
            ("a video", samples.video(), film),
            ("much of everything", samples.much(), film),
        ):
            file = Path(folder) / "report.html"
            html, made = timed(lambda made_of=(findings, media): page(*made_of))
            file.write_text(html, encoding="utf-8")
            opened, answered = open_and_search(browser, file)
            print(
                f"{name}: {len(html) / 1e6:.2f} MB, made in {made:.2f} s, "
                f"opened in {opened:.2f} s, searched in {answered:.2f} s"
            )
        browser.close()


def open_and_search(browser: Browser, file: Path) -> tuple[float, float]:
    tab = browser.new_page()

    def search() -> None:
        tab.locator("#search").fill("a")
        tab.evaluate(DRAWN)

    _, opened = timed(lambda: tab.goto(file.as_uri()))
    _, answered = timed(search)
    tab.close()
    return opened, answered


def timed(do: Callable[[], object]) -> tuple[object, float]:
    began = time.perf_counter()
    made = do()
    return made, time.perf_counter() - began


if __name__ == "__main__":
    main()
