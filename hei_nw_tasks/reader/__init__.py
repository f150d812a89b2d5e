"""The embedded reader: a small checkpoint that answers from what its prompt shows.

    lm_eval --model hf --model_args pretrained=$(python -m hei_nw_tasks.reader) --tasks heinw_A
    lm_eval --model heinw --model_args baseline=oracle --tasks heinw_A

It is a test instrument, not a language model: it lets experiments show real effects where no model
can be downloaded. `checkpoint/README.md` says what it was trained on and what it can do.
"""

from __future__ import annotations

from pathlib import Path

NAME = "heinw-reader"


def checkpoint() -> Path:
    """The folder of the checkpoint, for `from_pretrained` of transformers' Auto classes."""
    return Path(__file__).parent / "checkpoint"


def resolved(pretrained: str) -> str:
    """The name or folder of a model; the reader's name becomes its folder.

    >>> resolved("Qwen/Qwen2.5-1.5B-Instruct")
    'Qwen/Qwen2.5-1.5B-Instruct'
    """
    return str(checkpoint()) if pretrained == NAME else pretrained
