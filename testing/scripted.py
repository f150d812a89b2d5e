"""Run lm_eval for real on a model that answers from a script, and save what it would save."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import lm_eval
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager
from torch.utils import collect_env

from hei_nw_tasks.response import MeasuredResponse
from hei_nw_tasks.tasks import __path__ as task_folders

# Asks pip for all packages, for seconds, at the end of every evaluation: once a process is enough.
collect_env.get_pretty_env_info = cache(collect_env.get_pretty_env_info)
Script = Callable[[int, dict[str, Any]], str]


class ScriptedModel(LM):  # type: ignore[misc]  # lm_eval carries no types
    """A model whose answers are a function of a question's position and document."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Answer from the script; a measured answer leaves its record on the request."""
        responses = [self.script(request.doc_id, request.doc) for request in requests]
        for request, response in zip(requests, responses, strict=True):
            if isinstance(response, MeasuredResponse):  # as the heinw model does it
                record = response.record.model_dump(mode="json")
                request.arguments = (*request.args[:2], {"heinw": record})
        return responses

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        """Refuse: no task of ours asks for it."""
        raise AssertionError("the task only generates")

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        """Refuse: no task of ours asks for it."""
        raise AssertionError("the task only generates")


def mixed(number: int, doc: dict[str, Any]) -> str:
    """Answer correctly, verbosely, wrongly in each way, and with nothing, in turn."""
    answer = doc["answers"][0] if doc["answers"] else "unknown"
    rival = (doc["distractor_answers"] or doc["other_answers"] or ["nobody"])[0]
    other = (doc["other_answers"] or ["nowhere"])[-1]
    line_separator = "a line\u2028separator, \u0085 and a \x1b[31mcolour"
    replies = [answer, "unknown", f"It was {answer}.", rival, answer, other, "", line_separator]
    return str(replies[number % len(replies)])


def run_lm_eval(
    output_path: Path,
    script: Script = mixed,
    *,
    task: str = "heinw_A",
    others: Path | None = None,
    asked: Sequence[str] = (),
    model_args: str = "pretrained=org/scripted",
    limit: float | None = None,
    predict_only: bool = False,
    model_info: dict[str, Any] | None = None,
    **metadata: Any,
) -> Path:
    """Evaluate a task and save what `lm_eval --output_path … --log_samples` saves.

    Args:
        output_path: Folder of the run.
        script: Answers the questions.
        task: Name of the task.
        others: Folder with tasks that are not ours, which are asked as well.
        asked: Names of these tasks, or of groups of them; none stands for all tasks.
        model_args: The option of that name.
        limit: The option of that name.
        predict_only: The option of that name.
        model_info: What the model states about itself in the results.
        metadata: Settings of the dataset.

    Returns:
        The results file.
    """
    before = set(output_path.parent.rglob("*.json"))
    tracker = EvaluationTracker(output_path=str(output_path))
    tracker.general_config_tracker.log_experiment_args(
        model_source="scripted",
        model_args=model_args,
        system_instruction=None,
        chat_template=None,
        fewshot_as_multiturn=False,
    )
    tasks = TaskManager(
        include_path=[task_folders[0], *([str(others)] if others else [])],
        include_defaults=False,
        metadata={"n": 60, "seed": 3} | metadata,
    )
    results = lm_eval.simple_evaluate(
        ScriptedModel(script),
        tasks=[task, *(asked or (path.stem for path in sorted(others.glob("*.yaml"))))]
        if others
        else [task],
        task_manager=tasks,
        limit=limit,
        predict_only=predict_only,
        log_samples=True,
        bootstrap_iters=0,
    )
    results["config"] |= {"model_args": model_args, **(model_info or {})}
    samples = results.pop("samples")
    tracker.save_results_aggregated(results, samples)
    for name, rows in samples.items():
        tracker.save_results_samples(name, rows)
    (saved,) = set(output_path.parent.rglob("*.json")) - before
    return saved


def results_file(reports: Path) -> Path:
    """Return the one results file below a folder."""
    (path,) = reports.rglob("results_*.json")
    return path


def samples_file(reports: Path) -> Path:
    """Return the one samples file of scenario A below a folder."""
    (path,) = reports.rglob("samples_heinw_A_*.jsonl")
    return path


def copied(results: Path, folder: Path, date: str, **config: Any) -> Path:
    """The run of a results file again, as saved in a folder at another time with another config."""
    folder.mkdir(parents=True, exist_ok=True)
    old_date = results.stem.removeprefix("results_")
    for path in results.parent.glob(f"samples_*_{old_date}.jsonl"):
        shutil.copy(path, folder / path.name.replace(old_date, date))
    saved = json.loads(results.read_text())
    saved["config"] |= config
    made = folder / f"results_{date}.json"
    made.write_text(json.dumps(saved))
    return made
