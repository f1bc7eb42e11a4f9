"""A real picture goes through the real stack."""

import json

import pytest
from tests.deployed.local_stack import SAMPLE

pytestmark = pytest.mark.deployed


@pytest.fixture(scope="module")
def analysed(stack):
    """The execution of CasImageWorkflow on the sample picture."""
    return stack.run("CasImageWorkflow")


def results(stack, asset_id, operator):
    answer = stack.dataplane.request("GET", f"/metadata/{asset_id}/{operator}")
    assert answer.status == 200, answer.json
    return answer.json["results"]


def test_every_operator_that_is_on_completes(analysed):
    assert analysed["Status"] == "Complete", analysed.get("Message")
    assert analysed["CurrentStage"] == "End"
    statuses = {
        output["Name"]: output["Status"]
        for stage in analysed["Workflow"]["Stages"].values()
        for output in stage["Outputs"]
    }
    # without a collection there is nothing to search for
    assert statuses.pop("faceSearchImage") == "Skipped"
    assert set(statuses.values()) == {"Complete"}
    assert set(statuses) == {
        *("MediainfoImage", "celebrityRecognitionImage", "contentModerationImage"),
        *("faceDetectionImage", "labelDetectionImage", "textDetectionImage"),
    }


def test_a_face_is_found_in_the_sample(stack, analysed):
    faces = results(stack, analysed["AssetId"], "faceDetection")["FaceDetails"]
    assert len(faces) == 1
    box = faces[0]["BoundingBox"]
    assert 0 <= box["Left"] < box["Left"] + box["Width"] <= 1
    assert isinstance(faces[0]["Confidence"], float)


def test_a_person_is_among_the_objects(stack, analysed):
    labels = results(stack, analysed["AssetId"], "labelDetection")["Labels"]
    assert "Person" in {one["Name"] for one in labels}


def test_the_media_facts_are_those_of_the_file(stack, analysed):
    tracks = results(stack, analysed["AssetId"], "MediainfoImage")["tracks"]
    general = next(one for one in tracks if one["track_type"] == "General")
    assert general["file_size"] == SAMPLE.stat().st_size
    assert {one["track_type"] for one in tracks} == {"General", "Image"}


def test_text_detection_answers_with_a_list(stack, analysed):
    assert isinstance(results(stack, analysed["AssetId"], "textDetection")["TextDetections"], list)


def test_the_source_stays_and_the_asset_is_a_copy(stack, analysed):
    bucket = stack.facts["dataplane_bucket"]
    copy = analysed["Globals"]["Media"]["Image"]
    assert copy["S3Key"].startswith(f"private/assets/{analysed['AssetId']}/input/upload/")
    source = copy["S3Key"].split("/input/", 1)[1]
    s3 = stack.client("s3")
    for key in (source, copy["S3Key"]):
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == SAMPLE.read_bytes()


def test_all_metadata_can_be_read_page_by_page(stack, analysed):
    path = f"/metadata/{analysed['AssetId']}"
    answer = stack.dataplane.request("GET", path).json
    assert answer["results"]["S3Bucket"] == stack.facts["dataplane_bucket"]
    operators = []
    while "cursor" in answer:
        answer = stack.dataplane.request("GET", path, query={"cursor": answer["cursor"]}).json
        operators.append(answer["operator"])
    assert sorted(operators) == [
        "MediainfoImage",
        "celebrityRecognition",
        "contentModeration",
        "faceDetection",
        "labelDetection",
        "textDetection",
    ]


def test_an_operator_that_is_switched_off_is_skipped(stack):
    off = {"RekognitionStage": {"faceDetectionImage": {"MediaType": "Image", "Enabled": False}}}
    execution = stack.run("CasImageWorkflow", configuration=off)
    assert execution["Status"] == "Complete"
    outputs = execution["Workflow"]["Stages"]["RekognitionStage"]["Outputs"]
    assert {one["Name"]: one["Status"] for one in outputs}["faceDetectionImage"] == "Skipped"
    answer = stack.dataplane.request("GET", f"/metadata/{execution['AssetId']}/faceDetection")
    assert answer.status == 404


def test_configuration_reaches_the_service(stack):
    one_label = {"RekognitionStage": {"labelDetectionImage": {"MaxLabels": 1}}}
    execution = stack.run("CasImageWorkflow", configuration=one_label)
    assert len(results(stack, execution["AssetId"], "labelDetection")["Labels"]) == 1


def test_an_asset_is_analysed_again_without_a_new_copy(stack, analysed):
    body = {
        "Name": "CasImageWorkflow",
        "Input": {"AssetId": analysed["AssetId"], "Media": {"Image": {}}},
    }
    answer = stack.workflow.request("POST", "/workflow/execution", body)
    assert answer.status == 200, answer.json
    again = stack.wait(answer.json["Id"])
    assert again["Status"] == "Complete"
    assert again["Globals"]["Media"] == analysed["Globals"]["Media"]
    of_asset = stack.workflow.request(
        "GET", f"/workflow/execution/asset/{analysed['AssetId']}"
    ).json
    assert {again["Id"], analysed["Id"]} <= {one["Id"] for one in of_asset}


def test_a_file_that_is_no_picture_ends_in_an_error_that_says_so(stack, tmp_path):
    text = tmp_path / "letter.jpg"
    text.write_text("Dear picture")
    execution = stack.run("CasImageWorkflow", path=text)
    assert execution["Status"] == "Error"
    assert "failed" in execution["Message"]
    assert "Traceback" not in json.dumps(execution)


def test_a_name_with_spaces_unicode_and_plus_is_analysed(stack, tmp_path):
    odd = tmp_path / "ein schönes Bild+1.jpg"
    odd.write_bytes(SAMPLE.read_bytes())
    assert stack.run("CasImageWorkflow", path=odd)["Status"] == "Complete"
