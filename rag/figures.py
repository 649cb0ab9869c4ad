"""Tells when the figures of two papers should not be set against each other.

In: rows of a comparison. Out: a sentence for each pair of cells whose figures are of different datasets,
metrics or settings. What a cell does not say is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from index_store.values import Paper
from rag.absence import abbreviates
from rag.details import METRICS
from rag.linking.names import key, names_of, short_name
from rag.values import Row, Span

__all__ = ["incomparable_figures"]

FIGURE = re.compile(
    r"(?<![\w.-])\d+(?:\.\d+)?\s?(?:%|percent\b|points?\b)|(?<![\w.-])\d+\.\d+\b(?!\s?[A-Za-z]?[BMKx]\b)"
)
NAME = r"(?:[A-Z][\w.+-]*[A-Z0-9][\w.+-]*|[A-Z][a-z]+(?:[- ][A-Z0-9][\w-]*)+|[A-Z][a-z]\w+)(?: [vV]\d)?"
SPLIT_OF = r"(?:(?:validation|val|test|dev|held-out)\b[\w\s()-]{0,16}?\b(?:set|split)\s+of\s+(?:the\s+)?)?"
MEASURED_ON = re.compile(
    rf"(?<!trained )(?<!training )\b(?:on|over|for)\s+(?:the\s+)?{SPLIT_OF}"
    rf"({NAME}(?:(?:\s*\([^)]*\))?(?:,\s*(?:and\s+)?|\s+and\s+)(?:\S+\s+on\s+)?{NAME})*)"
)
METRIC = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, METRICS))}|(?i:top-?[15]|accuracy|precision|recall|FPS|FLOPs))"
    r"(?:-\w|@\d+)?(?![\w@-])"
)
SETTINGS = ("zero-shot", "few-shot", "linear prob", "fine-tun", "fully-supervised", "unsupervised")


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the figures of one cell are of; keys are how names are compared, values how they are written."""

    paper: Paper
    datasets: dict[str, str]
    metrics: dict[str, str]
    settings: dict[str, str]


def incomparable_figures(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what to know before the figures of two columns are compared, a sentence for each pair."""
    warnings: list[str] = []
    for row in rows:
        measured = [_measured(cell) for cell in row.cells if cell and FIGURE.search(cell.quote)]
        warnings += [text for pair in combinations(measured, 2) for text in _differing(*pair)]
    return tuple(dict.fromkeys(warnings))


def _measured(cell: Span) -> _Measured:
    quote, own = cell.quote, names_of(cell.paper)
    listed = [match[1] for match in MEASURED_ON.finditer(quote)]
    names = [name.rstrip(".") for names in listed for name in re.findall(NAME, names)]
    datasets = {key(name): name for name in names if key(name) not in own}
    metrics = {key(name): name for name in METRIC.findall(quote)}
    settings = {
        name: f"{name}ing" if name.endswith(("b", "n")) else name
        for name in SETTINGS
        if name in quote.lower()
    }
    return _Measured(cell.paper, datasets, metrics, settings)


def _differing(one: _Measured, other: _Measured) -> Iterator[str]:
    """Yield the first way in which what was measured differs, where both say what it was."""
    kinds = (
        ("datasets", one.datasets, other.datasets),
        ("metrics", one.metrics, other.metrics),
        ("settings", one.settings, other.settings),
    )
    for kind, left, right in kinds:
        if left and right and not any(_may_be_same(a, b) for a in left for b in right):
            yield (
                f"Figures on different {kind}, not to be compared: {short_name(one.paper)} "
                f"({', '.join(left.values())}), {short_name(other.paper)} ({', '.join(right.values())})."
            )
            return


def _may_be_same(one: str, other: str) -> bool:
    """Whether two keys may be of one name: ImageNet does not say that it is not ImageNet-1k."""
    short, long = sorted((one, other), key=len)
    return short == long or abbreviates(one, other) or re.match(rf"{re.escape(short)}\d", long) is not None
