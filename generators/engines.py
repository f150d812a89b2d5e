"""Runs a pipeline's tasks on an engine of datatrove: here, on a Slurm cluster, or with Ray.

    Engine("local", tasks=8, workers=2).run([step], Path("logs"))

datatrove keeps a marker of each task that is finished in `logs/completions`, and a log of each in
`logs/logs`. The same call goes on with what is missing. It comes with the extra `scale`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import signal
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generators.console import shortened
from generators.datasets.source import json_object
from generators.errors import ConfigError

ENGINES = {
    "local": "datatrove.executor.local:LocalPipelineExecutor",
    "slurm": "datatrove.executor.slurm:SlurmPipelineExecutor",
    "ray": "datatrove.executor.ray:RayPipelineExecutor",
}
_OPTION = "--executor"


@dataclass(frozen=True)
class Engine:
    """Where tasks run, and how many.

    Attributes:
        name: One of `ENGINES`.
        tasks: Number of tasks.
        workers: Most tasks at a time; -1 for all.
        arguments: More arguments of datatrove's executor, by name.
    """

    name: str
    tasks: int = 1
    workers: int = -1
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether `run` returns when all is done, and not when the jobs are queued."""
        return self.name != "slurm"

    def check(self) -> None:
        """See that the engine is there, before any work is done.

        Raises:
            ConfigError: It is not, or its arguments cannot be used.
        """
        if self.tasks < 1 or self.workers == 0 or self.workers < -1:
            raise ConfigError(
                f"--tasks {self.tasks} --workers {self.workers}: both have to be 1 or more"
            )
        try:
            self._class()
            if self.name == "ray":
                importlib.import_module("ray")
        except ImportError as error:
            raise ConfigError(
                f"{_OPTION} {self.name}: {(error.name or '').partition('.')[0]} is not installed "
                "→ pip install 'hei-nw-tasks[scale]'"
            ) from None
        if self.name == "slurm" and shutil.which("sbatch") is None:
            raise ConfigError(
                f"{_OPTION} slurm: there is no sbatch here → start it where jobs are submitted"
            )

    def run(
        self, steps: Sequence[Any], logs: Path, done: Collection[int], after: Any = None
    ) -> Any:
        """Run what is missing; on Slurm, queue it.

        Args:
            steps: Of datatrove.
            logs: Folder of markers and logs; all machines have to see it.
            done: Tasks that are finished if they have a marker. All others are run.
            after: What `run` gave for other tasks, which Slurm finishes first.

        Returns:
            The executor.

        Raises:
            ConfigError: The arguments are not those of the executor, or tasks failed.
            HeinwError: What a task on this machine has raised.
        """
        for rank in {*range(self.tasks)}.difference(done):
            # What was finished may have been taken away since, or be of other settings.
            logs.joinpath("completions", f"{rank:05d}").unlink(missing_ok=True)
        executor = self._made(list(steps), logs, after)
        if self.name == "ray":
            connect()
        executor.run()
        failed = executor.get_incomplete_ranks() if self.waits else []
        if failed:
            raise ConfigError(
                f"{logs}: {len(failed)} of {self.tasks} tasks failed "
                f"→ see logs/task_{failed[0]:05d}.log there; the same command goes on"
            )
        return executor

    def _class(self) -> Any:
        module, _, name = ENGINES[self.name].partition(":")
        return getattr(importlib.import_module(module), name)

    def _made(self, steps: list[Any], logs: Path, after: Any) -> Any:
        own: dict[str, Any] = {"tasks": self.tasks, "workers": self.workers}
        if self.name == "slurm":
            own |= {"job_name": f"heinw-{logs.name}"}
        if after is not None:
            own |= {"depends": after}
        try:
            return self._class()(pipeline=steps, logging_dir=str(logs), **{**own, **self.arguments})
        except TypeError as error:
            raise ConfigError(
                f"{_OPTION}-args {shortened(str(dict(self.arguments)))}: {error} "
                f"→ see the arguments of datatrove's {self._class().__name__}"
            ) from None


def connect(**options: Any) -> None:
    """Use the cluster of RAY_ADDRESS, or start one on this machine.

    Args:
        options: Of `ray.init`, for one that is started here.

    Raises:
        ConfigError: There is none, or it does not start.
    """
    import ray

    if ray.is_initialized():
        return
    address = os.environ.get("RAY_ADDRESS")
    here = {} if address else {"include_dashboard": False, **options}
    ended_by = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(log_to_driver=False, **here)
    except Exception as error:  # Ray's own are of several kinds, and some of none
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        what = f"RAY_ADDRESS={address}" if address else "Ray does not start here"
        raise ConfigError(
            f"{_OPTION} ray: {what} ({reason}) → see that a cluster runs, or use {_OPTION} local"
        ) from None
    finally:
        # Ray would end the process on its own, without the line that all our commands end with.
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and ended_by is not None:  # None: not set by Python, which cannot set it again
            signal.signal(signal.SIGTERM, ended_by)


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Give a command the options that `engine_of` reads."""
    group = parser.add_argument_group("several processes or machines (extra `scale`)")
    add = group.add_argument
    add("--executor", choices=ENGINES, help="run in tasks on this engine of datatrove")
    add("--tasks", type=int, default=1, metavar="N", help="number of tasks (default: 1)")
    add("--workers", type=int, default=-1, metavar="N", help="most tasks at a time (default: all)")
    text = 'more arguments of the executor: \'{"partition": "cpu", "time": "02:00:00"}\''
    add("--executor-args", type=json_object, default={}, metavar="JSON", help=text)


def engine_of(given: argparse.Namespace) -> Engine | None:
    """The engine that a command's options name; None for none.

    Raises:
        ConfigError: There are options of an engine, and none is named.
    """
    if given.executor is not None:
        return Engine(given.executor, given.tasks, given.workers, given.executor_args)
    if given.tasks != 1 or given.workers != -1 or given.executor_args:
        raise ConfigError(
            f"--tasks, --workers, --executor-args: are of an engine → add {_OPTION} "
            f"{', '.join(ENGINES)}"
        )
    return None
