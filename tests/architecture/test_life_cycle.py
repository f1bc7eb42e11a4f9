"""The drawing of the life cycle is that of the table."""

import re
from pathlib import Path

from mie.core.lifecycle import TRANSITIONS

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
ARROW = re.compile(r"    (\S+) --> (\S+) : ([a-z ]+) \((.+)\)")


def drawn():
    (drawing,) = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)\n```", DOCUMENT.read_text(), re.S)
    lines = drawing.splitlines()
    arrows = [ARROW.fullmatch(line) for line in lines]
    assert None not in arrows, lines[arrows.index(None)]
    return [arrow.groups() for arrow in arrows]


def test_every_transition_is_drawn_with_who_makes_it_and_no_other_is():
    rows = [(one.before or "[*]", one.after or "[*]", one.event, one.by) for one in TRANSITIONS]
    assert sorted(drawn()) == sorted(rows)
