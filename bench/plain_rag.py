"""The peer of the other benchmarks: retrieval as the documentation of LlamaIndex builds it, over Chroma.

    pip install -e ".[bench]" -c constraints.txt
    python bench/plain_rag.py FOLDER ask QUESTION
    python bench/plain_rag.py FOLDER serve PORT

The papers of the sample library are embedded with the same official weights, through Sentence Transformers
as LlamaIndex's own embedder does it, and kept in FOLDER, so that a later start embeds the question alone.
`ask` prints the nearest chunks, `serve` shows them in Gradio's default chat. There is no language model.
"""

from __future__ import annotations

import argparse
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import chromadb
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.vector_stores.chroma import ChromaVectorStore
from pydantic import PrivateAttr
from sentence_transformers import SentenceTransformer

__all__ = ["PeerEmbedding", "open_retriever"]

NEAREST = 10


class PeerEmbedding(BaseEmbedding):  # type: ignore[misc]
    """Sentence Transformers as LlamaIndex calls it; `folder` holds the model as it is published."""

    _encoder: Any = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name="all-minilm-l6-v2", embed_batch_size=32)
        self._encoder = SentenceTransformer(str(folder))

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._encoder.encode(texts, show_progress_bar=False).tolist()
        return found

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def write_encoder(folder: Path) -> Path:
    """Write the official weights in the layout that Sentence Transformers reads; return the folder."""
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    from index_store.embedder import LONGEST_INPUT, MINILM_CONFIG
    from ui.settings import read_settings
    from ui.wiring import pull_embedder

    made, plain = folder / "encoder", folder / "weights"
    if not made.exists():
        plain.mkdir(parents=True)
        for name in ("model.safetensors", "tokenizer.json"):
            (plain / name).symlink_to(pull_embedder(read_settings(), None) / name)
        config = {"model_type": "bert", "architectures": ["BertModel"], **MINILM_CONFIG}
        (plain / "config.json").write_text(json.dumps(config))
        encoder = Transformer(str(plain), max_seq_length=LONGEST_INPUT)
        pooling = Pooling(encoder.get_embedding_dimension(), "mean")
        SentenceTransformer(modules=[encoder, pooling, Normalize()]).save(str(made))
    return made


def open_retriever(folder: Path) -> BaseRetriever:
    """Return the retriever of the sample papers, which are embedded when they are not yet in `folder`."""
    embedder = PeerEmbedding(write_encoder(folder))
    client = chromadb.PersistentClient(path=str(folder / "chroma"))
    store = ChromaVectorStore(chroma_collection=client.get_or_create_collection("papers"))
    if store.client.count():
        index = VectorStoreIndex.from_vector_store(store, embed_model=embedder)
    else:
        lines = files("index_store").joinpath("sample", "papers.jsonl").read_text("utf-8").splitlines()
        papers = [Document(text=f"{row['title']}\n{row['abstract']}") for row in map(json.loads, lines)]
        kept = StorageContext.from_defaults(vector_store=store)
        index = VectorStoreIndex.from_documents(papers, storage_context=kept, embed_model=embedder)
    return index.as_retriever(similarity_top_k=NEAREST)


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("what", choices=["ask", "serve"])
    options.add_argument("value", help="the question, or the port")
    chosen = options.parse_args()
    retriever = open_retriever(chosen.folder)

    def answer(question: str, _history: object = None) -> str:
        return "\n\n".join(node.text for node in retriever.retrieve(question))

    if chosen.what == "ask":
        print(answer(chosen.value))
        return
    import gradio as gr

    gr.ChatInterface(answer).launch(server_name="127.0.0.1", server_port=int(chosen.value))


if __name__ == "__main__":
    main()
