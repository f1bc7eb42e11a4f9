"""How times, confidences and counts are written, on the terminal and in the report."""

from findings.model import Finding, Span

# longer than a frame, by which the end of a shot and the start of the next one differ
_FRAME_MS = 100


def clock(milliseconds: float) -> str:
    """As players show it: 1:05, 1:02:05."""
    minutes, seconds = divmod(int(milliseconds // 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def span_text(span: Span) -> str:
    """A shot to 2.96 s and one from 3 s have no gap between them, and do not overlap."""
    start, end = clock(span.start + _FRAME_MS), clock(span.end + _FRAME_MS)
    return start if start == end else f"{start}–{end}"


def percent(confidence: float | None) -> str:
    """Empty where nobody says how sure it is."""
    return "" if confidence is None else f"{confidence:.0f} %"


def counted(found: Finding) -> str:
    """The name, with how many of it there are at once or how often it is said."""
    return f"{found.count} × {found.name}" if found.count > 1 else found.name
