"""Opaque positions that only the asset that issued them understands."""

import base64
import random
import string

import pytest

from mie.core import cursors
from mie.core.errors import BadRequest

CURSOR = cursors.Cursor("labels", "version-1", 3, single=False)
TOKEN = cursors.encode(CURSOR, "asset", "secret")


@pytest.mark.parametrize(
    "cursor",
    [
        CURSOR,
        cursors.Cursor("o", "", 0, single=True),
        cursors.Cursor("Ümläut-😀", '"quoted"', 99_999_999, single=False),
    ],
)
def test_a_cursor_comes_back_as_it_was(cursor):
    assert cursors.decode(cursors.encode(cursor, "a", "s"), "a", "s") == cursor


def test_a_token_needs_no_quoting_in_a_url():
    alphabet = set(string.ascii_letters + string.digits + "-_")
    for page in range(200):
        token = cursors.encode(cursors.Cursor("labels", "v", page, single=True), "a", "s")
        assert set(token) <= alphabet


def test_a_token_shows_no_storage_key_and_no_secret():
    text = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    assert b"private/assets" not in text
    assert b"secret" not in text


def test_the_padding_that_some_clients_add_is_fine():
    assert cursors.decode(TOKEN + "=" * (-len(TOKEN) % 4), "asset", "secret") == CURSOR


@pytest.mark.parametrize(
    ("asset", "secret"), [("other", "secret"), ("asset", "other"), ("", ""), ("asset/secret", "")]
)
def test_a_cursor_of_another_asset_is_refused(asset, secret):
    with pytest.raises(BadRequest, match="not issued for this asset"):
        cursors.decode(TOKEN, asset, secret)


def test_a_forged_cursor_is_refused():
    raw = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    forged = raw.replace(b"labels", b"secret")
    with pytest.raises(BadRequest, match="not issued"):
        cursors.decode(base64.urlsafe_b64encode(forged).decode(), "asset", "secret")


def test_no_single_changed_character_goes_unnoticed():
    """The last character may carry unused bits; what it decodes to is then the same cursor."""
    for place, old in enumerate(TOKEN):
        for new in "Aa0-_":
            if new == old:
                continue
            changed = TOKEN[:place] + new + TOKEN[place + 1 :]
            try:
                assert cursors.decode(changed, "asset", "secret") == CURSOR
            except BadRequest:
                continue
            assert place == len(TOKEN) - 1


def test_no_part_of_a_cursor_is_a_cursor():
    for end in range(len(TOKEN)):
        with pytest.raises(BadRequest):
            cursors.decode(TOKEN[:end], "asset", "secret")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "=",
        "====",
        "a",
        "ab",
        "\x00",
        "ü",
        "😀" * 30,
        "\ud800",
        "a b",
        "a\nb",
        "../../etc/passwd",
        "eyJuZXh0Ijp7fX0=",
        TOKEN + "é",
        TOKEN + TOKEN,
        TOKEN[::-1],
        "A" * 100_000,
        "=" * 1_000,
        "%3D",
        "null",
    ],
)
def test_anything_else_is_a_bad_request(token):
    with pytest.raises(BadRequest, match=r"^cursor: "):
        cursors.decode(token, "asset", "secret")


def test_no_random_text_raises_anything_but_a_bad_request():
    chance = random.Random(11)  # noqa: S311 - repeatable samples, no secret
    for alphabet in (string.printable, string.ascii_letters + "-_=", "".join(map(chr, range(700)))):
        for _ in range(300):
            token = "".join(chance.choices(alphabet, k=chance.randrange(120)))
            with pytest.raises(BadRequest):
                cursors.decode(token, "asset", "secret")


@pytest.mark.parametrize("body", [b"{}", b"[]", b"7", b'{"operator":"x"}', b"not json", b"\xff"])
def test_a_cursor_that_an_earlier_release_signed_is_a_bad_request(body):
    signed = cursors._sign(body, "asset", "secret") + body
    with pytest.raises(BadRequest, match="out of date"):
        cursors.decode(base64.urlsafe_b64encode(signed).decode(), "asset", "secret")
