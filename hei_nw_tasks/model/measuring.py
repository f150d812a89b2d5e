"""Answers of any model of lm_eval, with what can be known of their cost.

A server tells nothing of its architecture, so most of such a record is null, with the reason:

    {"prompt_tokens": 243, "total_flops": null, …,
     "basis": {"prompt_tokens": "estimated"}, "missing": {"total_flops": "unknown for …", …}}
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hei_nw_tasks.compute.record import Costs, all_unknown, estimated
from hei_nw_tasks.model.prompting import text_of

# Called with the position of a request, the response, and its cost, once for each request.
Done = Callable[[int, str, Costs], None]


class AnswerHook:
    """Stands where lm_eval's models announce each answer to the response cache.

    Args:
        contexts: Prompts about to be answered, in the order of their positions.
        announce: Called with position and response of each answer as soon as it is there.
    """

    dbdict = None

    def __init__(self, contexts: Sequence[Any], announce: Callable[[int, str], None]) -> None:
        self._waiting: dict[str, deque[int]] = {}
        for position, context in enumerate(contexts):
            self._waiting.setdefault(text_of(context), deque()).append(position)
        self._announce = announce

    def add_partial(self, attr: str, req: Iterable[Any], res: str) -> None:
        """Take an answer; called by lm_eval's models with (context, gen_kwargs)."""
        context = next(iter(req))
        waiting = self._waiting.get(text_of(context))
        if waiting:
            self._announce(waiting.popleft(), res)


class Measured:
    """Mixin over a model class of lm_eval that answers a list of requests and says the costs."""

    cache_hook: Any

    def token_count(self, context: Any) -> int | None:
        """Tokens of a prompt, templates of a server not included; None without a tokeniser."""
        # Not getattr: lm_eval's dummy model would download one.
        tokenizer: Any = vars(self).get("tokenizer")
        if not callable(getattr(tokenizer, "encode", None)):
            return None
        return len(tokenizer.encode(text_of(context)))

    def prompt_length(self, prompt: Any) -> int | None:
        """`token_count` of a prompt that is about to be answered."""
        return self.token_count(prompt)

    def context_limit(self) -> int | None:
        """Tokens that a prompt and its answer may have together; None if nobody knows."""
        limit = getattr(self, "max_length", None) if vars(self).get("tokenizer") else None
        return limit if isinstance(limit, int) else None

    def default_answer_tokens(self) -> int:
        """Tokens of an answer where the request does not limit them."""
        limit = getattr(self, "max_gen_toks", None)
        return limit if isinstance(limit, int) else 256

    def start_counting(self) -> None:
        """Forget what was done; a run of another arm begins."""

    def work_done(self) -> dict[str, Any]:
        """What the run as a whole did; more is known of models that run in this process."""
        return {"shared_prefix": None}

    def answer(self, requests: list[Any], done: Done) -> None:
        """Answer requests that have the same generation arguments.

        Args:
            requests: Instances of lm_eval; their arguments are (prompt, generation arguments).
            done: Called once for each of them, in any order.
        """
        open_positions = set(range(len(requests)))

        def announce(position: int, response: str) -> None:
            open_positions.discard(position)
            done(position, response, self._cost(requests[position].args[0], response))

        for position, response in enumerate(self.generate_plainly(requests, announce)):
            if position in open_positions:
                announce(position, response)

    def generate_plainly(
        self, requests: list[Any], announce: Callable[[int, str], None]
    ) -> list[str]:
        """The inner model's own generation; each answer is announced at once where it does so."""
        before = self.cache_hook
        self.cache_hook = AnswerHook([request.args[0] for request in requests], announce)
        try:
            responses: list[str] = super().generate_until(requests)  # type: ignore[misc]
            return responses
        finally:
            self.cache_hook = before

    def _cost(self, context: Any, response: str) -> Costs:
        values = all_unknown("the wrapped model does not tell it")
        prompt, generated = self.token_count(context), self.token_count(response)
        if prompt is not None and generated is not None:
            values |= {
                "prompt_tokens": estimated(prompt),
                "generated_tokens": estimated(generated),
            }
        return values
