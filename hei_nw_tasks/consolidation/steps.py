"""Rows as tokens, and what a model makes of them: the loss of a step, and whether it knows them.

    encoded(Row("e5", "Who sold a hat?", "Ada"), model, prompt) -> Encoded("e5", [12, …, 7, 1], 51)

The prompts of a run begin alike. The `shared` first tokens are computed once for all rows of a
step, and the adapter learns from them, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.compute.cache import last_only
from hei_nw_tasks.consolidation.rows import Row
from hei_nw_tasks.memory.protocol import Prompt


@dataclass(frozen=True)
class Encoded:
    """A row as tokens.

    Attributes:
        event: That it is about.
        tokens: Prompt and answer.
        given: Number of those that are not trained on.
    """

    event: str
    tokens: list[int]
    given: int


def encoded(row: Row, model: Any, prompt: Prompt) -> Encoded:
    """A row as the model will see it when it is asked, and as it is to answer.

    Args:
        row: Without a question, its answer is trained on as it is.
        model: Of lm_eval.
        prompt: How questions are put.

    Raises:
        ConfigError: The model cannot hold a question and its answer.
    """
    asked, answer = "", row.answer
    if row.question is not None:
        asked = prompt.of(row.question)
        # A chat's turn begins on a line of its own.
        answer = answer if asked[-1:].isspace() else f" {answer}"
    given = model.tok_encode(asked) if asked else []
    end = model.tokenizer.eos_token_id
    learnt = [*model.tokenizer(answer, add_special_tokens=False).input_ids, end]
    longest = int(model.max_length)
    if given and len(given) + len(learnt) > longest:
        raise ConfigError(
            f"a question of {len(given)} tokens and its answer do not fit the model's {longest} "
            "→ ask with fewer demonstrations"
        )
    return Encoded(row.event, [*given, *learnt][:longest], len(given))


def beginning(model: Any, prompt: Prompt) -> int:
    """How many tokens all questions begin with, computed once; 0 if the model does not allow it."""
    first, second = (model.tok_encode(prompt.of(word)) for word in ("Who sold", "A key was"))
    alike = [a == b for a, b in zip(first, second, strict=False)]
    common = alike.index(False) if False in alike else 0
    return common if common and model.shares_prefixes(2 * common) else 0


def loss(learner: Any, rows: Sequence[Encoded], shared: int) -> Any:
    """Mean negative log-likelihood of the tokens to learn, in nats."""
    import torch

    logits, tokens, learns = _predicted(learner, rows, shared)
    return torch.nn.functional.cross_entropy(logits[learns].float(), tokens[learns])


def known(learner: Any, rows: Sequence[Encoded], shared: int) -> int:
    """How many of the rows the model would answer word for word."""
    import torch

    with torch.inference_mode():
        logits, tokens, learns = _predicted(learner, rows, shared)
        return int(((logits.argmax(-1) == tokens) | ~learns).all(1).sum())


def _predicted(learner: Any, rows: Sequence[Encoded], shared: int) -> tuple[Any, Any, Any]:
    """Logits, what they should predict, and where it is to be learnt; a row each."""
    import torch

    device = next(learner.parameters()).device
    width = max(len(row.tokens) for row in rows) - shared
    ids = torch.zeros(len(rows), width, dtype=torch.long, device=device)
    seen = torch.zeros(len(rows), shared + width, dtype=torch.long, device=device)
    learns = torch.zeros(len(rows), width, dtype=torch.bool, device=device)
    for number, row in enumerate(rows):
        length = len(row.tokens) - shared
        ids[number, :length] = torch.tensor(row.tokens[shared:])
        seen[number, : shared + length] = 1
        # A first token follows nothing.
        learns[number, max(row.given - shared, 1) : length] = True
    before = {}
    if shared:
        prefix = torch.tensor([rows[0].tokens[:shared]], device=device)
        head = last_only(learner)
        cache = learner(input_ids=prefix, use_cache=True, **head).past_key_values
        cache.batch_repeat_interleave(len(rows))
        before = {"past_key_values": cache, "use_cache": True}
    logits = learner(input_ids=ids, attention_mask=seen, **before).logits
    return logits[:, :-1], ids[:, 1:], learns[:, 1:]
