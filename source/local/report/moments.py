"""Times as people read them, and links that go to them."""

from findings.model import Span
from report.markup import Markup, element


def clock(milliseconds: int) -> str:
    """As players show it: 1:05, 1:02:05."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def address(milliseconds: int) -> str:
    """The part of a link that names a moment, as in media fragments: #t=1.5."""
    return f"#t={milliseconds // 1000}.{milliseconds % 1000:03}".rstrip("0").rstrip(".")


def link(milliseconds: int, *words: str) -> Markup:
    return element("a", *(words or (clock(milliseconds),)), href=address(milliseconds))


def extent(span: Span) -> str:
    """From when to when."""
    first, last = clock(span.start), clock(span.end)
    return first if first == last else f"{first}–{last}"


def share(milliseconds: float, duration: int) -> str:
    """How far into a medium of that length, as a length of CSS."""
    return f"{100 * milliseconds / duration:.4f}".rstrip("0").rstrip(".") + "%"
