"""Pictures of the report for docs/: a run of a film and of the sample picture, as a user runs them.

deployment/write-screenshots.sh says how to start it. The film is made here, of a photograph in
source/local/samples and of what Polly says about it, so that everybody may have it.
"""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "source" / "local", ROOT / "source" / "lib"):
    sys.path.insert(0, str(folder))

import boto3  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from tests.fakes.clips import SAMPLES, run_ffmpeg  # noqa: E402
from tests.local.report.conftest import find_chromium  # noqa: E402

SPOKEN = (
    "This is Eileen Collins, who flew the Space Shuttle. She wears an orange suit, and holds her "
    "helmet in her arm. Behind her are the flag of the United States and a model of the shuttle."
)
PHOTOGRAPH = SAMPLES / "astronaut.jpg"
SIZE = (960, 540)
TITLE_SECONDS = 2.5
RATE = 16_000
# part of the photograph, 512 pixels wide: left, top, width, height
SCENES = ((0, 70, 512, 288), (150, 0, 362, 204))
WINDOW = {"width": 1280, "height": 880}
COLORS, EXACT_COLORS = 256, 64
LARGEST_BYTES = 250_000


def main(docs: Path) -> None:
    state = Path(os.environ.get("MIE_STATE", ROOT / ".mie"))
    scratch = state / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    film = make_film(scratch / "eileen-collins.mp4", state)
    reports = {
        "report-video": run(state, "--workflow", "MieCompleteWorkflow", film),
        "report-picture": run(state, PHOTOGRAPH),
    }
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium())
        show(browser, reports["report-video"], "light", docs / "report-video.png", seconds=8.5)
        show(browser, reports["report-picture"], "dark", docs / "report-picture.png")
        browser.close()
    film.unlink()


def make_film(path: Path, state: Path) -> Path:
    """A title, and two views of the photograph while somebody tells about it."""
    sound, title = path.with_suffix(".wav"), path.with_suffix(".png")
    seconds = speak(sound, state)
    draw_title(title)
    each = (seconds - TITLE_SECONDS) / len(SCENES)
    inputs = ["-loop", "1", "-t", TITLE_SECONDS, "-i", title]
    graph = "[0:v]setsar=1[v0];"
    for place, (left, top, width, height) in enumerate(SCENES, 1):
        inputs += ["-loop", "1", "-t", each, "-i", PHOTOGRAPH]
        cut = f"crop={width}:{height}:{left}:{top},scale={SIZE[0]}:{SIZE[1]}:flags=lanczos"
        graph += f"[{place}:v]{cut},setsar=1[v{place}];"
    last = len(SCENES) + 1
    joined = "".join(f"[v{place}]" for place in range(last))
    graph += f"{joined}concat=n={last},format=yuv420p[v]"
    run_ffmpeg(
        *inputs, "-i", sound, "-filter_complex", graph, "-map", "[v]", "-map", f"{last}:a",
        "-r", "25", "-c:v", "libx264", "-c:a", "aac", "-shortest", path,
    )  # fmt: skip
    sound.unlink()
    title.unlink()
    return path


def speak(path: Path, state: Path) -> float:
    """Seconds of the sound, which begins with silence for the title."""
    facts = json.loads((state / "local.json").read_text())
    polly = boto3.client(
        "polly",
        endpoint_url=facts["analysis_url"],
        region_name=facts["region"],
        aws_access_key_id=facts["access_key_id"],
        aws_secret_access_key=facts["secret_access_key"],
    )
    said = polly.synthesize_speech(
        Text=SPOKEN, VoiceId="Joanna", Engine="neural", OutputFormat="pcm", SampleRate=str(RATE)
    )
    samples = bytes(2 * int(RATE * TITLE_SECONDS)) + said["AudioStream"].read() + bytes(RATE)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(samples)
    return len(samples) / 2 / RATE


def draw_title(path: Path) -> None:
    picture = Image.new("RGB", SIZE, "#14181d")
    draw = ImageDraw.Draw(picture)
    middle = SIZE[0] // 2
    draw.text((middle, 240), "Eileen Collins", "white", ImageFont.load_default(72), anchor="mm")
    draw.text((middle, 330), "ASTRONAUT", "#a9b4c0", ImageFont.load_default(34), anchor="mm")
    picture.save(path)


def run(state: Path, *arguments: str | Path) -> Path:
    """The report of a run."""
    before = set(state.glob("reports/*.html"))
    command = [ROOT / "deployment" / "run-local.sh", *arguments]
    subprocess.run([str(one) for one in command], check=True, stdin=subprocess.DEVNULL)
    (report,) = set(state.glob("reports/*.html")) - before
    return report


def show(browser: Browser, report: Path, scheme: str, target: Path, seconds: float = 0) -> None:
    """seconds: the moment of a film that is shown."""
    page = browser.new_page(viewport=WINDOW, color_scheme=scheme)
    page.goto(report.as_uri())
    page.wait_for_selector(".fitted")
    if seconds:
        page.evaluate(
            "seconds => new Promise(done => { const player = document.querySelector('#player');"
            " player.onseeked = done; player.currentTime = seconds; })",
            seconds,
        )
    # what was drawn after that is on the screen in the next frame but one
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.screenshot(path=target)
    page.close()
    shrink(target)


def shrink(picture: Path) -> None:
    """To a palette: the colors of the page as they are, and the best for the photograph."""
    full = Image.open(picture).convert("RGB")
    counted = sorted(full.getcolors(full.width * full.height), reverse=True)
    exact = [value for _, color in counted[:EXACT_COLORS] for value in color]
    best = full.quantize(COLORS - EXACT_COLORS).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette((exact + best)[: 3 * COLORS])
    for dither in (Image.Dither.FLOYDSTEINBERG, Image.Dither.NONE):
        full.quantize(palette=palette, dither=dither).save(picture, optimize=True)
        if picture.stat().st_size <= LARGEST_BYTES:
            return


if __name__ == "__main__":
    main(ROOT / "docs" / "images")
