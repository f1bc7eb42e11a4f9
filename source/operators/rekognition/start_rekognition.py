"""Entry points of the detections with Amazon Rekognition (specification 5.1).

Each operator's Lambda has one here and the environment variable OPERATOR_NAME, the name under
which its results are stored: a picture's operator shares it with the video's.
"""

from detection_start import start
from detections import (
    CELEBRITIES,
    FACE_SEARCH,
    FACES,
    LABELS,
    MODERATION,
    SHOTS,
    TECHNICAL_CUES,
    TEXT,
)
from person_tracking import ERROR_KEY, RETIRED

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    operator_handler,
)


@operator_handler(CELEBRITIES.error_key)
def start_celebrity_recognition(operator: MediaInsightsOperationHelper) -> None:
    start(CELEBRITIES, operator)


@operator_handler(MODERATION.error_key)
def start_content_moderation(operator: MediaInsightsOperationHelper) -> None:
    start(MODERATION, operator)


@operator_handler(FACES.error_key)
def start_face_detection(operator: MediaInsightsOperationHelper) -> None:
    start(FACES, operator)


@operator_handler(FACE_SEARCH.error_key)
def start_face_search(operator: MediaInsightsOperationHelper) -> None:
    start(FACE_SEARCH, operator)


@operator_handler(LABELS.error_key)
def start_label_detection(operator: MediaInsightsOperationHelper) -> None:
    start(LABELS, operator)


@operator_handler(TEXT.error_key)
def start_text_detection(operator: MediaInsightsOperationHelper) -> None:
    start(TEXT, operator)


@operator_handler(SHOTS.error_key)
def start_shot_detection(operator: MediaInsightsOperationHelper) -> None:
    start(SHOTS, operator)


@operator_handler(TECHNICAL_CUES.error_key)
def start_technical_cue_detection(operator: MediaInsightsOperationHelper) -> None:
    start(TECHNICAL_CUES, operator)


@operator_handler(ERROR_KEY)
def start_person_tracking(operator: MediaInsightsOperationHelper) -> None:
    raise OperatorInputError(RETIRED)
