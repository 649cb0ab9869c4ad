"""Writes a model with random weights of a known shape, and a tokenizer with a word for each of its tokens.

Such a model takes as long as a real one of its shape, says nothing, and never ends an answer early.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from rag.models.streamed_model import Device
from ui.wiring import sample_papers

SHAPES: dict[str, dict[str, Any]] = {
    "tiny": {
        "vocab_size": 2000,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    "qwen2.5-0.5b": {
        "vocab_size": 151936,
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
    },
    "qwen2.5-1.5b": {
        "vocab_size": 151936,
        "hidden_size": 1536,
        "intermediate_size": 8960,
        "num_hidden_layers": 28,
        "num_attention_heads": 12,
        "num_key_value_heads": 2,
    },
}
"""As in the models' own config.json, but the tiny one."""
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TRAINED = 8000
"""Tokens that are learned from the sample library; the others are words that stand in no text."""


def write_random_model(folder: Path, shape: dict[str, Any], device: Device) -> None:
    """Save the model in the precision of the device, on which it is made, and its tokenizer."""
    config = Qwen2Config(
        **shape,
        max_position_embeddings=32768,
        rope_theta=1e6,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    torch.manual_seed(5)
    with torch.device(device.name):
        model = Qwen2ForCausalLM._from_config(config, dtype=getattr(torch, device.dtype))
    model.save_pretrained(folder)
    _build_tokenizer(shape["vocab_size"]).save_pretrained(folder)


def _build_tokenizer(size: int) -> PreTrainedTokenizerFast:
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=min(TRAINED, size),
        special_tokens=["<|im_end|>", "<|im_start|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bare.train_from_iterator((paper.abstract for paper in sample_papers()), trainer)
    written = json.loads(bare.to_str())
    learned = written["model"]["vocab"]  # in which a space before a word is this letter
    learned |= {f"\u0120word{number}": number for number in range(len(learned), size)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(written)),
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        chat_template=TEMPLATE,
    )
