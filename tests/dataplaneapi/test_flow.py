"""The life of an asset, from its source to an empty bucket (specification 10.2)."""

from tests.lib.mie.adapters.dataplane_on_moto import BUCKET


def pages_of(api, path):
    """The first answer, and those to which its cursors lead."""
    answers = [api.get(path).json]
    while "cursor" in answers[-1]:
        answers.append(api.get(path, cursor=answers[-1]["cursor"]).json)
    return answers


def test_an_asset_is_made_described_read_and_forgotten(api):
    created = api.post("/create", {"Input": {**api.uploaded(), "MediaType": "Video"}}).json
    asset_id = created["AssetId"]
    copy = f"private/assets/{asset_id}/input/upload/v.mp4"
    assert created == {
        "AssetId": asset_id,
        "S3Bucket": BUCKET,
        "S3Key": copy,
        "MediaType": "Video",
    }
    assert api.get("/metadata").json == {"assets": [asset_id]}

    whole = {"Text": "ü", "Confidence": 54.414, "Count": 3, "Found": True, "Nothing": None}
    stored = api.store(asset_id, whole, operator="whole")
    key = f"private/assets/{asset_id}/workflows/w1/whole.json"
    assert stored.json == {"Status": "Success", "Bucket": BUCKET, "Key": key}
    for number in (1, 2):
        answer = api.store(asset_id, {"Page": number}, operator="paged", paginated="true")
        assert answer.json == {"Status": "Success"}
    last = api.store(asset_id, {"Page": 3}, operator="paged", paginated="true", end="true")
    assert set(last.json) == {"Status", "Bucket", "Key"}

    everything = pages_of(api, f"/metadata/{asset_id}")
    assert everything[0]["asset_id"] == asset_id
    assert "operator" not in everything[0]
    location = everything[0]["results"]
    assert set(location) == {"S3Bucket", "S3Key", "Created", "MediaType"}
    assert [(one["operator"], one["results"]) for one in everything[1:]] == [
        ("paged", {"Page": 1}),
        ("paged", {"Page": 2}),
        ("paged", {"Page": 3}),
        ("whole", whole),
    ]
    single = pages_of(api, f"/metadata/{asset_id}/paged")
    assert [one["results"]["Page"] for one in single] == [1, 2, 3]
    assert [one["operator"] for one in single] == ["paged"] * 3

    deleted = api.delete(f"/metadata/{asset_id}/paged")
    assert deleted.status == 200
    assert api.get(f"/metadata/{asset_id}/paged").status == 404
    assert api.get(f"/metadata/{asset_id}/whole").json["results"] == whole
    assert api.stored_keys(f"private/assets/{asset_id}/workflows/") == [key]

    api.s3.put_object(Bucket=BUCKET, Key=f"private/assets/{asset_id}/v_proxy.mp4", Body=b"proxy")
    gone = api.delete(f"/metadata/{asset_id}")
    assert (gone.status, gone.json) == (
        200,
        {
            "Message": f"Deleted asset: {asset_id} from the dataplane",
            "AssetId": asset_id,
            "Deleted": {"Objects": 3, "Operators": ["whole"]},
        },
    )
    assert api.stored_keys() == ["upload/v.mp4"]
    assert api.get("/metadata").json == {"assets": []}
    assert api.get(f"/metadata/{asset_id}").status == 404
