"""Names stay as they are; a translator that shouts says which words it got."""

import pytest

from analysis.translate.names import with_halves


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("en", "we eat at Boulder Eats on Monday", "WE EAT AT Boulder Eats ON MONDAY"),
        ("en", "ask The Ann Field", "ASK THE Ann Field"),
        ("es", "canta Juan Blanco en Plaza Mayor", "CANTA Juan Blanco EN PLAZA MAYOR"),
        ("es", "con Juan Hoy", "CON Juan Hoy"),
        ("es", "JUAN BLANCO", "JUAN BLANCO"),
    ],
)
def test_names_are_kept_from_the_translator(client, source, text, said):
    target = {"en": "es", "es": "en"}[source]
    answer = client.translate_text(Text=text, SourceLanguageCode=source, TargetLanguageCode=target)
    assert answer["TranslatedText"] == said
    assert answer["AppliedTerminologies"] == []


def test_a_term_of_a_terminology_goes_before_a_name(client):
    csv = b"en,es\nBoulder Eats,Come Boulder\n"
    client.import_terminology(
        Name="t", MergeStrategy="OVERWRITE", TerminologyData={"File": csv, "Format": "CSV"}
    )
    codes = {"SourceLanguageCode": "en", "TargetLanguageCode": "es"}
    answer = client.translate_text(Text="at Boulder Eats", TerminologyNames=["t"], **codes)
    assert answer["TranslatedText"] == "AT Come Boulder"


def test_a_name_on_both_sides_of_a_tag_is_kept():
    texts = ["hablamos con Juan", "Blanco sobre la música"]
    assert with_halves({"Juan Blanco"}, texts) == {"Juan Blanco", "Juan", "Blanco"}
    assert with_halves({"Juan Blanco"}, ["con Juan", "y Blanco"]) == {"Juan Blanco"}
