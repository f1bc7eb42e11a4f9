"""What a start finds, whatever moment the writing of a save ended at."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from local_aws.saves import Saves

# every step of a save that changes something on disk
STEPS = [(os, "fsync"), (os, "link"), (os, "rename"), (shutil, "rmtree"), (Path, "mkdir")]


class Killed(BaseException):
    pass


def write(saves, number, same="same", other="one", large=b"package"):
    contents = []

    def files():
        contents.append(saves.keep_content(large))
        yield "lambda.json", same.encode()
        yield "dynamodb.json", other.encode()

    made = list(files())
    return saves.write(number, made, contents, now=float(number))


def state(saves):
    found = saves.newest()
    if found is None:
        return None
    return saves.read(found, "dynamodb.json"), [saves.content(one) for one in found.contents]


def test_without_a_save_there_is_none(tmp_path):
    assert Saves(tmp_path / "state").newest() is None


def test_the_newest_of_two_counts_and_older_ones_are_removed(tmp_path):
    saves = Saves(tmp_path)
    for number in (1, 2, 3):
        write(saves, number, other=f"v{number}", large=f"package {number}".encode())
    assert state(saves) == (b"v3", [b"package 3"])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["contents", "save-2", "save-3"]
    assert len(list((tmp_path / "contents").iterdir())) == 2
    assert saves.next_number() == 4


def test_what_is_as_it_was_is_not_written_again(tmp_path):
    saves = Saves(tmp_path)
    write(saves, 1)
    package = next((tmp_path / "contents").iterdir()).stat().st_ino
    write(saves, 2, other="two")
    same = [(tmp_path / f"save-{number}" / "lambda.json").stat().st_ino for number in (1, 2)]
    changed = [(tmp_path / f"save-{number}" / "dynamodb.json").stat().st_ino for number in (1, 2)]
    assert same[0] == same[1]
    assert changed[0] != changed[1]
    assert next((tmp_path / "contents").iterdir()).stat().st_ino == package


def test_a_file_system_without_hard_links_gets_copies(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", refused)
    saves = Saves(tmp_path)
    write(saves, 1)
    write(saves, 2, other="two")
    assert state(saves) == (b"two", [b"package"])


@pytest.mark.parametrize("lost", ["dynamodb.json", "manifest.json", "contents"])
def test_a_save_of_which_the_disk_lost_a_part_gives_way_to_the_one_before(tmp_path, lost):
    saves = Saves(tmp_path)
    write(saves, 1)
    write(saves, 2, other="two", large=b"another package")
    newest = saves.newest()
    if lost == "contents":
        (tmp_path / "contents" / newest.contents[0]).unlink()
    else:
        (tmp_path / "save-2" / lost).write_bytes(b"")
    assert state(saves) == (b"one", [b"package"])


def killing(monkeypatch, owner, name, at):
    """Ends at the so-many-th call of a function, before or after it has worked."""
    calls, original = [], getattr(owner, name)

    def called(*arguments, **options):
        calls.append(None)
        if len(calls) == at:
            raise Killed
        result = original(*arguments, **options)
        if len(calls) == at - 1 and at % 2:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, called)


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
def test_whatever_moment_the_end_comes_at_a_whole_save_is_found(
    tmp_path, monkeypatch, owner, name, at
):
    saves = Saves(tmp_path)
    for number in (1, 2):
        write(saves, number, other=f"v{number}", large=b"p1")
    with monkeypatch.context() as patched, suppress(Killed):
        killing(patched, owner, name, at)
        write(saves, 3, other="v3", large=b"p3")
    before, after = (b"v2", [b"p1"]), (b"v3", [b"p3"])
    assert state(saves) in (before, after)
    # and the next one goes on from there
    write(saves, saves.next_number(), other="v4", large=b"p4")
    assert state(saves) == (b"v4", [b"p4"])
    names = {one.name for one in tmp_path.iterdir()}
    assert "unfinished" not in names
    assert len(names) == 3


def test_one_process_at_a_time_has_the_folder_to_itself(tmp_path):
    saves = Saves(tmp_path / "state")
    handle = saves.lock(wait=False)
    # as a copy of the process has it
    copied = os.dup(handle)
    os.close(handle)
    assert saves.lock(wait=False) is None
    os.close(copied)
    again = saves.lock(wait=True)
    assert again is not None
    os.close(again)
