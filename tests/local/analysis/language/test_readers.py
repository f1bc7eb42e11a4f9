import pytest

from analysis import models
from analysis.faults import ServiceError
from analysis.language.readers import Readers
from analysis.models import Models


@pytest.fixture
def readers(tmp_path):
    return Readers(Models(tmp_path))


@pytest.mark.parametrize(
    "ask",
    [
        lambda readers: readers.entities("Ada", "en"),
        lambda readers: readers.key_phrases("Ada", "en"),
        lambda readers: readers.languages("Ada"),
        lambda readers: readers.mood("Ada", "en"),
    ],
)
def test_without_the_family_the_command_that_installs_it_is_named(readers, monkeypatch, ask):
    monkeypatch.setattr(models, "missing_modules", lambda family: ["spacy"])
    with pytest.raises(ServiceError) as refused:
        ask(readers)
    assert refused.value.code == "ModelNotAvailableException"
    assert "MIE_LOCAL_MODELS" in refused.value.message


def test_a_language_without_a_model_is_refused(readers, monkeypatch):
    monkeypatch.setattr(models, "missing_modules", lambda family: [])
    with pytest.raises(ServiceError) as refused:
        readers.entities("Hallo", "de")
    assert refused.value.code == "UnsupportedLanguageException"
    with pytest.raises(ServiceError, match="sentiment"):
        readers.mood("Bonjour", "fr")
