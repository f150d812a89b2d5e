"""Lets a command of several arms go on where it was stopped.

The output folder of lm_eval has, until the command is finished, a folder for it:

    .unfinished-9f2c41d07be35a18/    named by all that the results depend on
        rag.finished                 the output of this arm is in place
        memories/                    stores that memories have written
        answers_rank0.db             answers of the arm that was running, as of --use_cache
        output-1234/                 what lm_eval, in process 1234, is writing of that arm

The same command finds it, and so repeats neither arms nor answers; another one does not.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote


class Progress:
    """How far a command has come.

    Args:
        output: Folder for what lm_eval writes.
        identity: All that the results of the command depend on, in values that JSON has or whose
            `repr` tells them apart.

    Attributes:
        output: The first argument.
    """

    def __init__(self, output: Path, identity: Mapping[str, Any]) -> None:
        text = json.dumps(identity, sort_keys=True, default=repr)
        self.output = output
        self._folder = output / f".unfinished-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def answers(self) -> Path:
        """Value of --use_cache: the beginning of the names of the caches of answers."""
        return self._folder / "answers"

    @property
    def memories(self) -> Path:
        """Folder for the stores that memories write."""
        return self._folder / "memories"

    def is_finished(self, arm: str) -> bool:
        """Whether the output of an arm is in place."""
        return self._mark(arm).exists()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder of this process for lm_eval to write an arm to; removed with what is left."""
        folder = self._folder / f"output-{os.getpid()}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def finish(self, arm: str, staging: Path) -> None:
        """Move what lm_eval wrote of an arm to its place, and note that it is finished."""
        written = [path for path in staging.rglob("*") if path.is_file()]
        # Results last: without them, samples are no run.
        for path in sorted(written, key=lambda path: path.name.startswith("results")):
            final = self.output / path.relative_to(staging)
            final.parent.mkdir(parents=True, exist_ok=True)
            path.replace(final)
        self._mark(arm).touch()

    def _mark(self, arm: str) -> Path:
        return self._folder / f"{quote(arm, safe='')}.finished"

    def end(self) -> None:
        """The command is finished: the next one begins anew."""
        shutil.rmtree(self._folder, ignore_errors=True)
