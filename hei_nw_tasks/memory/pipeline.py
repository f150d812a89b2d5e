"""The writing of stores as a pipeline of datatrove (extra `scale`).

from datatrove.executor import LocalPipelineExecutor
from hei_nw_tasks.memory.pipeline import WriteStores
from hei_nw_tasks.memory.writing import Work

work = Work("A", {"n": 640}, {"memory": "episodic", "memory_folder": "stores"})
LocalPipelineExecutor([WriteStores(work)], tasks=8, workers=2).run()
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from datatrove.pipeline.base import PipelineStep

from generators.engines import Engine
from hei_nw_tasks.memory.writing import Work


class WriteStores(PipelineStep):  # type: ignore[misc]  # datatrove carries no types
    """Writes every W-th store, from that of the task's rank on."""

    name, type = "write stores", "HEI-NW"

    def __init__(self, work: Work) -> None:
        super().__init__()
        # Tasks on other machines may begin in another folder.
        folder = {"memory_folder": str(work.folder.absolute())}
        self.work = replace(work, arguments={**work.arguments, **folder})

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        """Write this task's stores, unless they are kept already."""
        with self.track_time("task"):
            stores = self.work.write(rank, world_size)
        self.stat_update("stores", value=stores, unit="task")
        return data


def write_on(work: Work, engine: Engine) -> None:
    """Write stores on an engine; on Slurm, queue the work.

    Raises:
        HeinwError: The work cannot be done, tasks failed, or the memory misbehaves.
    """
    done = work.kept(engine.tasks)  # makes the folder before there is anything else in it
    logs = work.folder / f"heinw_{work.letter}.tasks"
    engine.run([WriteStores(work)], logs, done)
    if engine.waits:
        shutil.rmtree(logs)
