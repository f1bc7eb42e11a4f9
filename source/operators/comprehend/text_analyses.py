"""What Amazon Comprehend is asked about a text: one row for each operator."""

from dataclasses import dataclass

# The languages in which the service finds entities and key phrases.
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW")
# Stands where a job's id stands, for a text without characters.
EMPTY_INPUT = "Empty input --> empty output."


@dataclass(frozen=True)
class Analysis:
    """One kind of finding.

    what: in words. start_call, describe_call: methods of the client. properties: member of the
    description. folder: where the service writes, below the execution's. job_id_key, output_key:
    of the metadata of a start. store_key: under which results are stored.
    """

    what: str
    start_call: str
    describe_call: str
    properties: str
    folder: str
    job_id_key: str
    output_key: str
    store_key: str


ENTITIES = Analysis(
    what="entities",
    start_call="start_entities_detection_job",
    describe_call="describe_entities_detection_job",
    properties="EntitiesDetectionJobProperties",
    folder="comprehend_entities",
    job_id_key="comprehend_entity_job_id",
    output_key="entity_output_uri",
    store_key="entities",
)
KEY_PHRASES = Analysis(
    what="key phrases",
    start_call="start_key_phrases_detection_job",
    describe_call="describe_key_phrases_detection_job",
    properties="KeyPhrasesDetectionJobProperties",
    folder="comprehend_phrases",
    job_id_key="comprehend_phrases_job_id",
    output_key="output_uri",
    store_key="key_phrases",
)
