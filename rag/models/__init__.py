"""Language models behind LlamaIndex's `LLM`: ours on Transformers, and those that other programs serve.

In: messages. Out: text, piece by piece. Nothing here knows of papers.
"""
