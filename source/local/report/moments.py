"""Times as people read them, and links that go to them."""

from findings.wording import clock
from report.markup import Markup, element


def address(milliseconds: int) -> str:
    """The part of a link that names a moment, as in media fragments: #t=1.5."""
    return f"#t={milliseconds // 1000}.{milliseconds % 1000:03}".rstrip("0").rstrip(".")


def link(milliseconds: int, *words: str) -> Markup:
    return element("a", *(words or (clock(milliseconds),)), href=address(milliseconds))


def share(milliseconds: float, duration: int) -> str:
    """How far into a medium of that length, as a length of CSS."""
    return f"{100 * milliseconds / duration:.4f}".rstrip("0").rstrip(".") + "%"
