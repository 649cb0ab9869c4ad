"""The thresholds below which a question gets a refusal, as bench/refusals.py wrote them.

The curve that they are chosen from is kept beside this module, in thresholds.csv.
"""

from __future__ import annotations

__all__ = ["LEAST_COSINE", "LEAST_SCORE"]

LEAST_SCORE = 0.33
"""Below this no sentence of the library is about the question."""
LEAST_COSINE = 0.21
"""Below this the words that a question shares with a sentence are there by chance: "the speed of light"."""
