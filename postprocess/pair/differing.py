"""What two runs differ in besides their models: each of it a warning."""

from __future__ import annotations

import json
from typing import Any

from postprocess.pair.documents import Documents
from postprocess.pair.matching import Matched
from postprocess.reading.results import FoundRun

_MOST_NAMED = 5


class Differing:
    """Collects warnings; those that several tasks share become one.

    Args:
        clustered: Whether the reader of the warnings cannot say which documents are one draw.
    """

    def __init__(self, *, clustered: bool = False) -> None:
        self._clustered = clustered
        self._tasks: dict[str, list[str]] = {}

    def warnings(self) -> list[str]:
        """A line each, with the tasks that it is about."""
        return [f"{_listed(tasks)}: {what}" for what, tasks in self._tasks.items()]

    def incomplete(self, task: str, label: str, documents: Documents) -> None:
        """Warns of a file that ends early."""
        if not documents.complete:
            count = f"{documents.rows} of {documents.rows_expected} rows"
            self._add(task, f"INCOMPLETE: the samples of {label} have {count}")

    def shared(self, task: str, documents: Documents) -> None:
        """Warns of texts that several documents share, which may make them one draw."""
        for name, texts in documents.shared.items():
            count = f"{texts} texts in {len(documents.documents)} documents"
            self._add(
                task,
                f"documents share their {name} ({count}): if answers depend on it, intervals are"
                f" too short without --cluster {name}",
            )

    def between(self, task: str, a: str, b: str, match: Matched) -> str | None:
        """Warns of what makes two runs less comparable; returns why they are not at all."""
        n = len(match.pairs)
        if not n:
            return "no document in common: their datasets differ"
        if match.other_targets:
            count = _count(match.other_targets, n)
            return f"{count} have another right answer: they were scored by other versions"
        for what, of_a, of_b in _settings(match.a.run, match.b.run):
            if of_a != of_b:
                self._add(task, f"{what} differ: {_shown(of_a)} ({a}), {_shown(of_b)} ({b})")
        if match.other_prompts:
            count = _count(match.other_prompts, n)
            self._add(task, f"PROMPTS DIFFER in {count} between {a} and {b}")
        only_a, only_b = len(match.a.documents) - n, len(match.b.documents) - n
        if only_a or only_b:
            counts = f"{only_a} documents are in {a} alone and {only_b} in {b} alone"
            self._add(task, f"{counts}: left out of the comparison of the {n} that both have")
        if match.repeated and not self._clustered:
            self._add(
                task,
                f"{match.repeated} documents equal others: they are paired by doc_id and hash, and"
                " equal documents count as one draw unless --cluster says otherwise",
            )
        return None

    def _add(self, task: str, what: str) -> None:
        tasks = self._tasks.setdefault(what, [])
        if task not in tasks:
            tasks.append(task)


def _settings(a: FoundRun, b: FoundRun) -> list[tuple[str, Any, Any]]:
    of_a, of_b = a.results, b.results
    return [
        ("TASK VERSIONS", a.task_version, b.task_version),
        ("NUMBERS OF DEMONSTRATIONS (n-shot)", of_a.n_shot.get(a.task), of_b.n_shot.get(b.task)),
        ("chat templates", of_a.chat_template_sha, of_b.chat_template_sha),
        ("system instructions", of_a.system_instruction_sha, of_b.system_instruction_sha),
        ("gen_kwargs", of_a.config.gen_kwargs or None, of_b.config.gen_kwargs or None),
        (
            "generation_kwargs of the task",
            of_a.configs[a.task].generation_kwargs,
            of_b.configs[b.task].generation_kwargs,
        ),
        ("versions of lm_eval", of_a.lm_eval_version, of_b.lm_eval_version),
    ]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value[:40]
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _count(some: int, every: int) -> str:
    return "all documents" if some == every else f"{some} of {every} documents"


def _listed(tasks: list[str]) -> str:
    more = len(tasks) - _MOST_NAMED
    return ", ".join(tasks[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
