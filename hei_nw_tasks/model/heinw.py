"""The model type `heinw` of lm_eval: a memory around any other model type.

    lm_eval --model heinw --model_args pretrained=CKPT,baseline=long-context --tasks heinw_A

`Heinw` is never instantiated. Creating it makes a subclass of the inner model's class, so that the
inner model handles all that lm_eval asks of a model (templates, devices, processes):

    class HeinwHFLM(WithMemory, MeasuredHF, HFLM)
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any

from lm_eval.api.model import LM
from lm_eval.api.registry import get_model
from lm_eval.utils import simple_parse_args_string

from generators.errors import ConfigError, HeinwError
from generators.tokens import ESTIMATE
from hei_nw_tasks.compute.record import Costs, all_unknown
from hei_nw_tasks.memory.blocks import block
from hei_nw_tasks.memory.protocol import Prompt
from hei_nw_tasks.memory.recalling import Recall, Recaller
from hei_nw_tasks.memory.stores import is_question, store_of
from hei_nw_tasks.model.after_sleep import WorldsAsleep, one_process, worlds_asleep
from hei_nw_tasks.model.answer_cache import AnswerCache, fingerprint, take_over
from hei_nw_tasks.model.asked import Asked, by_weights
from hei_nw_tasks.model.measuring import Measured, overflow_of
from hei_nw_tasks.model.observing import observed, require_observer
from hei_nw_tasks.model.patching import is_transformers
from hei_nw_tasks.model.prompting import around, text_of, with_block
from hei_nw_tasks.model.settings import Settings, split
from hei_nw_tasks.modes import ASLEEP
from hei_nw_tasks.one_line import hide_traceback
from hei_nw_tasks.plugins import PluginError
from hei_nw_tasks.response import MeasuredResponse

_log = logging.getLogger("lm_eval.hei_nw_tasks")


class WithMemory(Measured):
    """Mixin over a model class of lm_eval: puts a memory before each question."""

    settings: Settings
    _arm: Recaller
    _inner_args: Mapping[str, Any]
    _answers: AnswerCache | None = None
    _foreign_noted = False
    # How questions about a store are put with the memory off, by the store's id.
    _prompts: Mapping[str, Prompt] = {}
    _asleep = WorldsAsleep()

    def use_arm(self, settings: Settings, inner_args: Mapping[str, Any]) -> None:
        """Choose the memory arm. A loaded model can change its arm between runs.

        Raises:
            ConfigError: The arm cannot be made.
        """
        if settings.memory_inside:
            require_observer(self, settings.inner)
        self.settings, self._inner_args = settings, dict(inner_args)
        self.start_counting()
        self._asleep = WorldsAsleep()
        self._arm = settings.recaller(self._count, self, self._fingerprint())

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """Answer requests; questions of ours get a memory and measured responses.

        Raises:
            ConfigError: The log of a question was not loaded, or its prompt does not hold it.
        """
        questions = self._questions(requests, quiet=disable_tqdm)
        if self.settings.mode in ASLEEP and questions:
            self._asleep = worlds_asleep((one.request.doc, one.recall) for one in questions)
        overflows = [question.overflow for question in questions if question.overflow is not None]
        if overflows:
            counts = len(overflows), len(questions)
            _log.warning("heinw: %d of %d questions do not fit: %s", *counts, overflows[0])
        answers = self._answer(questions)
        for question in questions:
            # What the samples file shows: the prompt as it was sent, and the whole record.
            record = answers[question.position].record.model_dump()
            shown = text_of(question.prompt), question.gen_kwargs, {"heinw": record}
            question.request.arguments = shown
        responses = self._answer_foreign(requests) | answers
        return [responses[position] for position in range(len(requests))]

    def loglikelihood(self, requests: list[Any], **options: Any) -> list[tuple[float, bool]]:
        """How likely continuations are; after sleep, the worlds' weights take turns."""
        return self._of_others(requests, super().loglikelihood, options)  # type: ignore[misc]

    def loglikelihood_rolling(self, requests: list[Any], **options: Any) -> list[float]:
        """How likely texts are; after sleep, the worlds' weights take turns."""
        return self._of_others(requests, super().loglikelihood_rolling, options)  # type: ignore[misc]

    def _questions(self, requests: list[Any], *, quiet: bool) -> list[Asked]:
        """The requests that are ours, with what is recalled for each, in their order.

        If the memory fails, the questions before are answered, for the cache of answers.

        Raises:
            PluginError: The memory misbehaves.
        """
        ours = [position for position, request in enumerate(requests) if is_question(request.doc)]
        questions: list[Asked] = []
        stores: set[str] = set()
        try:
            docs = [requests[position].doc for position in ours]
            if self.settings.mode in ASLEEP:
                self._prompts = {
                    store_of(doc).id: around(text_of(requests[position].args[0]), doc["query"])
                    for position, doc in reversed(list(zip(ours, docs, strict=True)))
                }
            for index, recall in self._arm.recalls(docs, quiet=quiet):
                position, is_first = ours[index], recall.store.id not in stores
                stores.add(recall.store.id)
                questions.append(self._question(position, requests[position], recall, is_first))
        except PluginError:
            if self._answers is not None:
                self._answer(questions)
            raise
        return sorted(questions, key=lambda question: question.position)

    def _answer(self, questions: list[Asked]) -> dict[int, MeasuredResponse]:
        """Responses by position: those that are known, and those that the model gives."""
        known = {question.position: self._known(question) for question in questions}
        responses = {position: kept for position, kept in known.items() if kept is not None}
        new = [question for question in questions if question.position not in responses]
        inside = self.settings.memory_inside
        for group in observed(self, new) if inside else by_weights(new):
            with self.patched(group[0].recall.weights):
                for _, batch in groupby(
                    sorted(group, key=lambda question: question.batch_key),
                    key=lambda question: question.batch_key,
                ):
                    responses |= self._generate(list(batch))
        return responses

    def prompt_of(self, store: str) -> Prompt:
        """How questions about a store are put with the memory off, in the run at hand."""
        return self._prompts[store]

    def open_answer_cache(self, path: Path) -> AnswerCache:
        """Open the file of `lm_eval --use_cache`, and keep answers in it from now on."""
        # After sleep, answers of other tasks depend on the worlds that were asked about as well.
        others = self.settings.mode not in ASLEEP
        arm = self._fingerprint(self.settings.identity())
        self._answers = AnswerCache(path, arm, keeps_others=others)
        return self._answers

    def get_model_info(self) -> dict[str, Any]:
        """What the results file says of the model: what the inner one says, and `heinw`."""
        inner: dict[str, Any] = getattr(super(), "get_model_info", dict)()
        ours = {**self.settings.identity(), **self.work_done()}
        if self._asleep.weights:
            ours["slept_weights"] = len(self._asleep.weights)
        return {**inner, "heinw": ours}

    def _fingerprint(self, arm: Mapping[str, Any] | None = None) -> str:
        return fingerprint(self._inner_args, arm or {}, vars(self).get("_model"))

    def _count(self, text: str) -> int:
        """Tokens of a text, estimated where there is no tokeniser."""
        tokens = self.token_count(text)
        return ESTIMATE.count([text])[0] if tokens is None else tokens

    def _question(self, position: int, request: Any, recall: Recall, whole: bool) -> Asked:
        """A question, with what was recalled written into its prompt."""
        doc, (context, gen_kwargs) = request.doc, request.args[:2]
        prompt = with_block(context, doc["query"], block(recall.texts))
        tokens, limit = self.prompt_length(prompt), self.context_limit()
        memory_tokens = None
        if not recall.texts:
            memory_tokens = 0
        elif tokens is not None:
            memory_tokens = tokens - (self.token_count(context) or 0)
        room = gen_kwargs.get("max_gen_toks", self.default_answer_tokens())
        overflow = None if tokens is None or limit is None else overflow_of(tokens, room, limit)
        return Asked(position, request, recall, prompt, memory_tokens, overflow, whole)

    def _answer_foreign(self, requests: list[Any]) -> dict[int, str]:
        """Have the inner model answer the requests of other tasks; answers by position."""
        foreign = [i for i, request in enumerate(requests) if not is_question(request.doc)]
        if not foreign:
            return {}
        if not self._foreign_noted:
            _log.warning(
                "heinw: requests of other tasks (%s) get no memory and no compute record",
                requests[foreign[0]].task_name,
            )
            self._foreign_noted = True
        asked = [requests[i] for i in foreign]
        answers = self._of_others(asked, super().generate_until, {})  # type: ignore[misc]
        return dict(zip(foreign, answers, strict=True))

    def _of_others(
        self, requests: list[Any], answer: Callable[..., list[Any]], options: Mapping[str, Any]
    ) -> list[Any]:
        """Have the inner model answer requests of other tasks, or of a memory, which names none."""
        if self.settings.mode not in ASLEEP or not requests or requests[0].task_name is None:
            return answer(requests, **options)
        one_process(self)
        return self._asleep.answers(requests, self.patched, lambda some: answer(some, **options))

    def _known(self, question: Asked) -> MeasuredResponse | None:
        """The answer from the cache, or the empty one of a prompt that does not fit; else None."""
        cache = self._cache_for(question)
        kept = cache.get(question.cache_key) if cache is not None else None
        if kept is None and question.overflow is not None:
            costs = all_unknown(f"{question.overflow}: nothing was generated")
            return question.response("", costs, self.settings)
        return kept

    def _generate(self, questions: list[Asked]) -> dict[int, MeasuredResponse]:
        """Answer questions with equal generation arguments; responses by position."""
        responses: dict[int, MeasuredResponse] = {}

        def done(index: int, text: str, costs: Costs) -> None:
            question = questions[index]
            response = question.response(text, costs, self.settings)
            responses[question.position] = response
            if (cache := self._cache_for(question)) is not None:
                cache.put(question.cache_key, response)

        requests = []
        for question in questions:
            request = copy.copy(question.request)
            request.arguments = (question.prompt, question.gen_kwargs)
            requests.append(request)
        with self._answers or nullcontext():
            self.answer(requests, done)
        return responses

    def _cache_for(self, question: Asked) -> AnswerCache | None:
        """Where the answer is kept; as in lm_eval, answers that are sampled are not kept."""
        return None if question.gen_kwargs.get("do_sample") else self._answers


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
            SystemExit: The mode cannot run as asked (exit code 64).
        """
        hide_traceback(HeinwError)
        take_over()
        settings, inner_args = split(arg_dict)
        model = composed(settings.inner).create_from_arg_obj(inner_args, additional_config)
        model.use_arm(settings, inner_args)
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
    if is_transformers(base):
        from hei_nw_tasks.model.huggingface import MeasuredHF

        bases = (WithMemory, MeasuredHF, base)
    return type(f"Heinw{base.__name__}", bases, {})
