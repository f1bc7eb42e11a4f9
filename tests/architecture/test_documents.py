"""What the documents name is there, and what a newcomer looks for is named."""

import re
from pathlib import Path

import pytest

from mie_replay.queues import QUEUES

ROOT = Path(__file__).parents[2]
LIBRARY = "source/lib/mie"
PLACE = re.compile(
    r"`((?:source|deployment|tests|cloudformation|docs|core|engine|adapters)/[\w./-]+)`"
)


def text_of(name):
    return (ROOT / name).read_text()


@pytest.mark.parametrize(
    "document", ["README.md", "docs/architecture.md", "docs/local-analysis.md"]
)
def test_a_document_names_no_file_that_is_not_there(document):
    named = set(PLACE.findall(text_of(document)))
    assert named
    gone = [one for one in named if not any((ROOT / top / one).exists() for top in ("", LIBRARY))]
    assert gone == []


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
def test_whoever_looks_for_a_folder_of_the_sources_finds_it_told(document):
    folders = {one.name for one in (ROOT / "source").iterdir() if any(one.rglob("*.py"))}
    # what runs on a laptop alone is no part of the architecture
    wanted = folders - ({"local"} if document == "docs/architecture.md" else set())
    assert {one for one in wanted if f"`source/{one}" not in text_of(document)} == set()


def test_the_guide_tells_of_every_queue_that_holds_lost_work():
    guide = text_of("docs/developers-guide.md")
    assert [
        one.name for one in QUEUES if f"| `{one.name.partition('.')[2] or one.name}`" not in guide
    ] == []
