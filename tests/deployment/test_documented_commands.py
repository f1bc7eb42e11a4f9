"""What the documents tell to type is what awscurl can sign."""

import pytest
from tests.documented_commands import examples, fault, url_of

from mie.core import cursors

URLS = [url_of(command) for example in examples() for command in example.commands]


def test_the_documents_show_commands():
    assert {one.document for one in examples()} == {"README.md", "developers-guide.md"}
    assert len(URLS) > 10


@pytest.mark.parametrize("url", URLS)
def test_awscurl_signs_what_it_sends(url):
    assert fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "$API/search?q=red%20car",
        "$API/search?q=red+car",
        "$API/search?q=M%C3%BCller",
        "$API/search?a=1&cursor=abc==",
        "$API/search?cursor=abc%3D%3D",
        "$API/workflow/My Workflow",
        "$API/workflow/Grüße?limit=1",
    ],
)
def test_the_other_form_is_noticed(url):
    assert fault(url)


@pytest.mark.parametrize(
    "url",
    ["$API/search?q=red car&limit=1", "$API/search?q=Müller", "$API/workflow/My%20Workflow?a=b"],
)
def test_the_right_form_is_taken(url):
    assert fault(url) is None


def test_no_cursor_needs_to_be_encoded():
    for length in range(6):
        cursor = cursors.seal("ü" * length + "x", "asset", "secret")
        assert fault(f"$API/metadata/asset?cursor={cursor}") is None
