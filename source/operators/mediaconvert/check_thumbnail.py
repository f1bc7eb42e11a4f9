"""Whether Thumbnail's job has ended, and what it has made."""

from conversion import Folders, add_audio, add_proxy, add_thumbnail, has_finished
from start_thumbnail import begin

from MediaInsightsEngineLambdaHelper import MediaInsightsOperationHelper, monitor_handler


@monitor_handler("ThumbnailError", begin)
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    if not has_finished(operator):
        return
    folders = Folders.of(operator)
    add_thumbnail(operator, folders)
    add_audio(operator, folders)
    add_proxy(operator, folders)
