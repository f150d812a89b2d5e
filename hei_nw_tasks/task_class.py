r"""The class of our lm_eval tasks: where an answer ends, and what few-shot prompts show.

A prompt with a chat template ends when the model ends its turn, so nothing else stops it. A plain
prompt has no turns: there the first line that says something is the answer, and generation stops
where the model goes on to ask a question of its own.

    plain:  "\nBurrowbarrow\n\nQuestion: Who"  ->  "Burrowbarrow"
    chat:   "The place is:\n\n**Burrowbarrow**"  ->  as it is

`--gen_kwargs until=…` replaces the stops of both.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lm_eval.api.task import ConfigurableTask

from hei_nw_tasks.counting import counter_of_run
from hei_nw_tasks.demonstrations import Demonstration, demonstrations
from hei_nw_tasks.metrics import score
from hei_nw_tasks.one_line import hide_traceback
from hei_nw_tasks.response import generated_tokens, overflowed, with_text
from hei_nw_tasks.scoring.completion import answer_line
from hei_nw_tasks.scoring.diagnosis import diagnosis, tally_of
from hei_nw_tasks.scoring.naming import outcome
from hei_nw_tasks.task import load_dataset

# What lm_eval says of the prompts that it is about to build.
_PROMPT_OPTIONS = (
    "system_instruction",
    "apply_chat_template",
    "fewshot_as_multiturn",
    "chat_template",
)
# Only loggers below "lm_eval" are shown by its command line.
_log = logging.getLogger("lm_eval.hei_nw_tasks")


@dataclass(frozen=True)
class _CountsAreMeantToDiffer(logging.Filter):
    """Hides what lm_eval warns of for every one of our runs: lag rows cover the questions of a lag.

    Attributes:
        task: Name of the task.
    """

    task: str

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to show a record."""
        warning = f"[{self.task}] Metrics were not scored on the same number of documents"
        return not record.getMessage().startswith(warning)


class HeinwTask(ConfigurableTask):  # type: ignore[misc]  # lm_eval carries no types
    """A task of this suite."""

    _chat = False
    _stops_given = False

    def __init__(self, config: Mapping[str, Any]) -> None:
        # lm_eval hands over the key that named this class too.
        super().__init__(config={key: value for key, value in config.items() if key != "class"})
        expected = _CountsAreMeantToDiffer(self.config.task)
        logging.getLogger("lm_eval.evaluator_utils").addFilter(expected)

    def set_config(self, key: str, value: Any, update: bool = False) -> None:
        """Take a setting of the command line.

        Raises:
            ConfigError: There are fewer demonstrations than `--num_fewshot` asks for.
        """
        self._stops_given |= key == "generation_kwargs" and "until" in value
        known = len(demonstrations(self._scenario))
        if key == "num_fewshot" and value > known:
            from generators.errors import ConfigError

            hide_traceback(ConfigError)
            raise ConfigError(
                f"num_fewshot={value}: heinw_{self._scenario} has {known} demonstrations "
                f"→ give {known} or fewer"
            )
        super().set_config(key, value, update)

    def build_all_requests(self, *, apply_chat_template: bool = False, **options: Any) -> None:
        """Build the requests of all documents, or take them from lm_eval's cache."""
        self._chat = apply_chat_template
        if self._chat and not self._stops_given:
            super().set_config("generation_kwargs", {"until": []}, update=True)
        prompt = {name: options[name] for name in _PROMPT_OPTIONS if name in options}
        self._leave_room(apply_chat_template=apply_chat_template, **prompt)
        super().build_all_requests(apply_chat_template=apply_chat_template, **options)

    def download(self, dataset_kwargs: dict[str, Any] | None = None, **_: Any) -> None:
        """Make or read the dataset."""
        self.dataset = load_dataset(**self.config.metadata, **self.config.dataset_kwargs)

    def _leave_room(self, **options: Any) -> None:
        """Make transcripts of given lengths anew if a chat template lengthens their prompts."""
        metadata, doc = self.config.metadata, self.eval_docs[0]
        if doc["target_tokens"] is None or {"dataset", "prompt_overhead"} & set(metadata):
            return
        context = self.fewshot_context(doc, 0, **options)
        if not isinstance(context, str):
            return
        plain = f"{self.config.description}{self.doc_to_text(doc)}"
        whole, part = counter_of_run(metadata).count([context, plain])
        if whole > part:
            metadata["prompt_overhead"] = whole - part
            self.download()
            self.task_docs = self.eval_docs

    def apply_filters(self) -> None:
        """Apply the filters; of a plain prompt's response, keep the answer alone."""
        super().apply_filters()
        for request in self._instances:
            for name, response in request.filtered_resps.items():
                if response is not None and not self._chat:
                    request.filtered_resps[name] = with_text(response, answer_line(response))
        asked = [one for one in self._instances if not overflowed(one.filtered_resps["all"])]
        for clause in diagnosis(tally_of(map(_observed, asked))):
            _log.warning("%s: these scores say little: %s", self.config.task, clause)

    def fewshot_docs(self) -> Sequence[dict[str, Any]]:
        """The demonstrations that `--num_fewshot` takes the first ones of."""
        return [{"demonstration": one} for one in demonstrations(self._scenario)]

    @property
    def _scenario(self) -> str:
        return str(self.config.dataset_kwargs["letter"])


def _observed(request: Any) -> tuple[str, dict[str, float], bool]:
    """What the diagnosis of a run needs of an answer: its kind, its scores, whether it is cut."""
    response, doc = request.filtered_resps["all"], request.doc
    limit, generated = request.args[1].get("max_gen_toks"), generated_tokens(response)
    is_cut = limit is not None and generated is not None and generated >= limit
    return outcome(doc, response), score(doc, response), is_cut


def demonstration_text(doc: Mapping[str, Demonstration]) -> str:
    """Events and question of a demonstration; named in the YAML."""
    return doc["demonstration"].text


def demonstration_answer(doc: Mapping[str, Demonstration]) -> str:
    """Answer of a demonstration; named in the YAML."""
    return doc["demonstration"].answer
