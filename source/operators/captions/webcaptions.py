"""Captions of a video: from its transcript, translated, spoken, and as files.

The seven entry points, under the names that templates know. Captions are stored in the data plane
for each language, where people may edit them before they become files.
"""

import caption_edits
import caption_files
import caption_store
import captions_from_transcript
import languages
import speech
import translation

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    Status,
    depends_on,
    monitor_handler,
    operator_handler,
)


@operator_handler("WebCaptionsError")
def web_captions(operator: MediaInsightsOperationHelper) -> None:
    """Makes captions of the transcript; a subtitles file that exists already takes their place.

    Captions that people have edited stay, whichever would come instead. Raises OperatorSkipped
    where there are neither file nor transcript, because that was skipped.
    """
    existing, repaired = operator.configuration.get("ExistingSubtitlesObject"), 0
    if existing in (None, "") and not operator.input_metadata("TranscribeSourceLanguage"):
        depends_on(operator, *caption_store.transcript_names(operator))
    language = languages.source(operator)
    transcript_of, transcript = caption_store.transcript(operator)
    made = captions_from_transcript.captions(transcript, language)
    chosen = None
    if existing not in (None, ""):
        chosen, repaired = caption_files.read_vtt(existing)
        operator.add_workflow_metadata(WebCaptionsRepaired=str(repaired))
    raw = f"WebCaptions{transcript_of}_{language}"
    kept = caption_edits.renew(operator, language, made, raw, chosen=chosen, repaired=repaired)
    if kept is not None:
        operator.add_workflow_metadata(WebCaptionsKept=str(len(kept)))
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


@operator_handler("WebCaptionsError")
def create_srt(operator: MediaInsightsOperationHelper) -> None:
    caption_files.create(operator, "srt")


@operator_handler("WebCaptionsError")
def create_vtt(operator: MediaInsightsOperationHelper) -> None:
    caption_files.create(operator, "vtt")


@operator_handler("TranslateError")
def start_translate_webcaptions(operator: MediaInsightsOperationHelper) -> None:
    translation.start(operator)


@monitor_handler("TranslateError", translation.start)
def check_translate_webcaptions(operator: MediaInsightsOperationHelper) -> None:
    translation.check(operator)


@operator_handler("PollyCollectionError")
def start_polly_webcaptions(operator: MediaInsightsOperationHelper) -> None:
    speech.start(operator)


@monitor_handler("PollyCollectionError", speech.start)
def check_polly_webcaptions(operator: MediaInsightsOperationHelper) -> None:
    speech.check(operator)
