"""Transcription jobs as an SDK sees them."""

import json

import pytest
from botocore.exceptions import ClientError
from tests.fakes import clips

from analysis.transcribe import limits

pytestmark = pytest.mark.slow


@pytest.fixture
def sound(tmp_path, bucket):
    """A second of silence and two of a tone: s3://media/sound.wav."""
    path = tmp_path / "sound.wav"
    tone = "sine=frequency=440:sample_rate=22050:duration=2,adelay=1000,apad=pad_dur=1"
    clips.run_ffmpeg("-f", "lavfi", "-i", tone, path)
    bucket["media", "sound.wav"] = path.read_bytes()
    return path


def refusal(call, *arguments, **parameters):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    return caught.value.response["Error"]


def test_a_job_ends_with_a_transcript_behind_a_signed_url(client, sound, bucket):
    job = client.run(MediaFormat="wav")
    assert job["TranscriptionJobStatus"] == "COMPLETED"
    assert job["CompletionTime"] >= job["StartTime"] >= job["CreationTime"]
    assert (job["LanguageCode"], job["MediaSampleRateHertz"]) == ("en-US", 22_050)
    url = job["Transcript"]["TranscriptFileUri"]
    assert url.endswith("?for=900")
    transcript = json.loads(bucket.at(url))
    assert transcript["jobName"] == "job"
    word, mark = transcript["results"]["items"]
    assert word["alternatives"] == [{"confidence": "0.9", "content": "noise-en"}]
    assert abs(float(word["start_time"]) - 1) < 0.1
    assert abs(float(word["end_time"]) - 3) < 0.1
    assert mark["type"] == "punctuation"


def test_a_bucket_of_ones_own_has_the_transcript_under_its_key(client, sound, bucket):
    job = client.run(OutputBucketName="media", OutputKey="out/")
    assert job["Transcript"]["TranscriptFileUri"] == "http://s3/media/out/job.json"
    client.run("other", OutputBucketName="media", OutputKey="here/it-is")
    assert ("media", "here/it-is.json") in bucket


def test_subtitles_lie_beside_the_transcript(client, sound, bucket):
    asked = {"Formats": ["srt", "vtt"], "OutputStartIndex": 1}
    job = client.run(OutputBucketName="media", Subtitles=asked)
    srt, vtt = (bucket.at(url) for url in job["Subtitles"]["SubtitleFileUris"])
    assert srt.startswith("1\n00:00:0")
    assert "noise-en." in vtt


def test_a_language_is_identified_and_its_score_is_given(client, sound, bucket):
    job = client.run(LanguageCode=None, IdentifyLanguage=True)
    assert (job["LanguageCode"], job["IdentifiedLanguageScore"]) == ("de-DE", 0.75)
    results = json.loads(bucket.at(job["Transcript"]["TranscriptFileUri"]))["results"]
    assert results["transcripts"] == [{"transcript": "noise-de."}]
    assert results["language_identification"] == [{"code": "de-DE", "score": "0.75"}]


def test_only_languages_that_are_options_are_identified(client, sound):
    options = ["en-GB", "en-US"]
    job = client.run(LanguageCode=None, IdentifyLanguage=True, LanguageOptions=options)
    assert job["LanguageCode"] == "en-GB"


def test_a_model_of_one_language_identifies_none(client, sound, model):
    model.languages = frozenset(("en",))
    error = refusal(client.start, LanguageCode=None, IdentifyLanguage=True)
    assert error["Code"] == "BadRequestException"
    assert "IdentifyLanguage" in error["Message"]


def test_silence_is_an_empty_transcript(client, tmp_path, bucket):
    path = tmp_path / "silent.wav"
    clips.run_ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "3", path)
    bucket["media", "silent.wav"] = path.read_bytes()
    job = client.run(uri="s3://media/silent.wav")
    transcript = json.loads(bucket.at(job["Transcript"]["TranscriptFileUri"]))
    assert transcript["results"] == {"transcripts": [{"transcript": ""}], "items": []}
    silent = {"uri": "s3://media/silent.wav", "LanguageCode": None}
    unknown = client.run("which", **silent, IdentifyLanguage=True)
    assert unknown["TranscriptionJobStatus"] == "FAILED"
    assert "speech segment long enough" in unknown["FailureReason"]


def test_a_voice_without_words_has_no_language(client, sound, model, monkeypatch):
    monkeypatch.setattr(model, "words", lambda heard, language: [])
    job = client.run(LanguageCode=None, IdentifyLanguage=True)
    assert job["TranscriptionJobStatus"] == "FAILED"
    assert "LanguageCode" not in job


def test_channels_are_heard_each_by_itself(client, tmp_path, bucket):
    path = tmp_path / "stereo.wav"
    left, right = "sine=duration=1,apad=whole_dur=3", "sine=duration=1,adelay=2000"
    merge = ("-filter_complex", f"{left}[l];{right}[r];[l][r]amerge=inputs=2")
    clips.run_ffmpeg(*merge, path)
    bucket["media", "stereo.wav"] = path.read_bytes()
    job = client.run(uri="s3://media/stereo.wav", Settings={"ChannelIdentification": True})
    labels = json.loads(bucket.at(job["Transcript"]["TranscriptFileUri"]))["results"][
        "channel_labels"
    ]
    starts = [float(one["items"][0]["start_time"]) for one in labels["channels"]]
    assert [round(start) for start in starts] == [0, 2]


@pytest.mark.parametrize(
    ("make", "more", "reason"),
    [
        (clips.not_media, {}, "damaged"),
        (clips.without_sound, {}, "doesn't contain audio"),
        (clips.sound_only, {"MediaFormat": "mp3"}, "does not match the detected media format"),
        (clips.sound_only, {"MediaSampleRateHertz": 8_000}, "does not match the detected sample"),
        (lambda path: clips.sound_only(path, seconds=0.4), {}, "shortest medium has half a second"),
        (lambda path: clips.playlist(path, "file:///etc/passwd"), {}, "damaged|not supported"),
    ],
)
def test_a_medium_that_cannot_be_heard_ends_the_job(client, tmp_path, bucket, make, more, reason):
    suffix = ".mp4" if make is clips.without_sound else ".wav"
    bucket["media", "m"] = make(tmp_path / f"m{suffix}").read_bytes()
    job = client.run(uri="s3://media/m", **more)
    assert job["TranscriptionJobStatus"] == "FAILED"
    assert any(part in job["FailureReason"] for part in reason.split("|"))


@pytest.mark.parametrize(
    ("named", "request_"),
    [
        ("ShowSpeakerLabels", {"Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 2}}),
        ("MaxAlternatives", {"Settings": {"MaxAlternatives": 2}}),
        ("VocabularyFilterName", {"Settings": {"VocabularyFilterName": "bad-words"}}),
        ("LanguageModelName", {"ModelSettings": {"LanguageModelName": "mine"}}),
        (
            "ContentRedaction",
            {"ContentRedaction": {"RedactionType": "PII", "RedactionOutput": "redacted"}},
        ),
        ("IdentifyMultipleLanguages", {"LanguageCode": None, "IdentifyMultipleLanguages": True}),
        ("wo-SN", {"LanguageCode": "wo-SN"}),
        ("exactly one", {"IdentifyLanguage": True}),
        ("exactly one", {"LanguageCode": None}),
        ("at least two", {"LanguageCode": None, "IdentifyLanguage": True,
                          "LanguageOptions": ["en-US"]}),
        ("OutputKey", {"OutputKey": "a"}),
        ("no-bucket", {"OutputBucketName": "no-bucket"}),
        ("S3 object", {"uri": "https://example.com/sound.wav"}),
        ("can't be accessed", {"uri": "s3://media/none.wav"}),
        ("vocabulary", {"Settings": {"VocabularyName": "none"}}),
    ],
)  # fmt: skip
def test_what_is_not_done_is_refused_by_its_name(client, sound, named, request_):
    error = refusal(client.start, **request_)
    assert error["Code"] == "BadRequestException"
    assert named in error["Message"]


def test_a_name_is_a_job_once(client, sound):
    client.run()
    assert refusal(client.start)["Code"] == "ConflictException"
    client.sdk.delete_transcription_job(TranscriptionJobName="job")
    assert refusal(client.job)["Code"] == "NotFoundException"
    client.sdk.delete_transcription_job(TranscriptionJobName="job")
    assert client.run()["TranscriptionJobStatus"] == "COMPLETED"


def test_a_job_beyond_those_that_run_at_a_time_is_refused_unless_it_may_wait(
    client, sound, monkeypatch
):
    monkeypatch.setattr(limits, "MOST_JOBS", 0)
    error = refusal(client.start)
    assert error["Code"] == "LimitExceededException"
    assert error["Message"].startswith("You have too many jobs running at the same time.")
    role = "arn:aws:iam::123456789012:role/transcribe"
    may_wait = {"AllowDeferredExecution": True, "DataAccessRoleArn": role}
    client.start("one", JobExecutionSettings=may_wait)
    monkeypatch.setattr(limits, "MOST_DEFERRED", 0)
    error = refusal(client.start, "other", JobExecutionSettings=may_wait)
    assert error["Code"] == "LimitExceededException"


def test_jobs_are_listed_in_pages_the_newest_first(client, sound):
    for name in ("talk-1", "talk-2", "song"):
        client.run(name)
    found = client.sdk.list_transcription_jobs(MaxResults=2, JobNameContains="talk")
    assert [one["TranscriptionJobName"] for one in found["TranscriptionJobSummaries"]] == [
        "talk-2",
        "talk-1",
    ]
    first = client.sdk.list_transcription_jobs(MaxResults=2)
    rest = client.sdk.list_transcription_jobs(MaxResults=2, NextToken=first["NextToken"])
    (last,) = rest["TranscriptionJobSummaries"]
    assert last["TranscriptionJobName"] == "talk-1"
    assert last["OutputLocationType"] == "SERVICE_BUCKET"
    assert client.sdk.list_transcription_jobs(Status="FAILED")["TranscriptionJobSummaries"] == []
    invalid = refusal(client.sdk.list_transcription_jobs, NextToken="x")
    assert invalid["Code"] == "BadRequestException"
