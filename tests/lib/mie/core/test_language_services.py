"""The rows of the service proxies, and the tables of vocabularies."""

import boto3
import pytest

from mie.core.language_services import PROXIES, vocabulary_entries

BODY = {
    "vocabulary_name": "v",
    "language_code": "en-US",
    "s3uri": "s3://b/k",
    "ModelName": "m",
    "terminology_name": "t",
    "terminology_csv": "en,de\n",
    "Name": "p",
}


def test_a_vocabulary_is_read_by_its_columns():
    text = "Phrase\tIPA\tSoundsLike\tDisplayAs\nMIE\t\tem-eye-ee\tMIE\nS3\t\tess-three\tS3\n"
    assert vocabulary_entries(text) == [
        {"Phrase": "MIE", "IPA": "", "SoundsLike": "em-eye-ee", "DisplayAs": "MIE"},
        {"Phrase": "S3", "IPA": "", "SoundsLike": "ess-three", "DisplayAs": "S3"},
    ]


def test_lines_that_are_none_of_the_table_are_skipped():
    text = "Phrase\tDisplayAs\r\nMIE\tMIE\r\ntoo\tmany\tcolumns\r\nfew\r\n\r\n\t\r\nS3\tS3"
    assert vocabulary_entries(text) == [
        {"Phrase": "MIE", "DisplayAs": "MIE"},
        {"Phrase": "S3", "DisplayAs": "S3"},
    ]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        ("Phrase", []),
        ("Phrase\nMIE\n", [{"Phrase": "MIE"}]),
        ("Phrase\tIPA", []),
    ],
)
def test_a_small_table_is_read_as_well(text, entries):
    assert vocabulary_entries(text) == entries


def test_every_route_is_there_once():
    assert len({(one.method, one.path) for one in PROXIES}) == len(PROXIES) == 17


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda one: one.path)
def test_a_row_fits_the_services_own_description(proxy):
    client = boto3.client(proxy.service, region_name="us-east-1")
    operation = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[proxy.operation]
    )
    given, members = set(proxy.parameters(BODY)), operation.input_shape.members
    if proxy.operation != "create_parallel_data":
        assert set(operation.input_shape.required_members) <= given <= set(members)
    if proxy.items:
        assert operation.output_shape.members[proxy.items].type_name == "list"
    shape = operation.output_shape
    for key in proxy.location:
        shape = shape.members[key]
    assert not proxy.location or shape.type_name == "string"
    assert bool(proxy.location) == (proxy.content is not None)
