"""What a caller was told is true after the server has ended and begun again."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from tests.fakes.s3_server import s3_server
from tests.local.analysis.conftest import serving

from analysis import __main__ as server
from analysis.families import FAMILIES

TERMS = {"File": b"en,es\ndog,can\n", "Format": "CSV"}


@pytest.fixture
def start(tmp_path):
    """Begin a server of all services, without models, over the same folder each time."""
    with s3_server() as (endpoint, _):
        options = SimpleNamespace(
            state=tmp_path / "state",
            models=tmp_path / "models",
            families=FAMILIES,
            s3_endpoint=endpoint,
        )

        @contextmanager
        def started():
            context = server._make_context(options, lambda: "http://127.0.0.1:1")
            with serving(*(service(context) for service in server.SERVICES)) as caller:
                context.jobs.resume()
                yield caller
                context.jobs.close()

        yield started


def test_collections_vocabularies_and_terminologies_are_there_after_a_restart(start):
    with start() as caller:
        caller.sdk("rekognition").create_collection(CollectionId="staff")
        caller.sdk("transcribe").create_vocabulary(
            VocabularyName="names", LanguageCode="en-US", Phrases=["Ada"]
        )
        caller.sdk("translate").import_terminology(
            Name="animals", MergeStrategy="OVERWRITE", TerminologyData=TERMS
        )
    with start() as caller:
        collections = caller.sdk("rekognition").list_collections()
        vocabularies = caller.sdk("transcribe").list_vocabularies()
        terminologies = caller.sdk("translate").list_terminologies()
    assert collections["CollectionIds"] == ["staff"]
    assert [one["VocabularyName"] for one in vocabularies["Vocabularies"]] == ["names"]
    assert [one["Name"] for one in terminologies["TerminologyPropertiesList"]] == ["animals"]


def test_a_job_and_why_it_failed_are_known_after_a_restart(start):
    asked = {
        "InputDataConfig": {"S3Uri": "s3://data/none/", "InputFormat": "ONE_DOC_PER_FILE"},
        "OutputDataConfig": {"S3Uri": "s3://data/out"},
        "DataAccessRoleArn": "arn:aws:iam::123456789012:role/language",
    }
    with start() as caller:
        comprehend = caller.sdk("comprehend")
        job = comprehend.start_dominant_language_detection_job(**asked)["JobId"]
    with start() as caller:
        describe = caller.sdk("comprehend").describe_dominant_language_detection_job
        while (found := describe(JobId=job)["DominantLanguageDetectionJobProperties"])[
            "JobStatus"
        ] != "FAILED":
            assert found["JobStatus"] in ("SUBMITTED", "IN_PROGRESS")
    assert found["Message"]


def test_a_terminology_that_was_half_written_when_the_server_was_killed_can_be_deleted(
    start, tmp_path
):
    with start() as caller:
        caller.sdk("translate").import_terminology(
            Name="animals", MergeStrategy="OVERWRITE", TerminologyData=TERMS
        )
    (file,) = (tmp_path / "state").rglob("animals/file")
    (file.parent / ".file.half").write_bytes(b"en,")
    with start() as caller:
        caller.sdk("translate").delete_terminology(Name="animals")
        assert caller.sdk("translate").list_terminologies()["TerminologyPropertiesList"] == []
    assert not file.parent.exists()
