"""HTML made of values: whatever is not Markup already is text, and is escaped."""

import html
import re
from collections.abc import Iterable

# Browsers replace NUL, and what else controls a terminal has no place in a page; halves of a
# surrogate pair cannot be written as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WITHOUT_END = frozenset({"br", "img", "input", "meta"})

Attribute = str | int | bool | None


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


def text(value: str) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(_UNPRINTABLE.sub("\ufffd", value)))


def element(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """attributes: `class_` is class and `data_at` data-at; None and False leave one out."""
    inside = "".join(map(text, children))
    end = "" if tag in _WITHOUT_END else f"{inside}</{tag}>"
    return Markup(f"<{tag}{''.join(map(_attribute, attributes.items()))}>{end}")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    return Markup(text(between).join(map(text, parts)))


def named(name: str) -> Markup:
    """Words of strangers, which may run from right to left and stay among themselves."""
    return element("bdi", name)


def _attribute(attribute: tuple[str, Attribute]) -> str:
    name, value = attribute
    if value is None or value is False:
        return ""
    called = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {called}"
    return f' {called}="{text(value if isinstance(value, str) else str(value))}"'
