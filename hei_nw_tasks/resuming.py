"""Lets a command of several arms go on where it was stopped.

The output folder of lm_eval has, until the command is finished, a folder for it:

    .unfinished-9f2c41d07be35a18/    named by all that the results depend on
        rag.finished/                this arm is finished; empty once its output is in place
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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generators.errors import ConfigError
from generators.staging import one_line


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
        """Whether an arm is finished; a process that was killed may have left it out of place."""
        return self._finished(arm).exists()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder of this process for lm_eval to write an arm to; removed with what is left.

        Raises:
            ConfigError: It cannot be made. All methods raise it.
        """
        folder = self._folder / f"output-{os.getpid()}"
        with one_line(self.output):
            # In a container, each run may have the same number as the one that was killed.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def finish(self, arm: str, staging: Path, samples: Mapping[str, int]) -> None:
        """Note that an arm is finished, and move what lm_eval wrote of it to its place.

        Args:
            arm: Its name.
            staging: Holds its output.
            samples: Number of samples by task.

        Raises:
            ConfigError: Also where some of it is missing: if lm_eval cannot write, it only warns.
        """
        if not _is_whole(staging, samples):
            raise ConfigError(
                f"{self.output}: lm_eval could not save the arm {arm}, see its warning above "
                "→ free space"
            )
        with one_line(self.output):
            # One rename, so that a process that is killed leaves all of it or nothing.
            staging.rename(self._finished(arm))
        self.put_in_place(arm)

    def put_in_place(self, arm: str) -> None:
        """Move what is not in its place yet of the output of a finished arm."""
        finished = self._finished(arm)
        # Results last: without them, samples are no run.
        left = sorted(finished.rglob("*.json*"), key=lambda path: path.name.startswith("results"))
        with one_line(self.output):
            for path in left:
                final = self.output / path.relative_to(finished)
                final.parent.mkdir(parents=True, exist_ok=True)
                path.replace(final)

    def end(self) -> None:
        """The command is finished: the next one begins anew."""
        ended = self.output / f".ended-{os.getpid()}"
        for old in self.output.glob(".ended-*"):
            shutil.rmtree(old, ignore_errors=True)
        with one_line(self.output), suppress(FileNotFoundError):  # a twin has ended it
            self._folder.rename(ended)  # at once: half of it would be another state
        shutil.rmtree(ended, ignore_errors=True)

    def _finished(self, arm: str) -> Path:
        return self._folder / f"{quote(arm, safe='')}.finished"


def _is_whole(output: Path, samples: Mapping[str, int]) -> bool:
    """Whether lm_eval has saved a run and all of its samples."""
    try:
        (results,) = output.rglob("results_*.json")
        json.loads(results.read_bytes())
        date = results.stem.removeprefix("results_")
        for task, number in samples.items():
            (saved,) = output.rglob(f"samples_{task}_{date}.jsonl")
            with saved.open("rb") as lines:
                if sum(line.endswith(b"\n") for line in lines) != number:
                    return False
    except (OSError, ValueError):
        return False
    return True
