"""The page's script is its modules one after another, which must not get into each other's way."""

import re
from collections import Counter
from pathlib import Path

from report import parts

FOLDER = Path(parts.__file__).parent
TOP_LEVEL = re.compile(r"^(?:async )?(?:function|const|let|class) \[?(\w+)", re.MULTILINE)


def beginning(module: Path) -> str:
    """What it says of itself."""
    return module.read_text().partition("*/")[0]


def test_every_module_is_there_and_none_is_imported_any_more():
    script = parts.read_script()
    assert all(script.count(beginning(one)) == 1 for one in FOLDER.glob("*.js"))
    assert not re.search(r"^(?:import|export) ", script, re.MULTILINE)


def test_no_name_is_taken_twice():
    names = Counter(TOP_LEVEL.findall(parts.read_script()))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_module_stands_after_those_that_it_imports():
    script = parts.read_script()
    place = {one.name: script.index(beginning(one)) for one in FOLDER.glob("*.js")}
    for module in FOLDER.glob("*.js"):
        for imported in re.findall(r'from "\./(\S+)";', module.read_text()):
            assert place[imported] < place[module.name]


def test_neither_style_nor_script_ends_its_element():
    assert "</" not in parts.read_style()
    assert "</" not in parts.read_script()


def test_every_style_sheet_is_there():
    style = parts.read_style()
    assert all(one.read_text() in style for one in FOLDER.glob("*.css"))
