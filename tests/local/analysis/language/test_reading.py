"""What the real models read in texts with known answers, asked as a Lambda asks.

The server runs in MIE_ANALYSIS_PYTHON (.mie/analysis/bin/python) with MIE_MODELS (.mie/models).
"""

import io
import json
import tarfile
import threading

import boto3
import pytest
import urllib3
from tests.fakes.s3_server import s3_server
from tests.local.analysis.running_server import MODELS, PYTHON, running

pytestmark = pytest.mark.models

ROLE = "arn:aws:iam::123456789012:role/language"
KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
STORY = "🙂 When Jeff Bezos founded Amazon in Seattle in July 1994, it cost $5 million."
CAPTIONS = b"<span>The house is big,<span>I am a student &amp; I have a red car.<span>"


@pytest.fixture(scope="module")
def s3():
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def objects(s3):
    return s3[1]


@pytest.fixture(scope="module")
def url(s3, tmp_path_factory):
    if not PYTHON.exists():
        pytest.skip(f"the analysis server is not installed: there is no {PYTHON}")
    with running(MODELS, s3[0], tmp_path_factory.mktemp("state")) as url:
        families = urllib3.request("GET", f"{url}/health").json()["models"]
        if not families["text"]["installed"]:
            pytest.skip("the family text of the local models is not installed")
        yield url


@pytest.fixture(scope="module")
def comprehend(url):
    return boto3.client("comprehend", endpoint_url=url, **KEYS)


@pytest.fixture(scope="module")
def translate(url):
    client = boto3.client("translate", endpoint_url=url, **KEYS)
    here = {one["LanguageCode"] for one in client.list_languages()["Languages"]}
    if not {"en", "es"} <= here:
        pytest.skip("Apertium is not installed: apt-get install apertium-eng-spa")
    return client


def ended(describe, properties, job_id):
    pause = threading.Event()
    while True:
        found = describe(JobId=job_id)[properties]
        if found["JobStatus"] not in ("SUBMITTED", "IN_PROGRESS"):
            assert found["JobStatus"] == "COMPLETED", found
            return found
        pause.wait(0.05)


def test_names_places_dates_and_money_are_found_where_they_stand(comprehend):
    found = comprehend.detect_entities(Text=STORY, LanguageCode="en")["Entities"]
    assert [(one["Type"], one["Text"]) for one in found] == [
        ("PERSON", "Jeff Bezos"),
        ("ORGANIZATION", "Amazon"),
        ("LOCATION", "Seattle"),
        ("DATE", "July 1994"),
        ("QUANTITY", "$5 million"),
    ]
    for one in found:
        assert STORY[one["BeginOffset"] : one["EndOffset"]] == one["Text"]


def test_the_score_is_what_the_model_states_of_the_kind(comprehend):
    text = "Jeff Bezos met Tim Cook."
    found = comprehend.detect_entities(Text=text, LanguageCode="en")["Entities"]
    assert [round(one["Score"], 4) for one in found] == [0.8575, 0.8575]


def test_french_is_read_as_french_where_its_model_was_added(comprehend):
    try:
        comprehend.detect_entities(Text="Bonjour", LanguageCode="fr")
    except comprehend.exceptions.UnsupportedLanguageException as error:
        pytest.skip(f"its model is not in the family text: {error}")
    text = "Emmanuel Macron a rencontré Angela Merkel à Paris."
    found = comprehend.detect_entities(Text=text, LanguageCode="fr")["Entities"]
    assert [one["Text"] for one in found] == ["Emmanuel Macron", "Angela Merkel", "Paris"]


def test_key_phrases_are_noun_phrases(comprehend):
    text = "The quick brown fox jumped over a lazy dog. It rained."
    found = comprehend.detect_key_phrases(Text=text, LanguageCode="en")["KeyPhrases"]
    assert [one["Text"] for one in found] == ["The quick brown fox", "a lazy dog"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The quick brown fox jumped over the lazy dog.", "en"),
        ("El zorro marrón saltó sobre el perro perezoso.", "es"),
        ("Le renard brun a sauté par-dessus le chien.", "fr"),
        ("Der braune Fuchs sprang über den faulen Hund.", "de"),
        ("今天天气很好,我们去公园。", "zh"),
        ("Быстрая лиса перепрыгнула через собаку.", "ru"),
    ],
)
def test_the_language_of_a_sentence_is_told(comprehend, text, language):
    likeliest = comprehend.detect_dominant_language(Text=text)["Languages"][0]
    assert likeliest["LanguageCode"] == language
    assert likeliest["Score"] > 0.5


def test_moods_are_told_apart(comprehend):
    texts = ["I love this wonderful show!", "This is a terrible, awful day.", "The table is brown."]
    found = comprehend.batch_detect_sentiment(TextList=texts, LanguageCode="en")["ResultList"]
    assert [one["Sentiment"] for one in found] == ["POSITIVE", "NEGATIVE", "NEUTRAL"]


def test_a_language_without_a_parser_is_refused(comprehend):
    with pytest.raises(
        comprehend.exceptions.UnsupportedLanguageException, match="found in English"
    ):
        comprehend.detect_entities(Text="Hallo", LanguageCode="de")


def test_a_job_leaves_an_archive_in_s3(comprehend, objects):
    objects["data/stories/one.txt"] = STORY.encode()
    job = comprehend.start_entities_detection_job(
        InputDataConfig={"S3Uri": "s3://data/stories/", "InputFormat": "ONE_DOC_PER_FILE"},
        OutputDataConfig={"S3Uri": "s3://data/entities"},
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
    )["JobId"]
    describe = comprehend.describe_entities_detection_job
    found = ended(describe, "EntitiesDetectionJobProperties", job)
    content = objects[found["OutputDataConfig"]["S3Uri"].removeprefix("s3://")]
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        line = json.loads(archive.extractfile("output").read())
    assert line["File"] == "one.txt"
    assert len(line["Entities"]) == 5


@pytest.mark.parametrize(
    ("source", "target", "text", "expected"),
    [
        ("en", "es", "I want to eat an apple.", "Quiero comer una manzana."),
        ("es", "en", "Mi hermano vive en una ciudad.", "My brother lives in a city."),
        ("auto", "es", "The house is red and I have a dog.", "La casa es roja y tengo un perro."),
    ],
)
def test_a_sentence_is_translated(translate, source, target, text, expected):
    answer = translate.translate_text(
        Text=text, SourceLanguageCode=source, TargetLanguageCode=target
    )
    assert answer["TranslatedText"] == expected
    assert answer["SourceLanguageCode"] in ("en", "es")


@pytest.mark.parametrize(
    ("source", "target", "text", "name"),
    [
        ("en", "es", "Boulder Eats is a new restaurant in Denver.", "Boulder Eats"),
        ("en", "es", "Will you come to Turkey with Rose Field?", "Rose Field"),
        ("en", "es", "London is larger than Paris, says Mark Brown.", "Londres"),
        ("es", "en", "Hoy hablamos con Juan Blanco sobre la música.", "Juan Blanco"),
        ("es", "en", "El Banco de España subió los tipos.", "Bank of Spain"),
    ],
)
def test_names_are_not_translated_unless_the_dictionary_has_them(
    translate, source, target, text, name
):
    answer = translate.translate_text(
        Text=text, SourceLanguageCode=source, TargetLanguageCode=target
    )
    assert name in answer["TranslatedText"]


def test_nonsense_has_no_language(translate):
    with pytest.raises(translate.exceptions.DetectedLanguageLowConfidenceException):
        translate.translate_text(
            Text="xqz wvkj pplq zzt", SourceLanguageCode="auto", TargetLanguageCode="es"
        )


def test_captions_keep_their_markers_through_a_job(translate, objects):
    objects["data/captions/all.txt"] = CAPTIONS
    translate.import_terminology(
        Name="cars",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": b"en,es\nstudent,estudiante de MIE\n", "Format": "CSV"},
    )
    job = translate.start_text_translation_job(
        InputDataConfig={"S3Uri": "s3://data/captions/", "ContentType": "text/html"},
        OutputDataConfig={"S3Uri": "s3://data/translated/"},
        DataAccessRoleArn=ROLE,
        SourceLanguageCode="en",
        TargetLanguageCodes=["es"],
        TerminologyNames=["cars"],
        ClientToken="captions",
    )["JobId"]
    describe = translate.describe_text_translation_job
    folder = ended(describe, "TextTranslationJobProperties", job)["OutputDataConfig"]["S3Uri"]
    said = objects[f"{folder.removeprefix('s3://')}es.all.txt"].decode()
    assert said == (
        "<span>La casa es grande,<span>Soy un estudiante de MIE &amp; tengo un coche rojo.<span>"
    )
