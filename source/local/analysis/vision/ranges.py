"""Numbers of classes, written as ranges."""

from collections.abc import Iterable, Iterator


def numbers(ranges: str) -> Iterator[int]:
    """The numbers that "3 5-7" stands for."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def ranges_of(found: Iterable[int]) -> str:
    """How these numbers are written."""
    parts: list[list[int]] = []
    for number in sorted(found):
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return " ".join(f"{one[0]}-{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in parts)
