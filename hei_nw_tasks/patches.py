"""What the bridge changes in lm_eval: four functions, each wrapped once, and one more model.

    TaskIndex.build([<lm_eval>/tasks, "mine"]) -> TaskIndex.build([<lm_eval>/tasks, <ours>, "mine"])
    HFLM(pretrained=..., load_in_4bit=True)    -> from_pretrained(quantization_config=...)

    lm_eval --model heinw                      -> hei_nw_tasks.model.heinw:Heinw
    get_git_commit_hash() outside a repository -> None, and no "fatal: not a git repository"
    WandbLogger: a row without a metric        -> an empty cell, and no KeyError

Upstream does all of this itself or is about to. An lm_eval that does is left alone.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from hei_nw_tasks.quantization import with_quantization_config

TASK_FOLDER = Path(__file__).parent / "tasks"
MODEL = "hei_nw_tasks.model.heinw:Heinw"
_DONE = "_extended_by_hei_nw_tasks"


def add_task_folder(index: ModuleType) -> None:
    """Make `lm_eval.tasks._index.TaskIndex.build` read our tasks after lm_eval's own.

    Args:
        index: The module `lm_eval.tasks._index`.

    Raises:
        TypeError: `build` is not the static method that it has been since lm_eval 0.4.12.
    """
    build = index.TaskIndex.__dict__["build"]
    if not isinstance(build, staticmethod):
        raise TypeError("TaskIndex.build is no static method any more")
    built_in = Path(index.__file__ or "").parent

    def wrapped(original: Any) -> Any:
        def build_with_ours(paths: Iterable[Path], *args: Any, **kwargs: Any) -> Any:
            return original(with_task_folder(list(paths), built_in), *args, **kwargs)

        return build_with_ours

    replace_once(index.TaskIndex, "build", wrapped)


def replace_once(owner: Any, name: str, wrapped: Callable[[Any], Any]) -> None:
    """Replace a function of a module or a class by one of ours, unless it is ours already.

    Args:
        owner: The module or class.
        name: Of the function.
        wrapped: Makes our function from the one that is there.
    """
    static = isinstance(vars(owner)[name], staticmethod)
    original = getattr(owner, name)
    if hasattr(original, _DONE):
        return
    ours = functools.wraps(original)(wrapped(original))
    setattr(ours, _DONE, True)
    setattr(owner, name, staticmethod(ours) if static else ours)


def with_task_folder(paths: list[Path], built_in: Path) -> list[Path]:
    """Insert our task folder right after the built-in one.

    A later folder overrides an earlier one, so the user's folders still win. Nothing is added
    without the built-in tasks (`include_defaults=False`), where only named folders are wanted, nor
    if lm_eval has found the folder by its entry point.

    >>> built_in = Path("lm_eval/tasks")
    >>> [path.parent.name for path in with_task_folder([built_in, Path("my/own")], built_in)]
    ['lm_eval', 'hei_nw_tasks', 'my']
    """
    resolved = [Path(path).resolve() for path in paths]
    if TASK_FOLDER.resolve() in resolved or built_in.resolve() not in resolved:
        return paths
    place = resolved.index(built_in.resolve()) + 1
    return [*paths[:place], TASK_FOLDER, *paths[place:]]


def add_model(models: ModuleType) -> None:
    """Register the `heinw` model by name; it is imported when it is used.

    Args:
        models: The module `lm_eval.models`, which has just registered its own models.
    """
    from lm_eval.api.registry import model_registry

    if "heinw" not in model_registry:
        model_registry.register("heinw", target=MODEL)


def accept_quantization_flags(huggingface: ModuleType) -> None:
    """Make `HFLM` take `load_in_4bit` and similar flags with transformers 5 as with 4.

    Args:
        huggingface: The module `lm_eval.models.huggingface`.
    """

    def wrapped(original: Any) -> Any:
        def create_model(self: Any, *args: Any, **kwargs: Any) -> Any:
            return original(self, *args, **with_quantization_config(kwargs))

        return create_model

    replace_once(huggingface.HFLM, "_create_model", wrapped)


def ask_git_in_repositories_only(evaluator: ModuleType) -> None:
    """Keep git's "fatal: not a git repository" off the terminal; the results stay the same.

    Args:
        evaluator: The module `lm_eval.evaluator`, which records the commit of the current folder.
    """

    def wrapped(original: Any) -> Any:
        def get_git_commit_hash() -> str | None:
            here = Path.cwd()
            in_one = any((folder / ".git").exists() for folder in (here, *here.parents))
            commit: str | None = original() if in_one or "GIT_DIR" in os.environ else None
            return commit

        return get_git_commit_hash

    replace_once(evaluator, "get_git_commit_hash", wrapped)


def complete_rows(wandb_logger: ModuleType) -> None:
    """Make W&B's tables of samples take rows that do not have every metric.

    A question has the metrics of its kind, and a row of a lag the questions of that lag; lm_eval's
    table reads every metric of the task from every row.

    Args:
        wandb_logger: The module `lm_eval.loggers.wandb_logger`.
    """

    def wrapped(original: Any) -> Any:
        def generate_dataset(self: Any, data: list[dict[str, Any]], config: dict[str, Any]) -> Any:
            empty = {metric["metric"]: None for metric in config["metric_list"]}
            return original(self, [empty | row for row in data], config)

        return generate_dataset

    replace_once(wandb_logger.WandbLogger, "_generate_dataset", wrapped)
