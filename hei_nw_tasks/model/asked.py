"""A request of lm_eval with a question of ours, and what was recalled for it.

Asked(position=3, request=Instance(…), recall=Recall(texts=["On 7 October …", …], …), …)
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hei_nw_tasks.compute.record import ComputeRecord, Costs, measured, unknown
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.model.answer_cache import answer_key
from hei_nw_tasks.model.memory_records import (
    memory_record,
    recall_costs,
    sleeping_costs,
    writing_costs,
)
from hei_nw_tasks.model.prompting import text_of
from hei_nw_tasks.model.settings import Settings
from hei_nw_tasks.response import AnswerRecord, MeasuredResponse

_UNCOUNTED = "no tokeniser to count with"


@dataclass(frozen=True)
class Asked:
    """A request of ours, with what the memory recalled for it.

    Attributes:
        position: Of the request among all that lm_eval sent.
        request: Instance of lm_eval.
        recall: What the memory recalled.
        prompt: The request's prompt, with the memory block.
        memory_tokens: Tokens that the memory added; None if nothing can count them.
        overflow: Why prompt and answer do not fit the model; None if they do.
        tells_of_store: Whether its record has what the memory made of the whole store.
    """

    position: int
    request: Any
    recall: Recall
    prompt: Any
    memory_tokens: int | None
    overflow: str | None
    tells_of_store: bool

    @property
    def gen_kwargs(self) -> dict[str, Any]:
        """Generation arguments; a copy, because the inner model may change them."""
        return copy.deepcopy(self.request.args[1])

    @property
    def cache_key(self) -> str:
        """Names the answer in the cache of model and arm."""
        doc, recalled = self.request.doc, self.recall.told or self.recall.ranked
        key = answer_key(doc["id"], text_of(self.prompt), self.gen_kwargs, recalled)
        weights = self.recall.weights
        return key if weights is None else f"{key} {weights.digest}"

    @property
    def batch_key(self) -> str:
        """Equal for questions that can be answered in one batch."""
        return json.dumps(self.gen_kwargs, sort_keys=True)

    def response(self, text: str, costs: Costs, settings: Settings) -> MeasuredResponse:
        """The answer with its record."""
        doc = self.request.doc
        is_measured = settings.mode != "B0"
        tokens = self.memory_tokens
        costs = costs | recall_costs(self.recall) | sleeping_costs(self.recall, doc)
        costs |= writing_costs(self.recall, is_measured=is_measured)
        costs["memory_tokens"] = unknown(_UNCOUNTED) if tokens is None else measured(tokens)
        record = AnswerRecord(
            question_id=doc["id"],
            baseline=settings.name,
            overflow=self.overflow is not None,
            shown=len(self.recall.texts),
            evidence_shown=self.recall.share_shown(doc["evidence"]),
            retrieved=self.recall.ranked,
            compute=ComputeRecord(costs=costs),
            memory=memory_record(
                self.recall, doc, text, mode=settings.mode, whole=self.tells_of_store
            ),
        )
        return MeasuredResponse(text, record)


def by_weights(questions: Iterable[Asked]) -> list[list[Asked]]:
    """Questions in groups that the same weights answer; those of the model itself come first."""
    groups: dict[str, list[Asked]] = {}
    for question in questions:
        weights = question.recall.weights
        groups.setdefault("" if weights is None else weights.digest, []).append(question)
    return [groups[digest] for digest in sorted(groups, key=bool)]
