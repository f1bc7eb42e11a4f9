"""Whether Mediaconvert's job has ended, and what it has made."""

from conversion import Folders, add_audio, has_finished
from start_media_convert import begin

from MediaInsightsEngineLambdaHelper import MediaInsightsOperationHelper, monitor_handler


@monitor_handler("MediaconvertError", begin)
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    if has_finished(operator):
        add_audio(operator, Folders.of(operator))
