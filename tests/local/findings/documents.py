"""Documents of the data plane and executions as small as a test needs them."""

from findings.reading import read

BOX = {"Left": 0.4, "Top": 0.1, "Width": 0.2, "Height": 0.2}
FACE = {
    "BoundingBox": BOX,
    "AgeRange": {"Low": 25, "High": 35},
    "Gender": {"Value": "Female", "Confidence": 97.2},
    "Emotions": [{"Type": "CALM", "Confidence": 12.0}, {"Type": "SAD", "Confidence": 84.6}],
    "Confidence": 99.9,
}


def at(timestamp, member, **found):
    """An item of a video's detection."""
    return {"Timestamp": timestamp, member: {"Confidence": 50.0, **found}}


def execution(kind="Video", outputs=(), configuration=None, spoken=None):
    """One that has ended; its medium is holiday.bin."""
    media = {kind: {"S3Bucket": "b", "S3Key": "private/assets/a/input/holiday.bin"}}
    stage = {
        "Input": {"Media": media},
        "Configuration": configuration or {},
        "Outputs": list(outputs),
    }
    return {
        "AssetId": "asset",
        "Globals": {
            "Media": media,
            "MetaData": {"TranscribeSourceLanguage": spoken} if spoken else {},
        },
        # the stage that comes after it was not reached
        "Workflow": {
            "Name": "Mine",
            "StartAt": "First",
            "Stages": {"First": stage, "Later": {"Configuration": {}}},
        },
    }


def found_in(metadata, **of_the_execution):
    return read(metadata, execution(**of_the_execution))
