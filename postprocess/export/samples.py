"""What every format needs of a run: its samples in full, when it ran, and names that stay the same.

>>> stable_id("a run", "a question"), slug("rag (bm25, k=5)")
('023e795c35929c4ba4aa4fea7333dc', 'rag-bm25-k-5')
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from postprocess.reading.runs import Run
from postprocess.reading.shown import Shown, memory_of, read_shown
from postprocess.schema.answer import Answer
from postprocess.schema.run import Summary

# What the instruction asks for where there is no answer.
UNKNOWN = "unknown"
# Who is named as the developer of a model whose name has no organization: a local folder, say.
LOCAL = "local"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
# Names that file systems, and the datastore of Every Eval Ever, keep for themselves.
_RESERVED = re.compile(r"(data|con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A question, what the model read, and its answer.

    Attributes:
        answer: The scored answer.
        shown: The prompt and the response, in full.
        memory: The lines that the memory put before the question; None if they cannot be told from
            the rest of the prompt.
    """

    answer: Answer
    shown: Shown
    memory: list[str] | None

    @property
    def targets(self) -> list[str]:
        """The accepted answers; to say so, if there is none."""
        return list(self.answer.answers) or [UNKNOWN]

    @property
    def tokens(self) -> tuple[int, int] | None:
        """Tokens of the prompt and of the response; None if the run did not count them."""
        measured = self.answer.measured
        if "prompt_tokens" not in measured or "generated_tokens" not in measured:
            return None
        return int(measured["prompt_tokens"]), int(measured["generated_tokens"])


def samples_of(run: Run, summary: Summary) -> Iterator[Sample]:
    """The samples of a run, in the order of the dataset, each read again from its file.

    Raises:
        ReportError: The file is no longer what was scored.
    """
    for answer in run.answers:
        shown = read_shown(run.samples.path, run.samples.offsets[answer.doc_id], answer.id)
        shown = replace(
            shown,
            prompt=_whole(shown.prompt),
            response=_whole(shown.response),
            final=_whole(shown.final),
        )
        # Demonstrations stand between the instruction and the question as well.
        before = None if summary.provenance.num_fewshot else shown.instruction(summary.scenario)
        memory = None if before is None else memory_of(shown.prompt, shown.query, before)
        yield Sample(answer, shown, memory)


def _whole(text: str) -> str:
    """A text that can be written as UTF-8: half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Generation:
    """How answers were generated; None for what the run does not say."""

    max_tokens: int | None
    temperature: float | None
    stop: list[str]


def generation_of(run: Run) -> Generation:
    """How the answers of a run were generated."""
    config = run.found.results.configs[run.found.task]
    given: dict[str, Any] = config.generation_kwargs
    greedy = 0.0 if given.get("do_sample") is False else None
    temperature = given.get("temperature", greedy)
    stop = given.get("until")
    return Generation(
        max_tokens=config.longest_answer,
        temperature=float(temperature) if isinstance(temperature, int | float) else None,
        stop=[str(word) for word in stop] if isinstance(stop, list) else [],
    )


def began(run: Run) -> datetime:
    """When a run began; where the file does not say, its local time of saving is taken for UTC."""
    seconds = run.found.results.date
    if seconds is not None:
        return datetime.fromtimestamp(seconds, UTC)
    day, _, time = run.found.date.partition("T")
    return datetime.fromisoformat(f"{day}T{time.replace('-', ':')}").replace(tzinfo=UTC)


def ended(run: Run, summary: Summary) -> datetime:
    """When a run ended; if that is unknown, when it began."""
    return began(run) + timedelta(seconds=summary.provenance.evaluation_s or 0)


def stable_id(*parts: str) -> str:
    """Thirty hex digits that are the same whenever the same files are exported."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:30]


def identity(run: Run) -> str:
    """Tells a run from all others by the bytes of its files."""
    return stable_id(run.found.task, run.found.sha256, run.samples.sha256)


def slug(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "x"


def folders(model: str) -> tuple[str, str]:
    """The developer and the name of a model, as folders that there can be on any system.

    >>> folders("Qwen/Qwen2.5-1.5B"), folders("/srv/my model/data"), folders("gpt-x")
    (('Qwen', 'Qwen2.5-1.5B'), ('local', 'data-'), ('local', 'gpt-x'))
    """
    parts = [part for part in re.split(r"[/\\]", model) if part]
    developer, name = parts if _HUB_ID.fullmatch(model) else (LOCAL, (parts or [""])[-1])
    return _portable(developer), _portable(name)


def _portable(name: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9._-]", "-", name).strip(".")
    return f"{kept}-" if _RESERVED.fullmatch(kept) else kept or "model"
