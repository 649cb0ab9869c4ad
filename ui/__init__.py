"""Every way in which a person or a program reaches the assistant.

Programs take two names from here; neither is loaded before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ui.mounting import mount
    from ui.widget import build_widget

__all__ = ["build_widget", "mount"]


def __getattr__(name: str) -> Any:
    """Load what a program asks for by name, and nothing else."""
    if name == "build_widget":
        from ui.widget import build_widget

        return build_widget
    if name == "mount":
        from ui.mounting import mount

        return mount
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
