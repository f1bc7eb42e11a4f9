"""Clips and sounds with known facts, made by ffmpeg in a moment: real files for tests.

Every function writes one file and returns its path. Nothing here speaks; a clip of a person is
made of the photographs in source/local/samples.
"""

import struct
import subprocess
from pathlib import Path

from analysis.media.program import ENVIRONMENT, find_ffmpeg

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "source" / "local" / "samples"

_CALM = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
# pictures that have nothing in common with the next one
_SCENES = (
    "testsrc=size={size}:rate={rate}",
    "color=c=0x2060c0:size={size}:rate={rate},drawbox=w=iw/3:h=ih/2:c=yellow:t=fill",
    "smptebars=size={size}:rate={rate}",
    "color=c=0xe0e0e0:size={size}:rate={rate},drawbox=x=iw/2:w=iw/3:h=ih:c=darkgreen:t=fill",
    "mandelbrot=size={size}:rate={rate}",
)


def run_ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg as it is, without any guard, and fail with what it says."""
    command = [find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    words = [*command, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode:
        raise AssertionError(f"ffmpeg: {done.stderr}")


def hard_cuts(
    path: Path, frames: tuple[int, ...] = (50, 38, 100, 75), rate: str = "25", size: str = "320x240"
) -> Path:
    """Scenes of that many frames each; a cut lies at every partial sum of `frames`."""
    inputs: list[str] = []
    for index, count in enumerate(frames):
        scene = _SCENES[index % len(_SCENES)].format(size=size, rate=rate)
        inputs += ["-f", "lavfi", "-i", f"{scene},trim=end_frame={count},setsar=1"]
    joined = "".join(f"[{index}:v]" for index in range(len(frames)))
    graph = f"{joined}concat=n={len(frames)}:v=1:a=0[v]"
    run_ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", "-r", rate, *_CALM, path)
    return path


def with_black(path: Path, before: int = 50, black: int = 38, after: int = 50) -> Path:
    """A moving picture, that many black frames, and a moving picture again; 25 frames a second."""
    inputs: list[str] = []
    scenes = ("testsrc", before), ("color=c=black", black), ("testsrc2", after)
    for source, count in scenes:
        joint = ":" if "=" in source else "="
        scene = f"{source}{joint}size=320x240:rate=25,trim=end_frame={count},setsar=1"
        inputs += ["-f", "lavfi", "-i", scene]
    graph = "[0:v][1:v][2:v]concat=n=3:v=1:a=0[v]"
    run_ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", *_CALM, path)
    return path


def moving(
    path: Path, seconds: float = 5, rate: str = "25", size: str = "320x240", tracks: int = 1
) -> Path:
    """A test pattern with that many audio tracks, each a tone of its own (400 Hz, 600 Hz, …)."""
    inputs = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}"]
    maps = ["-map", "0:v"]
    for track in range(tracks):
        tone = f"sine=frequency={400 + 200 * track}:sample_rate=44100:duration={seconds}"
        inputs += ["-f", "lavfi", "-i", tone]
        maps += ["-map", f"{track + 1}:a"]
    run_ffmpeg(*inputs, *maps, *_CALM, "-c:a", "aac", "-b:a", "64k", path)
    return path


def encoded(path: Path, picture: str = "libx264", sound: str = "aac") -> Path:
    """A second of a test pattern and a tone by these encoders; the name's ending says the format.

    25 frames a second and 48,000 Hz, which every format takes.
    """
    pattern = ("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=1")
    tone = ("-f", "lavfi", "-i", "sine=frequency=400:sample_rate=48000:duration=1")
    run_ffmpeg(*pattern, *tone, "-pix_fmt", "yuv420p", "-c:v", picture, "-c:a", sound, path)
    return path


def without_sound(path: Path, seconds: float = 5) -> Path:
    """A test pattern without an audio track."""
    return moving(path, seconds, tracks=0)


def empty_track(path: Path, seconds: float = 2) -> Path:
    """A test pattern with an audio track that has no samples."""
    picture = ("-f", "lavfi", "-i", f"testsrc=size=320x240:rate=25:duration={seconds}")
    nothing = ("-f", "lavfi", "-i", "anullsrc=r=22050:cl=mono")
    maps = ("-map", "0:v", "-map", "1:a", "-af", "atrim=end_sample=0")
    run_ffmpeg(*picture, *nothing, *maps, "-pix_fmt", "yuv420p", "-c:a", "aac", path)
    return path


def eight_tracks(path: Path, seconds: float = 2) -> Path:
    """A test pattern with eight audio tracks."""
    return moving(path, seconds, tracks=8)


def one_frame(path: Path) -> Path:
    """A video of one frame, 40 ms."""
    return moving(path, seconds=0.04, tracks=0)


def sound_only(path: Path, seconds: float = 5, frequency: int = 440) -> Path:
    """A tone and no picture; the name's ending says the format."""
    run_ffmpeg("-f", "lavfi", "-i", f"sine=frequency={frequency}:duration={seconds}", path)
    return path


def late_sound(path: Path, seconds: float = 2, after: float = 1.5, frequency: int = 440) -> Path:
    """A test pattern whose tone begins that much later, or before it with a number below 0."""
    picture = f"testsrc=size=320x240:rate=25:duration={seconds + abs(after)}"
    tone = f"sine=frequency={frequency}:sample_rate=44100:duration={seconds}"
    shift = ("-itsoffset", str(after)) if after > 0 else ()
    later = ("-itsoffset", str(-after)) if after < 0 else ()
    run_ffmpeg(
        *(*later, "-f", "lavfi", "-i", picture, *shift, "-f", "lavfi", "-i", tone),
        *("-map", "0:v", "-map", "1:a", *_CALM, "-fps_mode", "passthrough", "-c:a", "aac", path),
    )
    return path


def one_hour(path: Path, size: str = "320x240", minutes: int = 60, sound: bool = False) -> Path:
    """A minute of four scenes, again and again: an hour of 25 frames a second at a low bit rate.

    sound: with a tone of that length.
    """
    minute = hard_cuts(path.with_name(f"minute-{path.name}"), (375,) * 4, size=size)
    times = ["-stream_loop", str(minutes - 1)]
    tone = f"sine=frequency=440:sample_rate=16000:duration={minutes * 60}"
    hum = ["-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "24k"] if sound else []
    run_ffmpeg(*times, "-i", minute, *hum, "-c:v", "copy", path)
    minute.unlink()
    return path


def variable_rate(path: Path) -> Path:
    """25 frames a second for two seconds, then 5 a second for nearly two more.

    Frames lie at 0, 40, … 1960 ms, and at 2000, 2200, … 3800 ms.
    """
    source = "testsrc=size=320x240:rate=25:duration=4,select='lt(t,2)+not(mod(n,5))'"
    run_ffmpeg("-f", "lavfi", "-i", source, "-fps_mode", "vfr", *_CALM, path)
    return path


def rotated(path: Path, degrees: int = 90, seconds: float = 1) -> Path:
    """Pixels that lie on their side, 320 by 240, with the note that a player turns them upright.

    `degrees` counter-clockwise is how a player turns them; the upper edge is red as it is shown.
    """
    flat = path.with_name(f"flat-{path.name}")
    # a picture of 240 by 320 with a red upper third, laid on its side
    turn = {90: "transpose=clock", 270: "transpose=cclock", 180: "hflip,vflip", 0: "null"}[degrees]
    size = "240x320" if degrees in (90, 270) else "320x240"
    scene = f"color=c=0x203060:size={size}:rate=25:duration={seconds}"
    scene += f",drawbox=w=iw:h=ih/3:c=red:t=fill,{turn}"
    run_ffmpeg("-f", "lavfi", "-i", scene, *_CALM, flat)
    run_ffmpeg("-display_rotation", str(degrees), "-i", flat, "-c", "copy", path)
    flat.unlink()
    return path


def corrupt_index(path: Path) -> Path:
    """An MP4 whose index (the box moov) holds noise."""
    data = bytearray(moving(path, seconds=2).read_bytes())
    start = data.index(b"moov")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    data[start + 4 : start - 4 + length] = bytes(index * 37 % 251 for index in range(length - 8))
    path.write_bytes(data)
    return path


def cut_off(path: Path) -> Path:
    """The first half of an MP4 whose index stands at its end: nothing can be read."""
    data = moving(path, seconds=2).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def empty(path: Path) -> Path:
    """A file of no bytes."""
    path.write_bytes(b"")
    return path


def not_media(path: Path) -> Path:
    """A text, whatever the name's ending says."""
    path.write_text("This is a text, and neither a picture nor a sound.\n" * 200)
    return path


def playlist(path: Path, target: str) -> Path:
    """An HLS playlist that names another place; ffmpeg by itself follows it."""
    entry = f"#EXTINF:10.0,\n{target}\n"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n{entry}#EXT-X-ENDLIST\n")
    return path


def of_stills(
    path: Path,
    stills: tuple[tuple[str, str], ...] = (("astronaut.jpg", ""), ("grace-hopper.jpg", "")),
    seconds: float = 2,
    size: tuple[int, int] = (640, 480),
    rate: str = "25",
) -> Path:
    """Photographs of source/local/samples one after another, each with a caption (or none).

    `stills` are names of files and captions; no name is a black picture with the caption alone.
    """
    inputs: list[str | Path] = []
    pages = []
    for index, (name, caption) in enumerate(stills):
        page = path.with_name(f"{path.stem}-{index}.png")
        _draw(page, SAMPLES / name if name else None, caption, size)
        pages.append(page)
        inputs += ["-loop", "1", "-framerate", rate, "-t", str(seconds), "-i", page]
    joined = "".join(f"[{index}:v]" for index in range(len(stills)))
    graph = f"{joined}concat=n={len(stills)}:v=1:a=0[v]"
    run_ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", "-r", rate, *_CALM, path)
    for page in pages:
        page.unlink()
    return path


def moving_stills(path: Path, seconds: int, sound: Path | None = None) -> Path:
    """Three captioned pictures in 1280 × 720, two of them with people, and nothing stands still.

    sound: what is heard meanwhile, as far as it lasts.
    """
    stills = (("astronaut.jpg", "One"), ("grace-hopper.jpg", "Two people"), ("", "And\nthe end"))
    flat = of_stills(path.with_name(f"flat-{path.name}"), stills, seconds / 3, (1_280, 720))
    zoom = "zoompan=z='1.2+0.1*sin(on/40)':x='iw/10*(1+sin(on/30))':d=1:s=1280x720:fps=25"
    heard = [] if sound is None else ["-i", sound, "-c:a", "aac", "-b:a", "96k"]
    picture = ["-vf", zoom, "-c:v", "libx264", "-preset", "veryfast"]
    run_ffmpeg("-i", flat, *heard, *picture, "-t", str(seconds), path)
    flat.unlink()
    return path


def _draw(page: Path, photograph: Path | None, caption: str, size: tuple[int, int]) -> None:
    from PIL import Image, ImageDraw, ImageFont, ImageOps

    if photograph is None:
        picture = Image.new("RGB", size, "black")
    else:
        picture = ImageOps.pad(Image.open(photograph).convert("RGB"), size, color="gray")
    if caption:
        draw = ImageDraw.Draw(picture)
        font = ImageFont.load_default(size=size[1] // 12)
        place = (size[0] // 2, size[1] * 5 // 6)
        draw.text(
            place, caption, "white", font, anchor="mm", align="center",
            stroke_width=2, stroke_fill="black",
        )  # fmt: skip
    picture.save(page)
