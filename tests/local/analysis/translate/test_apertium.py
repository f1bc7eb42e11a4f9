"""The rows of programs, with programs of our own in a folder of our own."""

import stat

import pytest

from analysis.translate import apertium
from analysis.translate.apertium import ApertiumError, find_translators
from analysis.translate.language_names import NAMES

ROW = "upper '/usr/share/apertium/pair/a.bin' $1 | tag -g $2 '/usr/share/apertium/pair/b.prob'"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder as `debian.fetch` leaves it, on a system without Apertium."""
    monkeypatch.setattr(apertium.shutil, "which", lambda program: None)
    (tmp_path / "usr" / "share" / "apertium" / "modes").mkdir(parents=True)
    (tmp_path / "usr" / "bin").mkdir()
    put(tmp_path, "upper", '#!/bin/sh\n/usr/bin/tr a-z A-Z\necho "($*)"\n')
    put(tmp_path, "tag", '#!/bin/sh\n/bin/cat\necho "($*)"\n')
    return tmp_path


def put(own, name, script):
    path = own / "usr" / "bin" / name
    path.write_text(script)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def mode(own, name, row=ROW):
    (own / "usr" / "share" / "apertium" / "modes" / f"{name}.mode").write_text(row)


def test_a_row_runs_where_it_was_unpacked(own):
    mode(own, "eng-spa")
    said = find_translators(own)["en", "es"].translate("dog ñ\n")
    data = own / "usr" / "share" / "apertium" / "pair"
    assert said == f"DOG ñ\n({data}/a.bin -n)\n(-g {data}/b.prob)\n"


def test_names_of_modes_become_pairs_of_the_service(own):
    for name in ("es-pt", "es-pt_BR", "pt-es", "spa-eng", "spa-eng_US", "eng-cat_valencia", "xx-y"):
        mode(own, name)
    assert set(find_translators(own)) == {
        ("es", "pt-PT"),
        ("es", "pt"),
        ("pt", "es"),
        ("pt-PT", "es"),
        ("es", "en"),
    }


def test_a_row_whose_programs_are_absent_is_no_pair(own):
    mode(own, "eng-spa", "upper | absent")
    assert find_translators(own) == {}


def test_a_program_that_breaks_or_hangs_is_an_error(own, monkeypatch):
    put(own, "breaks", "#!/bin/sh\necho trouble >&2\nexit 3\n")
    mode(own, "eng-spa", "breaks | upper")
    with pytest.raises(ApertiumError, match="3, 0"):
        find_translators(own)["en", "es"].translate("dog" * 100_000)
    monkeypatch.setattr(apertium, "_SECONDS", 0.1)
    put(own, "hangs", "#!/bin/sh\nexec /bin/sleep 60\n")
    mode(own, "eng-cat", "upper | hangs")
    with pytest.raises(ApertiumError):
        find_translators(own)["en", "ca"].translate("dog")


def test_every_language_that_a_mode_can_name_has_a_name():
    sources = {code for codes in apertium._SOURCES.values() for code in codes}
    assert sources | set(apertium._TARGETS.values()) <= set(NAMES)


def test_the_readings_of_words_are_those_of_the_first_program(own):
    put(own, "analyse", "#!/bin/sh\n/usr/bin/sed 's/Jo/^Jo\\/Jo<np><ant>$/; s/Ax/^Ax\\/*Ax$/'\n")
    mode(own, "eng-spa", "analyse | upper")
    translator = find_translators(own)["en", "es"]
    assert translator.analyse(["Jo Ax", "[Ax]"]) == [[["Jo<np><ant>"], ["*Ax"]], [["*Ax"]]]
    assert translator.analyse([]) == []
