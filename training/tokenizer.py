"""The reader's tokenizer: byte-level BPE trained on training text, numbers in pairs of digits.

    make_tokenizer(texts, folder)

Template words become whole tokens; names fall into pieces, both the invented ones of the training
pools and those of the evaluation datasets.

transformers 5 splits the text of every Qwen2 model in Qwen2's way, digit by digit, and ignores the
file's pattern. Added tokens are found before that split, so two-digit numbers are added tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VOCABULARY = 3072
PADDING, END = "<|pad|>", "<|end|>"
CONTEXT = 8192
# A word includes the space before it; digits come in pairs, so that years and times are short.
_SPLIT = r" ?\p{L}+| ?\p{N}{1,2}| ?[^\s\p{L}\p{N}]+|\s+"
# A conversation is formatted as a plain prompt, the only format in training.
_CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}\n\n{% endif %}{% endfor %}"
)


def make_tokenizer(texts: Iterable[str], folder: Path) -> Tokenizer:
    """Train the tokenizer and write its files.

    Args:
        texts: Training text.
        folder: Created if missing.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = _splitting(_SPLIT)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PADDING, END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    bpe.pre_tokenizer = _splitting(PRETOKENIZE_REGEX)
    layout = _with_numbers(json.loads(bpe.to_str()))
    text = json.dumps(layout, ensure_ascii=False, indent=1) + "\n"
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    settings = {
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": PADDING,
        "eos_token": END,
        "pad_token": PADDING,
        "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False,
        "chat_template": _CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings, indent=2) + "\n", encoding="utf-8"
    )
    return Tokenizer.from_str(text)


def line_ends(tokenizer: Tokenizer) -> list[int]:
    """Return the ids of the tokens that end a line."""
    # A byte-level tokenizer writes a line break as Ċ.
    return [number for token, number in tokenizer.get_vocab().items() if "Ċ" in token]


def _splitting(pattern: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _with_numbers(layout: dict[str, Any]) -> dict[str, Any]:
    """Turn tokens merged from digits into added tokens with the same ids."""
    model, space = layout["model"], "Ġ"

    def is_number(token: str) -> bool:
        return len(token) > 1 and token.removeprefix(space).isdecimal()

    numbers = {token: token.replace(space, " ") for token in model["vocab"] if is_number(token)}
    for token, content in numbers.items():
        layout["added_tokens"].append(
            {"id": model["vocab"][token], "content": content}
            | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized", "special"), False)
        )
    vocabulary = {numbers.get(token, token): number for token, number in model["vocab"].items()}
    merges = [pair for pair in model["merges"] if not is_number("".join(pair))]
    layout["model"] = model | {"vocab": vocabulary, "merges": merges}
    return layout
