"""How times, confidences and counts are written, on the terminal and in the report."""

from findings.model import Finding, Span

_HALF_A_SECOND_MS = 500


def clock(milliseconds: float) -> str:
    """As players show it: 1:05, 1:02:05."""
    minutes, seconds = divmod(int(milliseconds // 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def span_text(span: Span) -> str:
    """The end to the nearest second: a shot to 2.96 s and one from 3 s have no gap between them."""
    start = clock(span.start)
    end = start if span.start == span.end else clock(span.end + _HALF_A_SECOND_MS)
    return start if start == end else f"{start}–{end}"


def percent(confidence: float | None) -> str:
    """Empty where nobody says how sure it is."""
    return "" if confidence is None else f"{confidence:.0f} %"


def counted(found: Finding) -> str:
    """The name, with how many of it there are at once or how often it is said."""
    return f"{found.count} × {found.name}" if found.count > 1 else found.name
