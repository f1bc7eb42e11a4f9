"""How findings are written: sections of lines, times and percentages."""

from collections.abc import Iterable, Mapping
from typing import Any

_MOST_LINES = 12


def section(title: str, found: Iterable[str]) -> list[str]:
    lines = list(found)
    if not lines:
        return [f"{title}: none found"]
    more = len(lines) - _MOST_LINES
    rest = [f"  … and {more} more"] if more > 0 else []
    return [f"{title}: {len(lines)}", *(f"  {one}" for one in lines[:_MOST_LINES]), *rest]


def clock(milliseconds: float) -> str:
    """As players show it: 1:05, 1:02:05."""
    minutes, seconds = divmod(int(milliseconds // 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def percent(found: Mapping[str, Any]) -> str:
    """Empty where nobody says how sure it is."""
    return f"({found['Confidence']:.0f} %)" if "Confidence" in found else ""
