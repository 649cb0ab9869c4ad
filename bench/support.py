"""Measures the support check on sets that nothing was fitted to.

    python bench/support.py FOLDER_OF_BENCH [--sets healthver wice ...] [--pairs 0]

Printed for each set: the pairs; the AUROC (supported against all others) of the lexical floor, the share of
a statement's words that the evidence holds, and of rag/probing/support.py with the default model; and how
many of the supported, of the refuted and of the other pairs the shipped threshold accepts. A statement of
several sentences is as good as its worst. The last line is the time for a sentence whose evidence is new.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter

from rich.console import Console
from rich.progress import track
from support_pairs import Pair, auroc, evidence_for, read_tests, sentences_of, words_held

from rag.models.streamed_model import StreamedModel
from rag.probing.support import how_unsupported, read_probe
from ui.settings import read_settings
from ui.wiring import load_model

REST = ("support", "refute", "neither")
SEED = 0


def odds_of(pair: Pair, model: StreamedModel) -> float:
    """Return the log odds that a pair is not supported: those of its worst sentence."""
    parts = sentences_of(pair.statement) or (pair.statement,)
    found = [how_unsupported(part, evidence_for(part, pair), model) for part in parts]
    return max(odds for odds in found if odds is not None)


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
    options.add_argument("--sets", nargs="*", default=[], help="only those that begin with one of these")
    options.add_argument("--pairs", type=int, default=0, help="only so many of each set, drawn by chance")
    chosen = options.parse_args()
    model = load_model(read_settings())
    assert isinstance(model, StreamedModel)
    probe = read_probe(model.name)
    assert probe, f"There is no probe for {model.name}."
    print(f"{'set':20} {'pairs':>5} {'floor':>6} {'ours':>6} {'more':>6}", *(f"{name:>9}" for name in REST))
    seconds = statements = 0.0
    for name, every in read_tests(chosen.folder):
        if chosen.sets and not name.startswith(tuple(chosen.sets)):
            continue
        few = 0 < chosen.pairs < len(every)
        pairs = Random(SEED).sample(every, chosen.pairs) if few else every
        begun = perf_counter()
        told = Console(stderr=True)
        odds = [odds_of(pair, model) for pair in track(pairs, name, console=told)]
        seconds += perf_counter() - begun
        statements += sum(len(sentences_of(pair.statement)) for pair in pairs)
        right = [pair.label == "support" for pair in pairs]
        floor, ours = auroc(right, [words_held(pair) for pair in pairs]), auroc(right, [-o for o in odds])
        stand = [one <= probe.unsupported.rare for one in odds]
        table = f"{name:20} {len(pairs):5} {floor:6.3f} {ours:6.3f} {ours - floor:+6.3f}"
        print(table, *shares(pairs, stand), flush=True)
    print(f"{seconds / statements:.2f} s for a sentence; threshold {probe.unsupported.rare:.2f}")


if __name__ == "__main__":
    main()
