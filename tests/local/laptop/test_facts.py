import json

import pytest

from laptop import facts

KEYS = [
    "endpoint_url",
    "region",
    "access_key_id",
    "secret_access_key",
    "stack_name",
    "workflow_api",
    "dataplane_api",
    "dataplane_bucket",
    "analysis_url",
    "opensearch_url",
    "pids",
]


def known():
    return facts.Facts(
        endpoint_url="http://127.0.0.1:4000",
        region="us-east-1",
        access_key_id="test",
        secret_access_key="test",
        stack_name="mie",
        workflow_api="http://127.0.0.1:4000/_aws/execute-api/a/api",
        dataplane_api="http://127.0.0.1:4000/_aws/execute-api/b/api",
        dataplane_bucket="bucket",
        analysis_url="http://127.0.0.1:4001",
        opensearch_url=None,
        pids={"ministack": 1, "analysis": 2},
    )


def test_the_file_has_the_documented_keys(tmp_path):
    facts.write(known(), tmp_path / "local.json")

    written = json.loads((tmp_path / "local.json").read_text())
    assert list(written) == KEYS
    assert written["opensearch_url"] is None


def test_what_is_written_is_read(tmp_path):
    facts.write(known(), tmp_path / "made" / "local.json")

    assert facts.read(tmp_path / "made" / "local.json") == known()


def test_no_half_written_file_stays_behind(tmp_path):
    facts.write(known(), tmp_path / "local.json")

    assert [one.name for one in tmp_path.iterdir()] == ["local.json"]


def test_without_a_file_nothing_is_known(tmp_path):
    assert facts.read(tmp_path / "local.json") is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"pids": {}}', "null", ""])
def test_of_a_file_that_is_not_one_of_ours_nothing_is_known(tmp_path, content):
    (tmp_path / "local.json").write_text(content)

    assert facts.read(tmp_path / "local.json") is None
