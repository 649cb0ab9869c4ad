"""What the events of the page have in common. It knows no component and no event."""

from __future__ import annotations

from typing import Any

__all__ = ["QUIET"]

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""How an event is joined that draws its own progress, if any, and that no program calls."""
