"""Counts tokens with the tokenizer of a run's model, for scenarios that measure lengths.

loader({"revision": "main"})("Qwen/Qwen2.5-1.5B-Instruct").count(["Ada Brook"]) -> [2]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generators.tokens import TokenCounter

# Arguments of lm_eval's models that select the files of a tokenizer.
_PASSED_ON = ("revision", "trust_remote_code", "subfolder", "gguf_file")


def loader(run: Mapping[str, Any]) -> Callable[[str], TokenCounter]:
    """Make a function that loads tokenizers for a run.

    Args:
        run: Arguments of the run's model, among other keys.

    Returns:
        A function from the name of a tokenizer to its counter. It raises ConfigError if there is
        no such tokenizer.
    """
    chosen = {name: run[name] for name in _PASSED_ON if run.get(name)}

    def load(name: str) -> TokenCounter:
        from transformers import AutoTokenizer

        from generators.errors import ConfigError
        from generators.tokens import TokenCounter
        from hei_nw_tasks.reader import resolved

        try:
            tokenizer = AutoTokenizer.from_pretrained(resolved(name), **chosen)
        except (ImportError, OSError, ValueError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ConfigError(
                f"tokenizer={name!r}: cannot be loaded ({reason}) → name another tokenizer, "
                f"or give --metadata '{{\"tokenizer\": null}}' for an estimate"
            ) from None

        def count(texts: Sequence[str]) -> list[int]:
            # Not verbose: transcripts may be longer than the model allows.
            encoded = tokenizer(list(texts), add_special_tokens=False, verbose=False)
            return [len(ids) for ids in encoded["input_ids"]]

        return TokenCounter(name, count, tokenizer.num_special_tokens_to_add())

    return load


def counter_of_run(run: Mapping[str, Any]) -> TokenCounter:
    """The counter that scenario E measures its lengths with in a run.

    Args:
        run: Arguments of the run's model, among other keys.

    Raises:
        ConfigError: The tokenizer cannot be loaded.
    """
    from generators.scenario_e.config import TranscriptConfig

    return TranscriptConfig().for_run(run, loader(run)).counter
