"""Apertium out of a system's repositories, with an apt-get and a dpkg-deb of our own."""

import json
import stat
from pathlib import Path

import pytest

from analysis.translate import debian

PLAN = """Reading package lists...
Inst libold [1.0] (1.1 Debian:12 [amd64])
Inst lttoolbox (1:3.7-1+b2 Debian:12 [amd64])
Inst apertium-eng-spa (0.8.1-2 Debian:12 [all])
Conf lttoolbox (1:3.7-1+b2 Debian:12 [amd64])
"""
APT = f"""#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
*simulate*) printf '%s' '{PLAN}' ;;
*download*) echo a > lttoolbox_1%3a3.7-1+b2_amd64.deb; echo b > apertium-eng-spa_0.8.1-2_all.deb ;;
esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/share/apertium/modes"
cp "$2" "$3/usr"
"""


@pytest.fixture
def system(tmp_path, monkeypatch):
    """system(name=script): a system with these programs and nothing else but /bin."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))

    def have(**scripts):
        for name, script in scripts.items():
            path = programs / name.replace("_", "-")
            path.write_text(script)
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return have


def test_what_the_system_lacks_is_downloaded_and_unpacked(system, tmp_path):
    system(apt_get=APT, dpkg_deb=DPKG)
    folder = tmp_path / "models" / "apertium"
    assert debian.fetch(folder)
    assert debian.versions(folder) == {"apertium-eng-spa": "0.8.1-2", "lttoolbox": "1:3.7-1+b2"}
    manifest = json.loads((folder / "packages.json").read_text())
    assert len(manifest["lttoolbox"]["sha256"]) == 64
    calls = (tmp_path / "calls").read_text()
    assert "download apertium-eng-spa" not in calls
    assert "libold" not in calls
    assert "download lttoolbox=1:3.7-1+b2 apertium-eng-spa=0.8.1-2" in calls
    assert [path.name for path in folder.parent.iterdir()] == ["apertium"]


def test_the_second_time_nothing_is_fetched(system, tmp_path, monkeypatch):
    system(apt_get=APT, dpkg_deb=DPKG)
    monkeypatch.chdir(tmp_path)
    assert debian.fetch(Path("apertium"))
    (tmp_path / "calls").unlink()
    assert not debian.fetch(tmp_path / "apertium")
    assert not (tmp_path / "calls").exists()


def test_a_system_that_refuses_says_why_in_one_sentence_and_leaves_nothing(system, tmp_path):
    system(apt_get="#!/bin/sh\necho 'E: no network' >&2\nexit 100\n", dpkg_deb=DPKG)
    said = debian.set_up(tmp_path / "models")
    assert "apt-get refuses: E: no network" in said
    assert "apt-get install apertium-eng-spa" in said
    assert list((tmp_path / "models").iterdir()) == []


def test_a_system_without_apt_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(debian.FetchError, match="there is no apt-get and no dpkg-deb"):
        debian.fetch(tmp_path / "apertium")


def test_what_no_pair_reads_is_not_kept(system, tmp_path):
    unpack = """#!/bin/sh
    cd "$3" 2>/dev/null || { mkdir -p "$3" && cd "$3"; }
    mkdir -p usr/bin usr/share/man usr/share/doc/lttoolbox usr/share/apertium/modes
    mkdir -p usr/share/apertium/apertium-eng-cat
    touch usr/bin/lt-proc usr/share/man/lt-proc.1 usr/share/doc/lttoolbox/copyright
    cd usr/share/apertium
    for mode in eng-cat eng-cat_valencia; do
        echo "lt-proc '/usr/share/apertium/apertium-eng-cat/$mode.bin'" > modes/$mode.mode
        touch apertium-eng-cat/$mode.bin
    done
    """
    system(apt_get=APT, dpkg_deb=unpack)
    folder = tmp_path / "apertium"
    assert debian.fetch(folder)
    assert sorted(
        str(path.relative_to(folder / "usr"))
        for path in folder.rglob("usr/*/**/*")
        if path.is_file()
    ) == [
        "bin/lt-proc",
        "share/apertium/apertium-eng-cat/eng-cat.bin",
        "share/apertium/modes/eng-cat.mode",
        "share/doc/lttoolbox/copyright",
    ]
