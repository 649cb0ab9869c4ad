"""The colours and letters of the page, light and dark, as Gradio's theme variables.

Out goes a theme in which every text stands out from what is behind it by 4.5 to 1 at least (WCAG AA):
Gradio's own grey for minor text, and white on its lighter primary colour, do not. Letters are those of the
reader's system, so that none are loaded.
"""

from __future__ import annotations

from gradio.themes import Base

__all__ = ["build_theme"]

MINOR, MINOR_DARK = "#6b645f", "#b0a9a3"
STRONG, STRONGER = "#0f766e", "#115e59"
LETTERS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]


def build_theme() -> Base:
    """Return the theme of the page."""
    theme = Base(
        primary_hue="teal", neutral_hue="stone", font=LETTERS, font_mono=["ui-monospace", "monospace"]
    )
    return theme.set(
        body_text_color_subdued=MINOR,
        body_text_color_subdued_dark=MINOR_DARK,
        input_placeholder_color=MINOR,
        input_placeholder_color_dark=MINOR_DARK,
        input_background_fill="*neutral_50",
        input_background_fill_dark="*neutral_900",
        button_primary_background_fill=STRONG,
        button_primary_background_fill_hover=STRONGER,
        button_primary_background_fill_dark=STRONG,
        button_primary_background_fill_hover_dark=STRONGER,
        button_secondary_background_fill="*neutral_100",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover_dark="*neutral_700",
        color_accent=STRONG,
        link_text_color=STRONG,
        link_text_color_dark="#5eead4",
    )
