"""Texts through the program that has eSpeak NG, which runs as a process of its own."""

import io
import json
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_name("espeak_program.py")
_SECONDS = 120


class Unspeakable(Exception):
    """The program refused: it has no such voice, or there is nothing to say in the text."""


def phonemes(texts: Sequence[str], voice: str) -> list[str]:
    """Each text in the letters of the IPA, with its punctuation. Raises Unspeakable."""
    found: list[str] = json.loads(_ask({"do": "phonemes", "voice": voice, "texts": list(texts)}))
    return found


def speak(text: str, voice: str) -> tuple[bytes, int]:
    """16-bit mono samples of a text, and their rate in Hz. Raises Unspeakable."""
    sound = _ask({"do": "speak", "voice": voice, "text": text})
    with wave.open(io.BytesIO(sound)) as file:
        return file.readframes(file.getnframes()), file.getframerate()


def _ask(request: Any) -> bytes:
    try:
        done = subprocess.run(
            # isolated: nothing of ours, and no variable, changes what it imports
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unspeakable(f"eSpeak NG did not finish within {_SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unspeakable(said[-1] if said else "eSpeak NG ended without a reason")
    return done.stdout
