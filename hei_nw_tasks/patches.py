"""What the bridge changes in lm_eval: two methods, each wrapped once, and one more model.

    TaskIndex.build([<lm_eval>/tasks, "mine"]) -> TaskIndex.build([<lm_eval>/tasks, <ours>, "mine"])
    HFLM(pretrained=..., load_in_4bit=True)    -> from_pretrained(quantization_config=...)

    lm_eval --model heinw                      -> hei_nw_tasks.model.heinw:Heinw

All are what upstream does or is about to do itself, and leave alone an lm_eval that does.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
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
        TypeError: `build` is not the static method that lm_eval has had since 0.4.12.
    """
    build = index.TaskIndex.__dict__["build"]
    if not isinstance(build, staticmethod):
        raise TypeError("TaskIndex.build is no static method any more")
    original = build.__func__
    if hasattr(original, _DONE):
        return
    built_in = Path(index.__file__ or "").parent

    @functools.wraps(original)
    def build_with_ours(paths: Iterable[Path], *args: Any, **kwargs: Any) -> Any:
        return original(with_task_folder(list(paths), built_in), *args, **kwargs)

    setattr(build_with_ours, _DONE, True)
    index.TaskIndex.build = staticmethod(build_with_ours)


def with_task_folder(paths: list[Path], built_in: Path) -> list[Path]:
    """Insert our task folder right after the built-in one.

    A later folder overrides an earlier one, so what the user includes still wins. Without the
    built-in tasks (`include_defaults=False`) nothing is added: only what was named is wanted. Nor
    is anything added where lm_eval has found the folder by its entry point.

    >>> with_task_folder([Path("lm_eval/tasks"), Path("mine")], Path("lm_eval/tasks"))[1:]
    ... # doctest: +SKIP
    [PosixPath('.../hei_nw_tasks/tasks'), PosixPath('mine')]
    """
    resolved = [Path(path).resolve() for path in paths]
    if TASK_FOLDER.resolve() in resolved or built_in.resolve() not in resolved:
        return paths
    place = resolved.index(built_in.resolve()) + 1
    return [*paths[:place], TASK_FOLDER, *paths[place:]]


def add_model(models: ModuleType) -> None:
    """Register the `heinw` model, by name: nothing of it is imported before it is asked for.

    Args:
        models: The module `lm_eval.models`, which has just registered lm_eval's own.
    """
    from lm_eval.api.registry import model_registry

    if "heinw" not in model_registry:
        model_registry.register("heinw", target=MODEL)


def accept_quantization_flags(huggingface: ModuleType) -> None:
    """Make `HFLM` take `load_in_4bit` and its kin with transformers 5 as it does with 4.

    Args:
        huggingface: The module `lm_eval.models.huggingface`.
    """
    original = huggingface.HFLM._create_model
    if hasattr(original, _DONE):
        return

    @functools.wraps(original)
    def create_model(self: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, *args, **with_quantization_config(kwargs))

    setattr(create_model, _DONE, True)
    huggingface.HFLM._create_model = create_model
