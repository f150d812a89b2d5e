"""lm_eval with few tasks of its own: it reads 14,000 files of them whenever it starts."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

KEPT = "hellaswag"


def link_lm_eval(folder: Path) -> None:
    """Make `folder`/lm_eval: links to the installed lm_eval, with one folder of tasks."""
    spec = find_spec("lm_eval")
    assert spec is not None
    (installed,) = map(Path, spec.submodule_search_locations or ())
    (folder / "lm_eval").mkdir()
    for path in installed.iterdir():
        if path.name not in ("tasks", "__pycache__"):
            (folder / "lm_eval" / path.name).symlink_to(path)
    tasks = folder / "lm_eval" / "tasks"
    shutil.copytree(installed / "tasks" / KEPT, tasks / KEPT)
    for path in installed.glob("tasks/*.py"):
        (tasks / path.name).symlink_to(path)
