"""The model type `heinw` of lm_eval: a memory around any other model type.

    lm_eval --model heinw --model_args pretrained=CKPT,baseline=long-context --tasks heinw_A

`Heinw` is never instantiated. Creating it makes a class over the inner model's class, so that all
that lm_eval asks of a model (templates, devices, processes) is answered by the inner one:

    class HeinwHFLM(WithMemory, MeasuredHF, HFLM)
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lm_eval.api.model import LM
from lm_eval.api.registry import get_model
from lm_eval.utils import simple_parse_args_string
from tqdm import tqdm

from generators.errors import ConfigError, HeinwError
from hei_nw_tasks.compute.record import KEYS, ComputeRecord, Costs
from hei_nw_tasks.memory.arms import Memory, Recall, block
from hei_nw_tasks.memory.stores import Store, is_question, store_of
from hei_nw_tasks.model.answer_cache import AnswerCache, answer_key, fingerprint
from hei_nw_tasks.model.measuring import Measured
from hei_nw_tasks.model.prompting import text_of, with_block
from hei_nw_tasks.model.settings import Settings, make_arm, split
from hei_nw_tasks.one_line import hide_traceback
from hei_nw_tasks.response import MeasuredResponse

_log = logging.getLogger("lm_eval.hei_nw_tasks")


@dataclass
class _Asked:
    """One request with its memory."""

    position: int
    request: Any
    prompt: Any
    gen_kwargs: dict[str, Any]
    memory_tokens: int | None
    recall: Recall
    store: Store
    overflow: bool

    @property
    def key(self) -> str:
        return answer_key(self.request.doc["id"], text_of(self.prompt), self.gen_kwargs)

    @property
    def kind(self) -> str:
        """Requests of one kind can be answered together."""
        return json.dumps(self.gen_kwargs, sort_keys=True)


class WithMemory(Measured):
    """Mixin over a model class of lm_eval: puts a memory before each question."""

    settings: Settings
    _arm: Memory
    _inner_args: Mapping[str, Any]
    _answers: AnswerCache | None = None
    _foreign_noted = False

    def remember(self, settings: Settings, inner_args: Mapping[str, Any]) -> None:
        """Take an arm; called once after creation, and again to change the arm of a loaded model.

        Raises:
            ConfigError: The arm cannot be made.
        """
        self.settings, self._inner_args = settings, dict(inner_args)
        self.start_counting()
        self._arm = make_arm(settings, lambda text: self.token_count(text) or _estimate(text))

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """Answer requests; questions of ours get a memory and measured responses.

        Raises:
            ConfigError: A question's log was not loaded, or its prompt does not hold it.
        """
        responses: list[str | None] = [None] * len(requests)
        asked = [
            self._ask(position, request)
            for position, request in enumerate(tqdm(requests, "Recalling", disable=disable_tqdm))
            if is_question(request.doc)
        ]
        self._pass_on(requests, responses)
        for one in asked:
            cache = self._cache_of(one)
            kept = cache.get(one.key) if cache is not None else None
            if kept is not None:
                responses[one.position] = kept
            elif one.overflow:
                responses[one.position] = self._respond(one, "", _NOT_GENERATED)
        left = sorted((a for a in asked if responses[a.position] is None), key=lambda a: a.kind)
        for _, same_kind in groupby(left, key=lambda a: a.kind):
            self._generate(list(same_kind), responses)
        for one in asked:
            response = responses[one.position]
            assert isinstance(response, MeasuredResponse)
            # What the samples file shows: the prompt as it was sent, and the whole record.
            shown = text_of(one.prompt), one.gen_kwargs, {"heinw": response.record}
            one.request.arguments = shown
        return [response for response in responses if response is not None]

    def set_cache_hook(self, cache_hook: Any) -> None:
        """Take lm_eval's response cache, and keep answers in it by model, arm and document."""
        super().set_cache_hook(cache_hook)  # type: ignore[misc]
        if cache_hook.dbdict is not None:
            name = fingerprint(self._inner_args, self.settings.identity())
            self._answers = AnswerCache(cache_hook.dbdict, name)

    def get_model_info(self) -> dict[str, Any]:
        """What the results file says of the model: what the inner one says, and `heinw`."""
        inner: dict[str, Any] = getattr(super(), "get_model_info", dict)()
        return {**inner, "heinw": {**self.settings.identity(), **self.work_done()}}

    def _ask(self, position: int, request: Any) -> _Asked:
        doc, (context, gen_kwargs) = request.doc, request.args[:2]
        store = store_of(doc)
        recall = self._arm.recall(doc, store)
        texts = [store.log.texts[i] for i in recall.shown]
        prompt = with_block(context, doc["query"], block(texts))
        tokens, limit = self.prompt_length(prompt), self.context_limit()
        memory_tokens = 0 if not texts else None
        if texts and tokens is not None:
            memory_tokens = tokens - (self.token_count(context) or 0)
        room = gen_kwargs.get("max_gen_toks", self.default_answer_tokens())
        overflow = tokens is not None and limit is not None and tokens + room > limit
        return _Asked(
            *(position, request, prompt, copy.deepcopy(gen_kwargs), memory_tokens),
            *(recall, store, overflow),
        )

    def _pass_on(self, requests: list[Any], responses: list[str | None]) -> None:
        """Have the inner model answer what is not ours, as it came."""
        foreign = [i for i, request in enumerate(requests) if not is_question(request.doc)]
        if not foreign:
            return
        if not self._foreign_noted:
            _log.warning(
                "heinw: requests of other tasks (%s) get no memory and no compute record",
                requests[foreign[0]].task_name,
            )
            self._foreign_noted = True
        answers = super().generate_until([requests[i] for i in foreign])  # type: ignore[misc]
        for i, answer in zip(foreign, answers, strict=True):
            responses[i] = answer

    def _generate(self, asked: list[_Asked], responses: list[str | None]) -> None:
        def done(position: int, text: str, costs: Costs) -> None:
            one = asked[position]
            response = self._respond(one, text, costs)
            responses[one.position] = response
            cache = self._cache_of(one)
            if cache is not None:
                cache.put(one.key, response)

        copies = []
        for one in asked:
            request = copy.copy(one.request)
            # The inner model may change the generation arguments on its way.
            request.arguments = (one.prompt, copy.deepcopy(one.gen_kwargs))
            copies.append(request)
        self.answer(copies, done)

    def _cache_of(self, one: _Asked) -> AnswerCache | None:
        """Where the answer is kept; nowhere if it is drawn at random, as with lm_eval's cache."""
        return None if one.gen_kwargs.get("do_sample") else self._answers

    def _respond(self, one: _Asked, text: str, costs: Costs) -> MeasuredResponse:
        recall, evidence = one.recall, one.request.doc["evidence"]
        ids = one.store.event_ids
        found = {ids[i] for i in recall.shown} & set(evidence)
        compute = ComputeRecord.of({**costs, **_memory_costs(one)})
        return MeasuredResponse(
            text,
            {
                "question_id": one.request.doc["id"],
                "baseline": self.settings.baseline,
                "overflow": one.overflow,
                "shown": len(recall.shown),
                "evidence_shown": len(found) / len(evidence) if evidence else None,
                "retrieved": None if recall.ranked is None else [ids[i] for i in recall.ranked],
                "compute": compute.model_dump(mode="json"),
            },
        )


class Heinw(LM):  # type: ignore[misc]  # lm_eval carries no types
    """Makes the composed model; lm_eval calls one of the two constructors by name."""

    @classmethod
    def create_from_arg_string(
        cls, arg_string: str, additional_config: dict[str, Any] | None = None
    ) -> Any:
        """Make the model from `--model_args`."""
        return cls.create_from_arg_obj(simple_parse_args_string(arg_string), additional_config)

    @classmethod
    def create_from_arg_obj(
        cls, arg_dict: dict[str, Any], additional_config: dict[str, Any] | None = None
    ) -> Any:
        """Make the model from arguments by name.

        Raises:
            ConfigError: An argument is wrong, or there is no such inner model.
            SystemExit: The mode needs a memory system (exit code 64).
        """
        hide_traceback(HeinwError)
        settings, inner_args = split(arg_dict)
        model = composed(settings.inner).create_from_arg_obj(inner_args, additional_config)
        model.remember(settings, inner_args)
        return model


def composed(inner: str) -> Any:
    """The class of a `heinw` model over a model type of lm_eval.

    Raises:
        ConfigError: lm_eval has no such model type.
    """
    try:
        base = get_model(inner)
    except (KeyError, ValueError):
        raise ConfigError(
            f"inner={inner!r}: lm_eval has no such model → `lm_eval ls models` lists them, "
            "e.g. hf, vllm, local-completions"
        ) from None
    bases: tuple[type, ...] = (WithMemory, base)
    if any(parent.__module__ == "lm_eval.models.huggingface" for parent in base.__mro__):
        from hei_nw_tasks.model.huggingface import MeasuredHF

        bases = (WithMemory, MeasuredHF, base)
    return type(f"Heinw{base.__name__}", bases, {})


def _estimate(text: str) -> int:
    """Tokens of a text where nothing can count them: four characters each."""
    return -(-len(text) // 4)


def _memory_costs(one: _Asked) -> Costs:
    """Columns of a compute record that the memory determines."""

    def known(value: float | None, reason: str) -> Any:
        return reason if value is None else (value, "measured")

    recall, searched = one.recall, one.recall.retrieval_s is not None
    return {
        "memory_tokens": known(one.memory_tokens, "no tokeniser to count with"),
        "retrieval_s": known(recall.retrieval_s, "this arm searches nothing"),
        "embed_flops": known(
            recall.embed_flops,
            "the retriever does not tell it" if searched else "this arm embeds nothing",
        ),
    }


_NOT_GENERATED: Costs = dict.fromkeys(KEYS, "the prompt does not fit: nothing was generated")
