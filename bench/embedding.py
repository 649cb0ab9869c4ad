"""Embeds abstracts with paperchat's embedder and with Sentence Transformers, and prints the ratio.

    pip install -e ".[bench]" -c constraints.txt
    python bench/embedding.py [FILE] [--papers 200] [--rounds 5]

Both read the same official weights and the same texts (title and chunk, as a library embeds them), in
turns, in one process. The peer is `SentenceTransformer.encode` with its defaults. Without FILE the sample
library is read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from index_store.embedder import LONGEST_INPUT, MINILM_CONFIG, MeanPoolingEmbedding, best_dtype
from index_store.readers import read_papers
from index_store.sentences import group_sentences, split_sentences
from index_store.values import Chunk, Paper
from ui.settings import read_settings
from ui.wiring import pull_embedder


def read_texts(path: Path | None, count: int) -> list[str]:
    """Return the texts that a library would embed for the first `count` papers of a file."""
    with as_file(files("index_store").joinpath("sample", "papers.jsonl")) as sample:
        found = (item for item in read_papers(path or sample) if isinstance(item, Paper))
        return [
            Chunk(paper, 0, start, end).indexed_text
            for paper in islice(found, count)
            for start, end in group_sentences(split_sentences(paper.abstract))
        ]


def load_peer(folder: Path) -> Callable[[Sequence[str]], np.ndarray]:
    """Return `encode` of a Sentence Transformer over the same weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    with tempfile.TemporaryDirectory() as made:
        for name in ("model.safetensors", "tokenizer.json"):
            (Path(made) / name).symlink_to(folder / name)
        config = {"model_type": "bert", "architectures": ["BertModel"], **MINILM_CONFIG}
        (Path(made) / "config.json").write_text(json.dumps(config))
        encoder = Transformer(made, max_seq_length=LONGEST_INPUT)
        pooling = Pooling(encoder.get_embedding_dimension(), "mean")
        peer = SentenceTransformer(modules=[encoder, pooling, Normalize()])
    return lambda texts: np.asarray(peer.encode(list(texts), show_progress_bar=False))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("file", type=Path, nargs="?")
    options.add_argument("--papers", type=int, default=200)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    texts = read_texts(chosen.file, chosen.papers)
    settings = read_settings()
    folder = pull_embedder(settings, None)
    ours = MeanPoolingEmbedding(folder, name=settings.embedder)
    theirs = load_peer(folder)
    runs: dict[str, list[float]] = {"ours": [], "theirs": []}
    made = {"ours": np.asarray(ours.get_text_embedding_batch(texts)), "theirs": theirs(texts)}  # warm
    for _ in range(chosen.rounds):
        for name, embed in (("ours", ours.get_text_embedding_batch), ("theirs", theirs)):
            begun = perf_counter()
            embed(texts)
            runs[name].append(perf_counter() - begun)
    ratios = [peer / own for own, peer in zip(runs["ours"], runs["theirs"], strict=True)]
    cosines = (made["ours"] * made["theirs"]).sum(axis=1)
    print(f"{len(texts)} texts, {best_dtype('cpu')}, {chosen.rounds} rounds in turns, medians")
    print(f"paperchat              {len(texts) / median(runs['ours']):7.1f} texts/s")
    print(f"SentenceTransformer    {len(texts) / median(runs['theirs']):7.1f} texts/s")
    print(f"ratio {median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    print(f"cosine similarity to the peer's float32: least {cosines.min():.5f}, mean {cosines.mean():.5f}")


if __name__ == "__main__":
    main()
