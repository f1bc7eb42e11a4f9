"""A program of its own: speaks a text, or writes it in phonemes, with the library eSpeak NG.

eSpeak NG is under the GPL, so that no other program of ours loads it. This one reads a JSON object
from its standard input and writes to its standard output:

    {"do": "speak", "voice": "en-us", "text": "…", "words_per_minute": 175}    16-bit mono WAV
    {"do": "phonemes", "voice": "en-us", "texts": ["…", …]}    JSON list: a text of IPA for each

A voice that the library does not know, or a text that it cannot speak, ends it with status 2 and a
sentence on standard error. It needs the package espeakng-loader, and nothing else.
"""

import ctypes
import io
import json
import re
import sys
import wave
from collections.abc import Callable, Iterator
from typing import Any

# of the library's header, speak_lib.h
_SYNCHRONOUS = 2
_RATE = 1
_UTF8 = 1
_IPA = 2
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

# marks that models of speech know, where they end or open something; not the point of "3.5"
_MARKS = re.compile(r"(?:(?<=\s)|^)([«»“”\"(¡¿—]+)|([;:,.!?…—»”\")]+)(?=\s|$)")


def main() -> int:
    """Do what standard input asks for."""
    request = json.load(sys.stdin)
    library, rate = _start()
    if library.espeak_SetVoiceByName(request["voice"].encode()):
        print(f"eSpeak NG has no voice {request['voice']}", file=sys.stderr)
        return 2
    if request["do"] == "phonemes":
        json.dump([_phonemes(library, text) for text in request["texts"]], sys.stdout)
        return 0
    samples = _speak(library, request["text"], request.get("words_per_minute", 175))
    if not samples:
        print("eSpeak NG has nothing to say for this text", file=sys.stderr)
        return 2
    sys.stdout.buffer.write(_wav(samples, rate))
    return 0


def _start() -> tuple[Any, int]:
    """The library, and the rate of its samples in Hz."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise SystemExit("eSpeak NG did not start")
    return library, rate


def _speak(library: Any, text: str, words_per_minute: int) -> bytes:
    samples = bytearray()
    # the library keeps a pointer, so that the name must live as long as it speaks
    listener = _CALLBACK(_collect(samples))
    library.espeak_SetSynthCallback(listener)
    library.espeak_SetParameter(_RATE, words_per_minute, 0)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return bytes(samples)


def _collect(samples: bytearray) -> Callable[[Any, int, Any], int]:
    def take(pointer: Any, count: int, _events: Any) -> int:
        if pointer and count > 0:
            samples.extend(ctypes.string_at(pointer, count * 2))
        return 0

    return take


def _phonemes(library: Any, text: str) -> str:
    """The phonemes of a text, with its punctuation where it stands."""
    return " ".join("".join(_pieces(library, text)).split())


def _pieces(library: Any, text: str) -> Iterator[str]:
    end = 0
    for mark in _MARKS.finditer(text):
        yield _clauses(library, text[end : mark.start()])
        yield f" {mark[1]}" if mark[1] else f"{mark[2]} "
        end = mark.end()
    yield _clauses(library, text[end:])


def _clauses(library: Any, text: str) -> str:
    if not text.strip():
        return " "
    rest = ctypes.c_char_p(text.encode())
    said = []
    # the library takes one clause, and moves the pointer behind it; NULL at the end
    while rest.value is not None:
        clause = library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
        said.append((clause or b"").decode())
    return re.sub(r"\([a-z-]+\)", "", " ".join(said))  # where the language changes: (fr)


def _wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
