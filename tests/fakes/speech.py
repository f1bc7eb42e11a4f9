"""Spoken words as sound, and a video of somebody who says them: real files with known contents.

eSpeak NG speaks, in a process of its own. Its voice is a machine's: what is said in plain words is
understood, and what a model of speech makes of it is known only where a test says so.
"""

import io
import json
import subprocess
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.clips import ROOT, SAMPLES, run_ffmpeg

PROGRAM = ROOT / "source" / "local" / "analysis" / "speech" / "espeak_program.py"
SENTENCES = (
    "Good morning and welcome to the local news.",
    "The weather is warm and the river is quiet.",
    "Today we talk about music and money.",
)
_PAUSE_SECONDS = 0.6


@dataclass(frozen=True)
class Spoken:
    """One sentence and when it is heard, in seconds."""

    text: str
    start: float
    end: float


def speak(path: Path, sentences=SENTENCES, seconds=None, voice="en-us") -> list[Spoken]:
    """Write a WAV of the sentences with pauses between them, at least `seconds` long."""
    samples, rate, spoken = bytearray(), 0, []
    for text in sentences:
        sound, rate = _say(text, voice)
        samples += bytes(2 * int(rate * _PAUSE_SECONDS))
        start = len(samples) / 2 / rate
        samples += sound
        spoken.append(Spoken(text, start, len(samples) / 2 / rate))
    rate = rate or 22_050
    samples += bytes(2 * int(rate * _PAUSE_SECONDS))
    samples += bytes(max(0, 2 * int(rate * (seconds or 0)) - len(samples)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(samples))
    return spoken


def talking_video(
    path: Path, sentences=SENTENCES, seconds=None, photograph="astronaut.jpg", voice="en-us"
) -> list[Spoken]:
    """Write an MP4 (H.264, AAC, 640 × 480) of a photograph that moves slowly while it speaks.

    It lasts `seconds`, or as long as the sentences take; they are said again from the first on
    until it is full.
    """
    sound = path.with_name(f"{path.stem}-sound.wav")
    spoken = speak(sound, sentences, voice=voice)
    length = spoken[-1].end + _PAUSE_SECONDS
    wanted = seconds or length
    times = int(wanted // length)
    picture = "crop=w=iw*0.9:h=ih*0.9:x=(iw-ow)*(0.5+0.5*sin(t)):y=(ih-oh)/2,scale=640:480,setsar=1"
    run_ffmpeg(
        *("-loop", "1", "-framerate", "25", "-i", SAMPLES / photograph),
        *("-stream_loop", str(times), "-i", sound),
        *("-vf", picture, "-af", "apad", "-t", str(wanted)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "96k", path),
    )
    sound.unlink()
    return [
        Spoken(one.text, one.start + turn * length, one.end + turn * length)
        for turn in range(times + 1)
        for one in spoken
        if one.end + turn * length <= wanted
    ]


def word_error_rate(expected: str, heard: str) -> float:
    """Words to insert, delete or replace, by the number of words expected; case is not looked at.

    Punctuation is left out.
    """
    wanted, found = _words(expected), _words(heard)
    row = list(range(len(found) + 1))
    for index, word in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], index
        for place, other in enumerate(found, start=1):
            best = min(diagonal + (word != other), row[place] + 1, row[place - 1] + 1)
            diagonal, row[place] = row[place], best
    return row[-1] / len(wanted)


def _words(text: str) -> list[str]:
    kept = "".join(letter if letter.isalnum() or letter == "'" else " " for letter in text.lower())
    return kept.split()


def _say(text: str, voice: str) -> tuple[bytes, int]:
    request = json.dumps({"do": "speak", "voice": voice, "text": text})
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM)], input=request.encode(), capture_output=True
    )
    if done.returncode:
        raise AssertionError(f"eSpeak NG: {done.stderr.decode()}")
    with wave.open(io.BytesIO(done.stdout)) as sound:
        return sound.readframes(sound.getnframes()), sound.getframerate()
