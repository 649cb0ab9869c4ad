"""What a check found: how something stands, in words, and what mends it.

It knows nothing of what is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check. A warning leaves paperchat usable; what is broken does not."""

    name: str
    state: Literal["ok", "warning", "broken"]
    text: str
    mend: str = ""
