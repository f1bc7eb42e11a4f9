"""Memory that nobody uses goes back to the system, which the C library does not do by itself.

What is freed between things that are still used stays with the process: after a video that is
half of all that it had.
"""

import ctypes
import gc


def give_back() -> None:
    """Gives freed memory back where the C library can do it (glibc)."""
    # models hold themselves in circles, too
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
