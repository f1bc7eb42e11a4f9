"""Translate over HTTP, with a translator that shouts, and objects in memory."""

from types import SimpleNamespace

import pytest
from tests.local.analysis.comprehend.conftest import ObjectsInMemory
from tests.local.analysis.conftest import serving

from analysis.cores import Cores
from analysis.jobs import Jobs
from analysis.language.detection import Guess
from analysis.language.names import Mention
from analysis.translate.service import translate


class ShoutingTranslator:
    """Takes and gives Apertium's stream format; what is kept in brackets is kept."""

    def translate(self, stream):
        return stream.upper()

    def analyse(self, texts):
        """What is no name of a person to it is a noun."""
        return [[[_reading(word)] for word in text.split()] for text in texts]


def _reading(word):
    return f"{word}<np><ant>" if word in ("Ann", "Juan") else f"{word}<n>"


class OneLanguage:
    """Every text is in one language, more or less surely."""

    def __init__(self):
        self.guess = Guess("en", 0.9)

    def languages(self, text):
        return [self.guess]

    def can_parse(self, language):
        return language == "en"

    def entities(self, text, language):
        """Whatever is called so in these tests."""
        names = {"Boulder Eats": "ORGANIZATION", "The Ann Field": "PERSON", "Monday": "DATE"}
        return [Mention(name, 0, 0, 0.8, kind) for name, kind in names.items() if name in text]


@pytest.fixture
def readers():
    return OneLanguage()


@pytest.fixture
def objects():
    return ObjectsInMemory()


@pytest.fixture
def pairs():
    """The directions that there are; a test may change them."""
    shouting = ShoutingTranslator()
    return {("en", "es"): shouting, ("es", "en"): shouting, ("es", "pt"): shouting}


@pytest.fixture
def client(tmp_path, readers, objects, pairs):
    jobs = Jobs(tmp_path / "jobs")
    models = SimpleNamespace(cores=Cores(), directory=tmp_path / "models")
    context = SimpleNamespace(jobs=jobs, objects=objects, state=tmp_path, models=models)
    with serving(translate(context, readers, lambda folder: pairs)) as caller:
        jobs.resume()
        yield caller.sdk("translate")
        jobs.close()
