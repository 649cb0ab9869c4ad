"""Measures the support check on sets that nothing was fitted to.

    python bench/support.py FOLDER_OF_BENCH [--pairs 0]

Printed for each set: the pairs; the AUROC (supported against all others) of the lexical floor, the share of
a statement's words that the evidence holds, and of support_score.py; and how many of the supported, of the
refuted and of the other pairs the shipped threshold accepts. A statement of several sentences scores the
product of theirs. The last line is the time for a statement, with every sentence embedded anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import prod
from pathlib import Path
from time import perf_counter

from fit_support import Embedder
from support_pairs import Pair, auroc, read_tests, sentences_of, words_held

from bench.support_score import least_support, support_score

REST = ("support", "refute", "neither")


def score(pair: Pair, embed: Embedder) -> float:
    """Return the score of a pair."""
    parts = sentences_of(pair.statement)
    return prod(support_score(part, pair.sentences, embed=embed) for part in parts)


def accepted(pair: Pair, embed: Embedder) -> bool:
    """Whether each sentence of the statement reaches the threshold."""
    parts = sentences_of(pair.statement)
    return all(support_score(part, pair.sentences, embed=embed) >= least_support() for part in parts)


def shares(pairs: Sequence[Pair], stand: Sequence[bool]) -> list[str]:
    """Return for each label the share of its pairs that stand."""
    made = []
    for label in REST:
        found = [ok for ok, pair in zip(stand, pairs, strict=True) if pair.label == label]
        made.append(f"{100 * sum(found) / len(found):8.1f}%" if found else f"{'-':>9}")
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--pairs", type=int, default=0, help="only the first so many of each set")
    chosen = options.parse_args()
    print(f"{'set':20} {'pairs':>5} {'floor':>6} {'ours':>6} {'more':>6}", *(f"{name:>9}" for name in REST))
    seconds = statements = 0.0
    for name, every in read_tests(chosen.folder):
        pairs = every[: chosen.pairs or None]
        embed = Embedder()
        begun = perf_counter()
        scores = [score(pair, embed) for pair in pairs]
        seconds += perf_counter() - begun
        statements += sum(len(sentences_of(pair.statement)) for pair in pairs)
        right = [pair.label == "support" for pair in pairs]
        floor, ours = auroc(right, [words_held(pair) for pair in pairs]), auroc(right, scores)
        stand = [accepted(pair, embed) for pair in pairs]
        print(
            f"{name:20} {len(pairs):5} {floor:6.3f} {ours:6.3f} {ours - floor:+6.3f}", *shares(pairs, stand)
        )
    print(f"{1000 * seconds / statements:.0f} ms for a statement; threshold {least_support():.3f}")


if __name__ == "__main__":
    main()
