"""Memory that nobody uses goes back to the system, which the C library does not do by itself.

What is freed between things that are still used stays with the process: after a video that is
half of all that it had.
"""

import ctypes
import gc
import os


def use_small_pages() -> None:
    """Has numpy ask for no huge pages; to be called before anything imports it.

    Linux would make the room of a large array, once it is freed and given back, huge pages again
    around the little that still lies in it: a server grew by 20 MB while nobody asked it.
    """
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")


def give_back() -> None:
    """Gives freed memory back where the C library can do it (glibc)."""
    # models hold themselves in circles, too
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
