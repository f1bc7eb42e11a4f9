"""SMPTE timecodes: hours, minutes, seconds and frames of a second."""

from fractions import Fraction

# frames whose numbers are left out in nine minutes of ten, by the nominal rate: the clock of a
# video of 29.97 frames a second would otherwise be late by 3.6 seconds an hour (SMPTE ST 12-1)
_DROPPED = {30: 2, 60: 4}


def timecode(frame: int, rate: Fraction) -> str:
    """The timecode of a frame number: `01:02:03:04`, or `01:02:03;04` when numbers are dropped."""
    nominal = max(1, round(rate))
    dropped = _DROPPED.get(nominal, 0) if _is_slower(rate, nominal) else 0
    if dropped:
        frame += _left_out(frame, nominal, dropped)
    seconds, frames = divmod(frame, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    mark = ";" if dropped else ":"
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"


def _is_slower(rate: Fraction, nominal: int) -> bool:
    """Whether it is the nominal rate divided by 1.001, as containers write it more or less."""
    return abs(float(rate) - nominal / 1.001) < 0.005


def _left_out(frame: int, nominal: int, dropped: int) -> int:
    """How many numbers were left out before this frame."""
    minute = nominal * 60 - dropped
    ten_minutes = minute * 10 + dropped
    tens, rest = divmod(frame, ten_minutes)
    # the first of ten minutes has all its numbers
    return dropped * (9 * tens + max(0, rest - dropped) // minute)
