from laptop.analysis_server import percents


def job(kind, key, **percent):
    return {"kind": kind, "request": {"Video": {"S3Object": {"Name": key}}}, **percent}


def test_jobs_on_the_asset_that_know_how_far_they_are_are_told_by_their_operators():
    jobs = [
        job("rekognition-FaceDetection", "private/assets/mine/a.mp4", percent=40),
        job("rekognition-SegmentDetection", "private/assets/mine/a.mp4"),
        job("rekognition-LabelDetection", "private/assets/others/a.mp4", percent=10),
        job("comprehend-entities", "private/assets/mine/a.txt", percent=10),
    ]

    assert percents({"jobs": jobs}, "mine") == {"faceDetection": 40}
    assert percents({}, "mine") == {}
