"""Captions: from transcripts, from files, translated, spoken, and written for players."""

import json
import subprocess

import imageio_ffmpeg
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY
from moto import mock_aws

from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie import aws
from mie.adapters import lambda_api

FOLDER = "private/assets/asset-1/workflows/workflow-1/"
ENGLISH = [
    {"start": 0.5, "end": 2.001, "caption": "Tom & Jerry say <hi>."},
    {"start": 2.5, "end": 4, "caption": "It's a --> b!"},
]


class Results:
    """A data plane that keeps results by operator, and gives lists a page at a time."""

    def __init__(self):
        self.kept = {}

    def call(self, _function, method, _resource, path, *, body=None, path_params=None, query=None):
        assert path_params["asset_id"] == "asset-1"
        if method == "POST":
            assert body["WorkflowId"] == "workflow-1"
            self.kept[body["OperatorName"]] = body["Results"]
            key = f"{FOLDER}{body['OperatorName']}.json"
            return 200, {"Status": "Success", "Bucket": "bucket", "Key": key}
        name = path_params["operator_name"]
        if name not in self.kept:
            return 404, {"Code": "NotFoundError", "Message": f"no {name}"}
        pages = self.kept[name]
        if not isinstance(pages, list):
            return 200, {"asset_id": "asset-1", "operator": name, "results": pages}
        number = int((query or {}).get("cursor", 0))
        more = {"cursor": str(number + 1)} if number + 1 < len(pages) else {}
        return 200, {"asset_id": "asset-1", "results": pages[number], **more}


@pytest.fixture
def results(monkeypatch):
    fake = Results()
    monkeypatch.setattr(lambda_api, "call", fake.call)
    return fake


@pytest.fixture
def s3():
    with mock_aws():
        aws.forget()
        client = aws.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


@pytest.fixture
def captions(load, monkeypatch):
    monkeypatch.setenv("translateRole", "arn:aws:iam::123456789012:role/translate")
    return load("captions", "webcaptions")


@pytest.fixture
def of(load, captions):
    """Captions of a transcript's items."""
    return load("captions", "captions_from_transcript").captions


def word(content, start, end, confidence="0.9"):
    best = {"content": content, "confidence": confidence}
    times = {"start_time": str(start), "end_time": str(end)}
    return {"type": "pronunciation", "alternatives": [best], **times}


def mark(content):
    return {"type": "punctuation", "alternatives": [{"content": content, "confidence": "0.0"}]}


def words(count, seconds=0.1):
    return [word(f"w{n}", n * seconds, (n + 1) * seconds) for n in range(count)]


def metadata(event, **more):
    return {**event, "Input": {**event["Input"], "MetaData": more}}


def again(output):
    """The event of the next check: what the one before has returned."""
    return json.loads(json.dumps(output))


def read(s3, key):
    return s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode()


def reason(caught, key):
    return caught.value.args[0]["MetaData"][key]


# Transcripts


def test_a_sentence_is_a_caption(of):
    made = of([mark(","), word("Hello", 0.5, 0.9), word("you", 1, 1.2), mark("."), word("A", 2, 3)])
    assert made == [
        {
            "start": 0.5,
            "end": 1.2,
            "caption": "Hello you.",
            "wordConfidence": [{"w": "hello", "c": 0.9}, {"w": "you", "c": 0.9}],
        },
        {"start": 2.0, "end": 3.0, "caption": "A", "wordConfidence": [{"w": "a", "c": 0.9}]},
    ]


def test_silence_ends_a_caption_which_stays_until_the_next_word(of):
    made = of([word("One", 0, 1), word("two", 2.5, 3), word("three", 4.6, 5)])
    assert [(one["start"], one["end"], one["caption"]) for one in made] == [
        (0.0, 4.6, "One two"),
        (4.6, 5.0, "three"),
    ]


def test_a_caption_has_at_most_two_lines_of_42_characters(of):
    made = of(words(60))
    assert all(len(one["caption"]) <= 85 for one in made)
    assert [one["w"] for caption in made for one in caption["wordConfidence"]] == [
        f"w{n}" for n in range(60)
    ]
    long = [word("x" * 40, n, n + 0.5) for n in range(4)]
    assert [len(one["caption"]) for one in of(long)] == [81, 81]


def test_a_caption_stays_for_seven_seconds_at_most(of):
    made = of([word("One", 0, 1), word("two", 60, 61)])
    assert [one["end"] for one in made] == [7.0, 61.0]


@pytest.mark.parametrize("end", [".", "?", "!", "...", "。", "؟", "।"])
def test_sentences_end_in_every_script(of, end):
    assert len(of([word("a", 0, 1), mark(end), word("b", 1, 2)])) == 2


def test_a_comma_and_an_empty_mark_end_none(of):
    made = of([word("a", 0, 1), mark(","), mark(""), word("b", 1, 2)])
    assert [one["caption"] for one in made] == ["a, b"]


# WebCaptions


def transcript(*items):
    return {"results": {"transcripts": [{"transcript": ""}], "items": list(items)}}


def test_the_transcript_becomes_captions_under_both_names(captions, results, event):
    results.kept["TranscribeVideo"] = transcript(word("Hola", 0, 1), mark("."))
    asked = metadata(event("WebCaptions", {}), TranscribeSourceLanguage="es-US")
    assert captions.web_captions(asked, None)["Status"] == "Complete"
    made = results.kept["WebCaptions_es"]
    assert [one["caption"] for one in made["WebCaptions"]] == ["Hola."]
    assert results.kept["WebCaptionsTranscribeVideo_es"] == made


def test_a_transcript_of_sound_is_the_second_choice(captions, results, event):
    results.kept["TranscribeAudio"] = transcript(word("Hi", 0, 1))
    captions.web_captions(event("WebCaptions", {}, {"SourceLanguageCode": "en"}), None)
    assert "WebCaptionsTranscribeAudio_en" in results.kept
    assert results.kept["WebCaptions_en"]["WebCaptions"][0]["caption"] == "Hi"


def test_a_silent_video_has_no_captions(captions, results, event):
    output = captions.web_captions(event("WebCaptions", {}, {"SourceLanguageCode": "en"}), None)
    assert output["Status"] == "Complete"
    assert results.kept["WebCaptions_en"] == {"WebCaptions": []}


@pytest.mark.parametrize("code", [None, "../../etc", "e", "en_US", 7, ["en"]])
def test_a_language_that_is_none_is_refused(captions, results, event, code):
    configuration = {} if code is None else {"SourceLanguageCode": code}
    with pytest.raises(MasExecutionError) as caught:
        captions.web_captions(event("WebCaptions", {}, configuration), None)
    assert type(caught.value).__name__ == "MasInputError"
    assert reason(caught, "WebCaptionsError")
    assert results.kept == {}


def test_subtitles_that_exist_take_the_place_of_transcribed_ones(captions, results, event, s3):
    vtt = "\ufeffWEBVTT\r\n\r\nid\r\n00:01.500 --> 00:02.250 align:start\r\n<v Bo>Tom &amp; I\r\n"
    s3.put_object(Bucket="bucket", Key="x.vtt", Body=vtt.encode())
    results.kept["TranscribeVideo"] = transcript(word("Hi", 0, 1))
    existing = {"ExistingSubtitlesObject": {"Bucket": "bucket", "Key": "x.vtt"}}
    configuration = {"SourceLanguageCode": "en", **existing}
    captions.web_captions(event("WebCaptions", {}, configuration), None)
    assert results.kept["WebCaptions_en"] == {
        "WebCaptions": [{"start": "1.500", "end": "2.250", "caption": "Tom & I"}]
    }
    assert results.kept["WebCaptionsTranscribeVideo_en"]["WebCaptions"][0]["caption"] == "Hi"


@pytest.mark.parametrize("content", [b"", b"no captions", b"\xff\xfe"])
def test_a_file_that_is_no_webvtt_is_refused(captions, results, event, s3, content):
    s3.put_object(Bucket="bucket", Key="x.vtt", Body=content)
    existing = {"ExistingSubtitlesObject": {"Bucket": "bucket", "Key": "x.vtt"}}
    with pytest.raises(MasExecutionError) as caught:
        captions.web_captions(
            event("WebCaptions", {}, {"SourceLanguageCode": "en", **existing}), None
        )
    assert reason(caught, "WebCaptionsError").startswith("Unable read VTT file.")


NO_LOCATION = [{}, {"Bucket": "bucket"}, {"Bucket": "bucket", "Key": ""}, [], "s3://bucket/x.vtt"]


@pytest.mark.parametrize("location", NO_LOCATION)
def test_a_location_without_bucket_and_key_is_refused(run, location):
    with pytest.raises(MasExecutionError) as caught:
        run("one", ExistingSubtitlesObject=location)
    said = "ExistingSubtitlesObject must have Bucket and Key"
    assert reason(caught, "WebCaptionsError") == said


@pytest.mark.parametrize("location", [None, ""])
def test_no_location_is_as_good_as_none_given(run, results, location):
    run("one", ExistingSubtitlesObject=location)
    assert shown(results, "WebCaptions_en") == ["one"]


def test_a_file_that_is_missing_is_named(run, s3):
    with pytest.raises(MasExecutionError) as caught:
        run("one", ExistingSubtitlesObject={"Bucket": "bucket", "Key": "no.vtt"})
    said = "Unable read VTT file. s3://bucket/no.vtt does not exist"
    assert reason(caught, "WebCaptionsError") == said


def test_what_was_repaired_is_counted(captions, results, event, s3):
    vtt = "WEBVTT\n\n00:00:01,500 --> 00:00:02,250\nA --> b\n"
    s3.put_object(Bucket="bucket", Key="x.vtt", Body=vtt.encode())
    existing = {"ExistingSubtitlesObject": {"Bucket": "bucket", "Key": "x.vtt"}}
    asked = event("WebCaptions", {}, {"SourceLanguageCode": "en", **existing})
    assert captions.web_captions(asked, None)["MetaData"]["WebCaptionsRepaired"] == "2"
    assert results.kept["WebCaptions_en"] == {
        "WebCaptions": [{"start": "1.500", "end": "2.250", "caption": "A --> b"}],
        "WebCaptionsRepaired": 2,
    }


# Edits


def edit(results, language, *texts):
    """What a client posts: the captions with other words, whatever else it knows of them."""
    made = [{"start": n, "end": n + 1, "caption": text} for n, text in enumerate(texts)]
    results.kept[f"WebCaptions_{language}"] = {"WebCaptions": made}


def shown(results, name):
    return [one["caption"] for one in results.kept[name]["WebCaptions"]]


@pytest.fixture
def run(captions, results, event):
    """Runs WebCaptions for a transcript of these words."""

    def run(*said, **configuration):
        results.kept["TranscribeVideo"] = transcript(
            *(word(one, place, place + 1) for place, one in enumerate(said))
        )
        asked = event("WebCaptions", {}, {"SourceLanguageCode": "en", **configuration})
        return captions.web_captions(asked, None)["MetaData"]

    return run


def test_edited_captions_survive_a_new_run_that_says_how_many(run, results):
    run("hallo")
    edit(results, "en", "Hello", "world")
    assert run("goodbye")["WebCaptionsKept"] == "2"
    assert shown(results, "WebCaptions_en") == ["Hello", "world"]
    assert shown(results, "WebCaptionsTranscribeVideo_en") == ["goodbye"]
    assert results.kept["WebCaptionsTranscribeVideo_en"]["WebCaptionsKept"] == 2
    assert run("goodbye")["WebCaptionsKept"] == "2"


def test_what_nobody_has_edited_is_made_anew(run, results):
    run("one")
    assert "WebCaptionsKept" not in run("two")
    assert shown(results, "WebCaptions_en") == ["two"]
    # a client that stores what it has read has edited nothing
    read = results.kept["WebCaptions_en"]["WebCaptions"]
    as_text = [{**one, "start": str(one["start"])} for one in read]
    results.kept["WebCaptions_en"] = {"WebCaptions": as_text}
    assert "WebCaptionsKept" not in run("three")
    assert shown(results, "WebCaptions_en") == ["three"]


def test_edits_are_overwritten_where_that_is_asked_for(run, results):
    run("one")
    edit(results, "en", "edited")
    assert "WebCaptionsKept" not in run("two", KeepEdits=False)
    assert shown(results, "WebCaptions_en") == ["two"]
    # also what is no captions
    results.kept["WebCaptions_en"] = {"WebCaptions": ["text"]}
    run("three", KeepEdits="false")
    assert shown(results, "WebCaptions_en") == ["three"]


def test_a_setting_that_is_neither_true_nor_false_is_refused(run, results):
    run("one")
    edit(results, "en", "edited")
    with pytest.raises(MasExecutionError) as caught:
        run("two", KeepEdits="perhaps")
    assert reason(caught, "WebCaptionsError").startswith("KeepEdits must be true or false")
    assert shown(results, "WebCaptions_en") == ["edited"]


def test_captions_of_earlier_versions_are_known_by_their_raw_copies(run, results):
    run("one")
    del results.kept["WebCaptionsMade_en"]
    assert "WebCaptionsKept" not in run("two")
    edit(results, "en", "edited")
    del results.kept["WebCaptionsMade_en"]
    assert run("three")["WebCaptionsKept"] == "1"


@pytest.mark.parametrize("stored", range(1, 4))
def test_a_run_that_is_broken_off_leaves_no_edit_behind(run, results, monkeypatch, stored):
    """Whichever of its three results was the last: the next run makes the captions anew."""
    run("one")
    call, left = results.call, [stored]

    def breaking(function, method, *arguments, **more):
        if method == "POST":
            if not left[0]:
                raise ClientError({"Error": {"Code": "Throttled", "Message": "later"}}, "Invoke")
            left[0] -= 1
        return call(function, method, *arguments, **more)

    with monkeypatch.context() as broken:
        broken.setattr(lambda_api, "call", breaking)
        if stored < 3:
            with pytest.raises(MasExecutionError):
                run("two")
        else:
            run("two")
    assert "WebCaptionsKept" not in run("three")
    assert shown(results, "WebCaptions_en") == ["three"]


def test_subtitles_that_exist_do_not_displace_edits(run, results, s3):
    vtt = "WEBVTT\n\n00:01.500 --> 00:02.250\nfrom a file\n"
    s3.put_object(Bucket="bucket", Key="x.vtt", Body=vtt.encode())
    existing = {"ExistingSubtitlesObject": {"Bucket": "bucket", "Key": "x.vtt"}}
    run("one", **existing)
    assert "WebCaptionsKept" not in run("one", **existing)
    edit(results, "en", "edited")
    assert run("one", **existing)["WebCaptionsKept"] == "1"
    assert shown(results, "WebCaptions_en") == ["edited"]
    run("one", **existing, KeepEdits=False)
    assert shown(results, "WebCaptions_en") == ["from a file"]


@pytest.mark.parametrize("captions_", [["text"], [{"start": 1}], [{"caption": None}]])
def test_edits_that_are_no_captions_are_named(captions, results, event, s3, captions_):
    results.kept["WebCaptions_en"] = {"WebCaptions": captions_}
    with pytest.raises(MasExecutionError) as caught:
        captions.create_srt(event("WebToSRTCaptions", {}, {"TargetLanguageCodes": ["en"]}), None)
    assert "Caption 1 of WebCaptions_en" in reason(caught, "WebCaptionsError")


# Files


SRT = """1
00:00:00,500 --> 00:00:02,001
Tom & Jerry say <hi>.

2
00:00:02,500 --> 00:00:04,000
It's a -> b!
"""
VTT = """WEBVTT

00:00:00.500 --> 00:00:02.001
Tom &amp; Jerry say &lt;hi&gt;.

00:00:02.500 --> 00:00:04.000
It's a --&gt; b!
"""


@pytest.mark.parametrize(
    ("name", "file_format", "content"),
    [
        ("WebToSRTCaptions", "srt", SRT),
        ("CreateSRTCaptions", "srt", SRT),
        ("WebToVTTCaptions", "vtt", VTT),
        ("CreateVTTCaptions", "vtt", VTT),
    ],
)
def test_files_are_written_for_each_language(
    captions, results, event, s3, name, file_format, content
):
    spanish = [{"start": "61.0015", "end": "61.0015", "caption": "¿Qué?\n\nNada"}]
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    results.kept["WebCaptions_es"] = [{"WebCaptions": spanish}, {"WebCaptions": []}]
    configuration = {"TargetLanguageCodes": ["es", "es"]}
    asked = metadata(event(name, {}, configuration), TranscribeSourceLanguage="en-US")
    output = getattr(captions, f"create_{file_format}")(asked, None)
    assert output["Status"] == "Complete"
    assert output["Configuration"]["TargetLanguageCodes"] == ["es", "es"]
    assert results.kept[name]["CaptionsCollection"] == [
        {
            "OperatorName": f"Captions_{language}",
            "Results": {
                "S3Bucket": "bucket",
                "S3Key": f"{FOLDER}Captions_{language}.{file_format}",
            },
            "WorkflowId": "workflow-1",
            "LanguageCode": language,
        }
        for language in ("es", "en")
    ]
    assert read(s3, f"{FOLDER}Captions_en.{file_format}") == content
    written = read(s3, f"{FOLDER}Captions_es.{file_format}").replace(",", ".")
    assert "00:01:01.002 --> 00:01:01.835\n¿Qué?\nNada" in written


@pytest.mark.parametrize("file_format", ["srt", "vtt"])
def test_another_program_reads_the_times_and_words_of_a_file(load, captions, file_format, tmp_path):
    """In scripts of both directions, with times that binary fractions cut short."""
    texts = ["Grüße & Küsse", "مرحبا بالعالم", "你好世界。", "שלום", "नमस्ते"]
    made = [
        {"start": 1.001 + 2.3 * n, "end": 1.001 + 2.3 * n + 0.999, "caption": text}
        for n, text in enumerate(texts)
    ]
    file = tmp_path / f"captions.{file_format}"
    document = load("captions", "caption_files").document
    file.write_text(document(made, file_format))
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-loglevel", "error", "-i", str(file), "-f", "srt", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    blocks = [block.split("\n") for block in told.strip().split("\n\n")]
    starts = ["00:00:01,001", "00:00:03,301", "00:00:05,601", "00:00:07,901", "00:00:10,201"]
    assert [block[1].split(" --> ")[0] for block in blocks] == starts
    assert [block[2] for block in blocks] == texts


def test_no_captions_are_an_empty_file(load, captions):
    document = load("captions", "caption_files").document
    silent = [{"start": 0, "end": 1, "caption": ""}]
    assert (document(silent, "srt"), document([], "vtt")) == ("", "WEBVTT\n")


@pytest.mark.parametrize("codes", [None, "es", ["../x"], [None], ["de"]])
def test_files_for_no_captions_are_refused(captions, results, event, s3, codes):
    configuration = {} if codes is None else {"TargetLanguageCodes": codes}
    with pytest.raises(MasExecutionError) as caught:
        captions.create_srt(event("WebToSRTCaptions", {}, configuration), None)
    wanted = "WebCaptions_de" if codes == ["de"] else "TargetLanguageCodes"
    assert wanted in reason(caught, "WebCaptionsError")
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


# Translation


JOB = {
    "InputDataConfig": {
        "S3Uri": f"s3://bucket/{FOLDER}webcaptions_translate_input/",
        "ContentType": "text/html",
    },
    "OutputDataConfig": {"S3Uri": f"s3://bucket/{FOLDER}webcaptions_translate_output/"},
    "DataAccessRoleArn": "arn:aws:iam::123456789012:role/translate",
    "SourceLanguageCode": "en",
    "ClientToken": ANY,
}


def expect_job(translate, language, job_id, **more):
    asked = {
        "JobName": f"MIE_asset-1_workflow-1_{language}",
        "TargetLanguageCodes": [language],
        **JOB,
        **more,
    }
    answer = {"JobId": job_id, "JobStatus": "SUBMITTED"}
    translate.add_response("start_text_translation_job", answer, asked)


def expect_status(translate, job_id, status, **more):
    properties = {
        "JobId": job_id,
        "JobStatus": status,
        "OutputDataConfig": {"S3Uri": f"s3://bucket/{FOLDER}out/{job_id}/"},
        **more,
    }
    translate.add_response(
        "describe_text_translation_job",
        {"TextTranslationJobProperties": properties},
        {"JobId": job_id},
    )


@pytest.fixture
def translating(captions, results, event, s3, stub):
    """Two jobs that were started, and the stubbed service."""
    translate = stub("translate")
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    terminologies = [
        {"Name": "names", "TargetLanguageCodes": ["es"]},
        {"Name": "others", "TargetLanguageCodes": ["es", "fr"]},
    ]
    configuration = {
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["es", "en", "fr"],
        "TerminologyNames": terminologies,
    }
    expect_job(translate, "es", "job-es", TerminologyNames=["names"])
    expect_job(translate, "fr", "job-fr", TerminologyNames=["others"])
    asked = event("TranslateWebCaptions", {}, configuration)
    return captions.start_translate_webcaptions(asked, None), translate


def test_captions_go_as_one_document_with_markers(translating, s3):
    started, _ = translating
    assert started["Status"] == "Executing"
    assert json.loads(started["MetaData"]["TextTranslateJobPropertiesList"]) == [
        {"JobId": "job-es", "TargetLanguageCode": "es"},
        {"JobId": "job-fr", "TargetLanguageCode": "fr"},
    ]
    assert all(isinstance(one, str) and one for one in started["MetaData"].values())
    document = read(s3, f"{FOLDER}webcaptions_translate_input/transcript_with_caption_markers.txt")
    assert document == "Tom &amp; Jerry say &lt;hi&gt;.<span>It's a --&gt; b!"


def test_translations_are_taken_apart_at_the_same_times(translating, captions, results, s3):
    started, translate = translating
    expect_status(translate, "job-es", "IN_PROGRESS")
    waiting = captions.check_translate_webcaptions(again(started), None)
    assert waiting["Status"] == "Executing"
    expect_status(translate, "job-es", "COMPLETED")
    expect_status(translate, "job-fr", "COMPLETED")
    folder = f"{FOLDER}out"
    for key, content in {
        "job-es/details/es.auxiliary-translation-details.json": "{}",
        "job-es/es.transcript.txt": "Tom y Jerry dicen &lt;hola&gt;. <span> ¡Es a --&gt; b!</span>",
        "job-fr/fr.transcript.txt": "Tom et Jerry, l'un et l'autre",
    }.items():
        s3.put_object(Bucket="bucket", Key=f"{folder}/{key}", Body=content.encode())
    done = captions.check_translate_webcaptions(again(waiting), None)
    assert done["Status"] == "Complete"
    spanish = results.kept["WebCaptions_es"]
    assert spanish == results.kept["WebCaptionsTranslate_es"]
    assert spanish["WebCaptions"] == [
        {
            **ENGLISH[0],
            "caption": "Tom y Jerry dicen <hola>.",
            "sourceCaption": ENGLISH[0]["caption"],
        },
        {**ENGLISH[1], "caption": "¡Es a --> b!", "sourceCaption": ENGLISH[1]["caption"]},
    ]
    french = [one["caption"] for one in results.kept["WebCaptions_fr"]["WebCaptions"]]
    assert french == ["Tom et Jerry, l'un et l'autre", ""]
    collection = results.kept["TranslateWebCaptions"]["CaptionsCollection"]
    assert [one["OperatorName"] for one in collection] == [
        "TranslateWebCaptions_es",
        "TranslateWebCaptions_fr",
    ]
    text = read(s3, collection[1]["TranslationText"]["S3Key"])
    assert text == "Tom et Jerry, l'un et l'autre"


def test_an_edited_translation_is_kept_and_the_others_follow_the_edited_source(
    translating, captions, results, s3
):
    started, translate = translating
    edit(results, "es", "Hola", "a todos")
    for language, text in {"es": "uno <span> dos", "fr": "un <span> deux"}.items():
        expect_status(translate, f"job-{language}", "COMPLETED")
        key = f"{FOLDER}out/job-{language}/{language}.transcript.txt"
        s3.put_object(Bucket="bucket", Key=key, Body=text.encode())
    done = captions.check_translate_webcaptions(again(started), None)
    assert done["MetaData"]["WebCaptionsKept"] == "2"
    assert shown(results, "WebCaptions_es") == ["Hola", "a todos"]
    assert shown(results, "WebCaptionsTranslate_es") == ["uno", "dos"]
    assert shown(results, "WebCaptions_fr") == ["un", "deux"]
    spanish, french = results.kept["TranslateWebCaptions"]["CaptionsCollection"]
    assert (spanish["WebCaptionsKept"], "WebCaptionsKept" in french) == (2, False)
    # what is spoken and read is what people see
    assert read(s3, spanish["TranslationText"]["S3Key"]) == "Hola a todos"


def test_translations_to_languages_without_spaces_are_joined_without_them(load, captions):
    translated = load("captions", "translation").translated
    made = translated(ENGLISH, ["今日は", "とても", "良い"], "ja")
    assert [one["caption"] for one in made] == ["今日は", "とても良い"]


@pytest.mark.parametrize(
    ("status", "said"), [("FAILED", "no such bucket"), ("STOPPED", "STOPPED"), ("NEW", "NEW")]
)
def test_a_job_that_does_not_end_well_says_why(translating, captions, status, said):
    started, translate = translating
    expect_status(translate, "job-es", status, Message="no such bucket")
    with pytest.raises(MasExecutionError) as caught:
        captions.check_translate_webcaptions(again(started), None)
    assert said in reason(caught, "TranslateError")


def test_words_too_many_end_up_in_the_last_caption(load, captions):
    translated = load("captions", "translation").translated
    made = translated(ENGLISH, ["a", "b", "c"])
    assert [one["caption"] for one in made] == ["a", "b c"]
    assert translated([], ["x"]) == []


@pytest.mark.parametrize("targets", [["en"], []])
def test_nothing_to_translate_is_complete(captions, results, event, s3, targets):
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    configuration = {"SourceLanguageCode": "en", "TargetLanguageCodes": targets}
    done = captions.start_translate_webcaptions(
        event("TranslateWebCaptions", {}, configuration), None
    )
    assert done["Status"] == "Complete"
    assert captions.check_translate_webcaptions(done, None) is done


UNSUPPORTED = ("start_text_translation_job", "UnsupportedLanguagePairException", "No such pair")


def test_auto_targets_follow_what_is_spoken(captions, results, event, s3, stub):
    results.kept["WebCaptions_es"] = {"WebCaptions": ENGLISH}
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    expect_job(stub("translate"), "en", "job-en", SourceLanguageCode="es")
    asked = event("TranslateWebCaptions", {}, {"TargetLanguageCodes": ["auto"]})
    output = captions.start_translate_webcaptions(
        metadata(asked, TranscribeSourceLanguage="es-US"), None
    )
    assert output["Status"] == "Executing"
    asked = event("WebToSRTCaptions", {}, {"TargetLanguageCodes": ["auto"]})
    captions.create_srt(metadata(asked, TranscribeSourceLanguage="es-US"), None)
    written = results.kept["WebToSRTCaptions"]["CaptionsCollection"]
    assert [one["LanguageCode"] for one in written] == ["en", "es"]


def test_a_language_that_is_not_translated_is_left_out_and_what_needs_it_skipped(
    captions, results, event, s3, stub
):
    results.kept["WebCaptions_cy"] = {"WebCaptions": ENGLISH}
    translate = stub("translate")
    translate.add_client_error(*UNSUPPORTED)
    asked = event("TranslateWebCaptions", {}, {"TargetLanguageCodes": ["auto"]})
    output = captions.start_translate_webcaptions(
        metadata(asked, TranscribeSourceLanguage="cy-GB"), None
    )
    reason = "Translate does not translate Welsh (cy) into English (en)"
    assert output["Status"] == "Skipped"
    assert output["MetaData"]["TranslateWebCaptionsSkipped"] == reason

    told = {**output["MetaData"], "TranscribeSourceLanguage": "cy-GB"}
    files = event("WebToSRTCaptions", {}, {"TargetLanguageCodes": ["auto"]})
    assert captions.create_srt(metadata(files, **told), None)["Status"] == "Complete"
    written = results.kept["WebToSRTCaptions"]["CaptionsCollection"]
    assert [one["LanguageCode"] for one in written] == ["cy"]
    spoken = captions.start_polly_webcaptions(metadata(event("PollyWebCaptions", {}), **told), None)
    assert spoken["Status"] == "Skipped"
    said = spoken["MetaData"]["PollyWebCaptionsSkipped"]
    assert said == f"TranslateWebCaptions was skipped: {reason}"


def test_of_several_targets_those_that_can_be_had_are_translated(
    captions, results, event, s3, stub
):
    results.kept["WebCaptions_fr"] = {"WebCaptions": ENGLISH}
    translate = stub("translate")
    expect_job(translate, "es", "job-es", SourceLanguageCode="fr")
    translate.add_client_error(*UNSUPPORTED)
    languages = [{"LanguageName": one, "LanguageCode": one} for one in ("fr", "es", "ca")]
    translate.add_response("list_languages", {"Languages": languages})
    asked = event("TranslateWebCaptions", {}, {"TargetLanguageCodes": ["es", "ca"]})
    output = captions.start_translate_webcaptions(
        metadata(asked, TranscribeSourceLanguage="fr-FR"), None
    )
    assert output["Status"] == "Executing"
    assert "French (fr) into Catalan (ca)" in output["MetaData"]["TranslateLeftOut"]


@pytest.mark.parametrize("existing", [True, False])
def test_without_a_transcription_that_was_skipped_there_are_no_captions(
    captions, results, event, s3, existing
):
    configuration = {"SourceLanguageCode": "en"}
    if existing:
        place = {"Bucket": "bucket", "Key": "a.vtt"}
        s3.put_object(**place, Body=b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n")
        configuration["ExistingSubtitlesObject"] = place
    asked = event("WebCaptions", {}, configuration)
    told = {"TranscribeVideoSkipped": "Too little is said"}
    output = captions.web_captions(metadata(asked, **told), None)
    assert output["Status"] == ("Complete" if existing else "Skipped")
    if existing:
        return
    told = {**told, **output["MetaData"]}
    reason = "TranscribeVideo was skipped: Too little is said"
    for name, run in (
        ("TranslateWebCaptions", captions.start_translate_webcaptions),
        ("WebToVTTCaptions", captions.create_vtt),
    ):
        asked = event(name, {}, {"TargetLanguageCodes": ["auto"]})
        follows = run(metadata(asked, **told), None)
        assert (follows["Status"], follows["MetaData"]) == ("Skipped", {f"{name}Skipped": reason})


def test_silence_is_translated_without_a_job(captions, results, event, s3):
    results.kept["WebCaptions_en"] = {"WebCaptions": []}
    configuration = {"SourceLanguageCode": "en", "TargetLanguageCodes": ["es"]}
    asked = event("TranslateWebCaptions", {}, configuration)
    assert captions.start_translate_webcaptions(asked, None)["Status"] == "Complete"
    assert results.kept["WebCaptions_es"] == {"WebCaptions": []}


def test_a_job_that_is_started_again_is_the_same(captions, results, event, s3, stub):
    translate = stub("translate")
    tokens = []
    aws.client("translate").meta.events.register(
        "before-parameter-build.translate.StartTextTranslationJob",
        lambda params, **_: tokens.append(params["ClientToken"]),
    )
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    configuration = {"SourceLanguageCode": "en", "TargetLanguageCodes": ["es"]}
    for workflow in ("workflow-1", "workflow-1"):
        expect_job(translate, "es", "job-es")
        asked = event("TranslateWebCaptions", {}, configuration, workflow=workflow)
        captions.start_translate_webcaptions(asked, None)
    assert len(set(tokens)) == 1


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({}, "Language codes are not defined"),
        ({"TargetLanguageCodes": "es"}, "TargetLanguageCodes"),
        ({"TargetLanguageCodes": ["es"], "TerminologyNames": "{'JsonList'}"}, "TerminologyNames"),
        ({"TargetLanguageCodes": ["es"], "ParallelDataNames": [{"Name": 1}]}, "ParallelDataNames"),
    ],
)
def test_a_wrong_configuration_is_named(captions, results, event, s3, configuration, said):
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    with pytest.raises(MasExecutionError) as caught:
        captions.start_translate_webcaptions(
            event("TranslateWebCaptions", {}, {"SourceLanguageCode": "en", **configuration}), None
        )
    assert type(caught.value).__name__ == "MasInputError"
    assert said in reason(caught, "TranslateError")


def test_the_job_of_a_later_language_waits_and_the_first_one_is_kept(
    captions, results, event, s3, stub
):
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    translate = stub("translate")
    job = {"JobId": "job-1", "JobStatus": "SUBMITTED"}
    translate.add_response("start_text_translation_job", job)
    translate.add_client_error("start_text_translation_job", "TooManyRequestsException", "wait")
    configuration = {"SourceLanguageCode": "en", "TargetLanguageCodes": ["es", "pt"]}
    asked = event("TranslateWebCaptions", {}, configuration)
    waiting = captions.start_translate_webcaptions(asked, None)
    assert waiting["Status"] == "Executing"
    assert "wait" in waiting["MetaData"]["JobWaits"]
    # the same token gives the job that is there
    translate.add_response("start_text_translation_job", job)
    translate.add_response("start_text_translation_job", {**job, "JobId": "job-2"})
    started = captions.check_translate_webcaptions(waiting, None)
    listed = json.loads(started["MetaData"]["TextTranslateJobPropertiesList"])
    assert [one["JobId"] for one in listed] == ["job-1", "job-2"]
    assert "JobWaits" not in started["MetaData"]


def test_what_may_pass_is_tried_again(captions, results, event, s3, stub):
    results.kept["WebCaptions_en"] = {"WebCaptions": ENGLISH}
    stub("translate").add_client_error("start_text_translation_job", "InternalServerException")
    configuration = {"SourceLanguageCode": "en", "TargetLanguageCodes": ["es"]}
    with pytest.raises(MasExecutionError) as caught:
        captions.start_translate_webcaptions(event("TranslateWebCaptions", {}, configuration), None)
    assert type(caught.value).__name__ == "MasExecutionError"
    said = reason(caught, "TranslateError")
    assert said.startswith("Unable to start translation WebCaptions job")


# Speech


def translation_of(results, language, *texts):
    made = [{"start": n, "end": n + 1, "caption": text} for n, text in enumerate(texts)]
    results.kept[f"WebCaptions_{language}"] = {"WebCaptions": made}
    collection = results.kept.setdefault("TranslateWebCaptions", {"CaptionsCollection": []})
    collection["CaptionsCollection"].append({"TargetLanguageCode": language})


def expect_voices(polly, language, *voices):
    polly.add_response(
        "describe_voices",
        {
            "Voices": [
                {"Id": name, "LanguageCode": own, "SupportedEngines": engines}
                for name, own, engines in voices
            ]
        },
        {"LanguageCode": language, "IncludeAdditionalLanguageCodes": True},
    )


def task(status, **more):
    return {"SynthesisTask": {"TaskId": "task-1", "TaskStatus": status, **more}}


def expect_task(polly, language, text, **voice):
    polly.add_response(
        "start_speech_synthesis_task",
        task("scheduled"),
        {
            "OutputFormat": "mp3",
            "OutputS3BucketName": "bucket",
            "OutputS3KeyPrefix": f"{FOLDER}audio_only_{language}",
            "Text": text,
            "TextType": "text",
            **voice,
        },
    )


def test_translations_are_spoken_and_others_left_out(captions, results, event, s3, stub):
    polly = stub("polly")
    translation_of(results, "es", "Hola.", "", "Adiós.")
    translation_of(results, "xx", "x")
    translation_of(results, "fr", "")
    expect_voices(polly, "es-ES", ("Mia", "es-MX", ["standard"]), ("Lucia", "es-ES", ["standard"]))
    expect_task(polly, "es", "Hola. Adiós.", VoiceId="Lucia", LanguageCode="es-ES")
    started = captions.start_polly_webcaptions(event("PollyWebCaptions", {}), None)
    assert started["Status"] == "Executing"
    polly.add_response("get_speech_synthesis_task", task("inProgress"), {"TaskId": "task-1"})
    waiting = captions.check_polly_webcaptions(again(started), None)
    assert waiting["Status"] == "Executing"
    uri = "https://s3.us-east-1.amazonaws.com/bucket/x.mp3"
    polly.add_response("get_speech_synthesis_task", task("completed", OutputUri=uri))
    done = captions.check_polly_webcaptions(again(waiting), None)
    assert done["Status"] == "Complete"
    spanish, unknown, empty = results.kept["PollyWebCaptions"]["CaptionsCollection"]
    assert spanish == {
        "TargetLanguageCode": "es",
        "VoiceId": "Lucia",
        "PollyAudio": {
            "S3Bucket": "bucket",
            "S3Key": f"{FOLDER}audio_only_es.task-1.mp3",
            "Uri": uri,
        },
        "PollyTaskId": "task-1",
        "PollyStatus": "completed",
    }
    assert unknown["PollyStatus"] == empty["PollyStatus"] == "not supported"
    assert "xx" in unknown["PollyMessage"]


def test_a_start_that_is_repeated_starts_one_task(captions, results, event, s3, stub):
    polly = stub("polly")
    translation_of(results, "hi", "नमस्ते")
    voices = ("Aditi", "en-IN", ["neural"])
    expect_voices(polly, "hi-IN", voices)
    expect_task(polly, "hi", "नमस्ते", VoiceId="Aditi", LanguageCode="hi-IN", Engine="neural")
    expect_voices(polly, "hi-IN", voices)
    first, second = (
        captions.start_polly_webcaptions(event("PollyWebCaptions", {}), None) for _ in range(2)
    )
    assert first == second


def test_a_text_that_is_too_long_is_left_out(captions, results, event, s3, stub):
    polly = stub("polly")
    translation_of(results, "es", "x")
    expect_voices(polly, "es-ES", ("Lucia", "es-ES", ["standard"]))
    polly.add_client_error("start_speech_synthesis_task", "TextLengthExceededException")
    started = captions.start_polly_webcaptions(event("PollyWebCaptions", {}), None)
    (entry,) = json.loads(started["MetaData"]["PollyCollection"])
    assert entry["PollyStatus"] == "not supported"
    assert "TextLengthExceededException" in entry["PollyMessage"]
    assert captions.check_polly_webcaptions(again(started), None)["Status"] == "Complete"


@pytest.mark.parametrize(
    ("status", "said"), [("failed", "Polly returned as failed: no room"), ("new", "new")]
)
def test_a_task_that_does_not_end_well_says_why(captions, event, stub, status, said):
    answer = task(status, TaskStatusReason="no room")
    stub("polly").add_response("get_speech_synthesis_task", answer)
    entry = {"PollyStatus": "started", "PollyTaskId": "task-1", "PollyAudio": {}}
    asked = {**event("PollyWebCaptions", {}), "MetaData": {"PollyCollection": [entry]}}
    with pytest.raises(MasExecutionError) as caught:
        captions.check_polly_webcaptions(asked, None)
    assert said in reason(caught, "PollyCollectionError")


def test_what_is_missing_is_named(captions, results, event, s3, stub):
    for handler, said in (
        (captions.start_polly_webcaptions, "no translations"),
        (captions.check_polly_webcaptions, "PollyCollection"),
    ):
        with pytest.raises(MasExecutionError) as caught:
            handler(event("PollyWebCaptions", {}), None)
        assert said in reason(caught, "PollyCollectionError")
    translation_of(results, "es", "x")
    expect_voices(stub("polly"), "es-ES")
    with pytest.raises(MasExecutionError) as caught:
        captions.start_polly_webcaptions(event("PollyWebCaptions", {}), None)
    assert "no voice for es-ES" in reason(caught, "PollyCollectionError")
