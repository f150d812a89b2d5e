"""Answers of any model of lm_eval, with what can be known of their cost.

A server tells nothing of its architecture, so most of its record is unknown, with the reason:

    {"prompt_tokens": 243, "total_flops": null, …,
     "basis": {"prompt_tokens": "estimated"}, "missing": {"total_flops": "the wrapped model …", …}}
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.compute.record import Costs, all_unknown, estimated
from hei_nw_tasks.model.prompting import text_of

if TYPE_CHECKING:
    from hei_nw_tasks.memory.recalling import Weights

# Called once for each request, with its index, the response, and its cost.
Done = Callable[[int, str, Costs], None]


class AnswerHook:
    """Takes the place of the response cache, to which lm_eval's models announce each answer.

    Args:
        prompts: The prompts to be answered.
        announce: Called with the index of the prompt and the response, as soon as it is there.
    """

    dbdict = None

    def __init__(self, prompts: Sequence[Any], announce: Callable[[int, str], None]) -> None:
        self._waiting: dict[str, deque[int]] = {}
        for index, prompt in enumerate(prompts):
            self._waiting.setdefault(text_of(prompt), deque()).append(index)
        self._announce = announce

    def add_partial(self, attr: str, req: Iterable[Any], res: str) -> None:
        """Take an answer; lm_eval's models call this with (prompt, gen_kwargs)."""
        prompt = next(iter(req))
        waiting = self._waiting.get(text_of(prompt))
        if waiting:
            self._announce(waiting.popleft(), res)


class Measured:
    """Mixin over a model class of lm_eval: answers requests and reports their costs."""

    cache_hook: Any
    # Whether the inner model shows how many requests it has answered, the longest ones first.
    _counts_requests = True

    def token_ids(self, prompt: Any) -> Sequence[int] | None:
        """Tokens of a prompt, without the template of a server; None without a tokeniser."""
        # Not getattr: lm_eval's dummy model would download one.
        tokenizer: Any = vars(self).get("tokenizer")
        if not callable(getattr(tokenizer, "encode", None)):
            return None
        ids: Sequence[int] = tokenizer.encode(text_of(prompt))
        return ids

    def token_count(self, prompt: Any) -> int | None:
        """Number of tokens of a prompt; None without a tokeniser."""
        ids = self.token_ids(prompt)
        return None if ids is None else len(ids)

    def prompt_length(self, prompt: Any) -> int | None:
        """`token_count` of a prompt that is about to be answered."""
        return self.token_count(prompt)

    def context_limit(self) -> int | None:
        """Most tokens of a prompt with its answer; None if unknown."""
        limit = getattr(self, "max_length", None) if vars(self).get("tokenizer") else None
        return limit if isinstance(limit, int) else None

    def default_answer_tokens(self) -> int:
        """Most tokens of an answer if the request sets no limit."""
        limit = getattr(self, "max_gen_toks", None)
        return limit if isinstance(limit, int) else 256

    def start_counting(self) -> None:
        """Reset what `work_done` reports, before a run with another arm."""

    def patched(self, weights: Weights | None) -> AbstractContextManager[None]:
        """The model with other weights; only those of transformers have any that can be changed."""
        if weights is not None:
            raise ValueError("the weights of this model cannot be changed")
        return nullcontext()

    def work_done(self) -> dict[str, Any]:
        """What is known of the model and of the work of the whole run, for the results."""
        return {"shared_prefix": None}

    def answer(self, requests: list[Any], done: Done) -> None:
        """Answer requests that have the same generation arguments.

        Args:
            requests: Instances of lm_eval; their arguments are (prompt, generation arguments).
            done: Called once for each of them, in any order.
        """
        left = set(range(len(requests)))

        def announce(index: int, response: str) -> None:
            left.discard(index)
            done(index, response, self._cost(requests[index].args[0], response))

        for index, response in enumerate(self.generate_plainly(requests, announce)):
            if index in left:
                announce(index, response)

    def generate_plainly(
        self, requests: list[Any], announce: Callable[[int, str], None]
    ) -> list[str]:
        """Generate as the inner model does; `announce` gets each answer that it announces."""
        before = self.cache_hook
        self.cache_hook = AnswerHook([request.args[0] for request in requests], announce)
        try:
            options = {} if self._counts_requests else {"disable_tqdm": True}
            responses: list[str] = super().generate_until(requests, **options)  # type: ignore[misc]
            return responses
        finally:
            self.cache_hook = before

    def _cost(self, prompt: Any, response: str) -> Costs:
        costs = all_unknown("the wrapped model does not tell it")
        counts = {"prompt_tokens": self.token_count(prompt)}
        counts["generated_tokens"] = self.token_count(response)
        return costs | {name: estimated(n) for name, n in counts.items() if n is not None}


def overflow_of(prompt: int, room: int, limit: int) -> str | None:
    """Why a prompt and the room for its answer exceed the model's window; None if they fit.

    >>> overflow_of(8864, 256, 8192)
    'prompt and answer need 9,120 tokens, the window has 8,192'

    Args:
        prompt: Tokens of the prompt.
        room: Most tokens of the answer.
        limit: Most tokens of both.
    """
    if prompt + room <= limit:
        return None
    if room > limit:
        return f"the answer's room of {room:,} tokens alone exceeds the window of {limit:,}"
    return f"prompt and answer need {prompt + room:,} tokens, the window has {limit:,}"
