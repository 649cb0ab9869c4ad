"""Gives memory that was freed back to the system, where the C library keeps it for itself.

It knows nothing of papers. glibc holds on to what Chroma frees in many small pieces: without this a
library of 75,000 abstracts takes several gigabytes while it is being made.
"""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back"]


def give_back() -> bool:
    """Give freed memory back; return whether the C library can do so (glibc's malloc_trim)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True
