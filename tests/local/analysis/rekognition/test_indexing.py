from types import SimpleNamespace

from analysis.rekognition.indexing import choose


def described(width=100, yaw=0.0, brightness=50.0, sharpness=50.0):
    box, pose = SimpleNamespace(width=width), SimpleNamespace(yaw=yaw, pitch=0.0)
    face = SimpleNamespace(box=box, pose=pose, brightness=brightness, sharpness=sharpness)
    return SimpleNamespace(face=face)


def test_the_largest_faces_are_kept_and_the_others_named():
    faces = [described(200), described(150), described(100)]
    kept, left = choose(faces, {"MaxFaces": 1})
    assert kept == faces[:1]
    assert left == [(faces[1], ["EXCEEDS_MAX_FACES"]), (faces[2], ["EXCEEDS_MAX_FACES"])]


def test_a_face_that_says_little_is_left_out_with_all_reasons():
    poor = described(width=20, yaw=-75.0, brightness=5.0, sharpness=1.0)
    _, [(_, reasons)] = choose([poor], {})
    assert reasons == ["SMALL_BOUNDING_BOX", "EXTREME_POSE", "LOW_BRIGHTNESS", "LOW_SHARPNESS"]


def test_a_stricter_filter_asks_for_more():
    soft = described(sharpness=20.0)
    assert choose([soft], {"QualityFilter": "MEDIUM"})[0] == [soft]
    assert choose([soft], {"QualityFilter": "HIGH"})[0] == []


def test_without_a_filter_every_face_is_kept():
    poor = described(width=20)
    assert choose([poor], {"QualityFilter": "NONE"})[0] == [poor]
