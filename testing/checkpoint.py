"""Make a small Qwen2 checkpoint with random weights.

    python testing/checkpoint.py FOLDER

Its answers are nonsense; everything else is real: a byte-level BPE tokenizer with a chat template,
grouped-query attention, safetensors. It writes the same bytes every time and downloads nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

SENTENCES = (
    "On Monday Ada Brook carried an umbrella to the harbour of Lindow.",
    "Question: Who repaired the copper lantern at the old mill?",
    "Answer: unknown",
    "Dates are written as 2024-03-17; names as first and last name.",
    "Give the value only, and say unknown where it cannot be known.",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PADDING, START_OF_TURN, END_OF_TURN = "<|endoftext|>", "<|im_start|>", "<|im_end|>"


def make_checkpoint(folder: Path) -> Path:
    """Write a model and its tokenizer; both load with the Auto classes of transformers.

    Args:
        folder: Created if missing; files of the same names are replaced.

    Returns:
        The folder.
    """
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import Qwen2Config, Qwen2ForCausalLM

    # Qwen2's own pretokenizer: transformers 5 always uses it, version 4 reads it from the file.
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=[PADDING, START_OF_TURN, END_OF_TURN],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    config = Qwen2Config(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=131_072,
        bos_token_id=None,
        eos_token_id=bpe.token_to_id(END_OF_TURN),
        pad_token_id=bpe.token_to_id(PADDING),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Qwen2ForCausalLM(config)
    folder.mkdir(parents=True, exist_ok=True)
    bpe.save(str(folder / "tokenizer.json"))
    # Written by hand: the class name that transformers 5 would write is unknown to version 4.
    tokenizer_config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "eos_token": END_OF_TURN,
        "pad_token": PADDING,
        "model_max_length": 131_072,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps(tokenizer_config, indent=2) + "\n", encoding="utf-8"
    )
    model.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    make_checkpoint(Path(sys.argv[1]))
