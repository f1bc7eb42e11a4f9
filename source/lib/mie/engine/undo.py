"""Taking back what was half made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def undone_by(undo: Callable[[], None]) -> Iterator[None]:
    """Calls ``undo`` when the block raises, and lets the error go on."""
    try:
        yield
    except Exception:
        undo()
        raise
