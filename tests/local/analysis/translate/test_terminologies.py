import pytest
from botocore.exceptions import ClientError

from analysis.faults import ServiceError
from analysis.translate import limits
from analysis.translate.terminologies import Terminologies

EN_ES = {"SourceLanguageCode": "en", "TargetLanguageCode": "es"}
TMX = b"""<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en"/><body>
<tu><tuv xml:lang="en"><seg>Ada &amp; Co</seg></tuv>
<tuv xml:lang="es"><seg>Ada y Cia</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>only</seg></tuv></tu></body></tmx>"""


def put(client, name="names", content=b"en,es,pt\nBoulder Eats,Come Boulder,\n", **data):
    data = {"File": content, "Format": "CSV", **data}
    return client.import_terminology(
        Name=name, MergeStrategy="OVERWRITE", TerminologyData=data, Description="d"
    )["TerminologyProperties"]


def test_what_was_imported_is_described_and_can_be_fetched(client, objects):
    imported = put(client)
    answer = client.get_terminology(Name="names", TerminologyDataFormat="CSV")
    location = answer["TerminologyDataLocation"]["Location"]
    assert location == "http://s3/aws-translate-local/terminologies/names.csv?for=1800"
    content = objects["aws-translate-local", "terminologies/names.csv"]
    assert content.startswith(b"en,es,pt\n")
    with pytest.raises(ClientError, match="not TMX"):
        client.get_terminology(Name="names", TerminologyDataFormat="TMX")
    found = answer["TerminologyProperties"]
    assert found == imported
    assert found["SourceLanguageCode"] == "en"
    assert found["TargetLanguageCodes"] == ["es", "pt"]
    assert (found["TermCount"], found["SkippedTermCount"], found["SizeBytes"]) == (1, 0, 36)
    assert found["Directionality"] == "UNI"


def test_terms_become_what_the_terminology_says(client):
    put(client)
    answer = client.translate_text(
        Text="at Boulder Eats. Boulder Eatsy", TerminologyNames=["names"], **EN_ES
    )
    assert answer["TranslatedText"] == "AT Come Boulder. BOULDER EATSY"
    assert answer["AppliedTerminologies"] == [
        {
            "Name": "names",
            "Terms": [{"SourceText": "Boulder Eats", "TargetText": "Come Boulder"}],
        }
    ]


def test_a_terminology_of_one_direction_is_not_used_in_the_other(client):
    back = {"SourceLanguageCode": "es", "TargetLanguageCode": "en", "TerminologyNames": ["names"]}
    put(client)
    assert client.translate_text(Text="Come Boulder", **back)["TranslatedText"] == "COME BOULDER"
    put(client, Directionality="MULTI")
    assert client.translate_text(Text="Come Boulder", **back)["TranslatedText"] == "Boulder Eats"


def test_tmx_and_tsv_are_read_too(client):
    found = put(client, content=TMX, Format="TMX")
    assert (found["TermCount"], found["SkippedTermCount"]) == (1, 1)
    answer = client.translate_text(Text="Ada & Co", TerminologyNames=["names"], **EN_ES)
    assert answer["TranslatedText"] == "Ada y Cia"
    assert put(client, content=b"en\tes\na\tb\n", Format="TSV")["TermCount"] == 1


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"", "CSV"),
        (b"en\ndog\n", "CSV"),
        (b"en,es\ndog\n", "CSV"),
        (b"en,en\na,b\n", "CSV"),
        (b"en,es\na," + b"b" * 201 + b"\n", "CSV"),
        (b"en,es\na," + "é".encode() * 101 + b"\n", "CSV"),
        (b"en,es,pt,fr,de,it,nl,da,sv,pl,cs,ru\n" + b"a," * 11 + b"a\n", "CSV"),
        (b"\xff\xfe", "CSV"),
        (b"<tmx>", "TMX"),
        (b'<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/hosts">]><t/>', "TMX"),
        ('<!DOCTYPE t [<!ENTITY a "dog">]><t/>'.encode("utf-16-le"), "TMX"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(client, content, form):
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        put(client, content=content, Format=form)


def test_a_terminology_up_to_the_limits_is_taken(client):
    found = put(client, content=b"en,es,pt,fr,de,it,nl,da,sv,pl,cs\n" + b"a," * 10 + b"b" * 200)
    assert len(found["TargetLanguageCodes"]) == 10


def test_a_request_names_one_terminology(client):
    for name in ("one", "two"):
        put(client, name)
    with pytest.raises(ClientError, match="InvalidRequestException"):
        client.translate_text(Text="a", TerminologyNames=["one", "two"], **EN_ES)


def test_no_more_terminologies_are_kept_than_there_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_TERMINOLOGIES", 1)
    imported = Terminologies(tmp_path, None).operations()["ImportTerminology"]
    data = {"File": b"en,es\na,b\n", "Format": "CSV"}
    for _ in range(2):
        imported({"Name": "one", "TerminologyData": data})
    with pytest.raises(ServiceError) as refused:
        imported({"Name": "two", "TerminologyData": data})
    assert refused.value.code == "LimitExceededException"


def test_a_name_may_have_256_characters(client):
    names = ["n" * 256, "n" * 255 + "m"]
    for name in names:
        put(client, name)
    listed = client.list_terminologies()["TerminologyPropertiesList"]
    assert [one["Name"] for one in listed] == sorted(names)
    client.delete_terminology(Name=names[0])
    assert client.get_terminology(Name=names[1])["TerminologyProperties"]["Name"] == names[1]


def test_terminologies_are_listed_by_name_and_deleted(client):
    for name in ("b", "a", "c"):
        put(client, name)
    page = client.list_terminologies(MaxResults=2)
    assert [one["Name"] for one in page["TerminologyPropertiesList"]] == ["a", "b"]
    rest = client.list_terminologies(NextToken=page["NextToken"])["TerminologyPropertiesList"]
    assert [one["Name"] for one in rest] == ["c"]
    client.delete_terminology(Name="b")
    for call in (client.get_terminology, client.delete_terminology):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call(Name="b")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.translate_text(Text="a", TerminologyNames=["b"], **EN_ES)


def test_parallel_data_is_kept_and_said_to_be_unused(client, objects):
    objects["data", "examples.csv"] = b"en,es\na dog,un perro\n"
    config = {"S3Uri": "s3://data/examples.csv", "Format": "CSV"}
    made = client.create_parallel_data(Name="p", ParallelDataConfig=config, ClientToken="t")
    assert (made["Name"], made["Status"]) == ("p", "ACTIVE")
    answer = client.get_parallel_data(Name="p")
    assert answer["DataLocation"]["Location"].startswith("http://s3/data/examples.csv?")
    found = answer["ParallelDataProperties"]
    assert found["ImportedRecordCount"] == 1
    assert "not used" in found["Message"]
    objects["data", "examples.csv"] += b"two dogs,dos perros\n"
    client.update_parallel_data(Name="p", ParallelDataConfig=config, ClientToken="u")
    (listed,) = client.list_parallel_data()["ParallelDataPropertiesList"]
    assert listed["ImportedRecordCount"] == 2
    with pytest.raises(ClientError, match="ConflictException"):
        client.create_parallel_data(Name="p", ParallelDataConfig=config, ClientToken="v")
    assert client.delete_parallel_data(Name="p")["Status"] == "DELETING"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_parallel_data(Name="p")
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        client.create_parallel_data(
            Name="q", ParallelDataConfig={"S3Uri": "s3://data/none", "Format": "CSV"}
        )
