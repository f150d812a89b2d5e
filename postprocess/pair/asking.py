"""Which tasks and metrics are compared, of those that the sides have."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from postprocess.errors import ReportError
from postprocess.pair.documents import Measure
from postprocess.pair.groups import tasks_of
from postprocess.pair.sides import Side


@dataclass(frozen=True)
class Asked:
    """What is compared.

    Attributes:
        tasks: Names of tasks.
        groups: Groups all of whose tasks are among them, with what each consists of.
        metrics: Metrics, or "METRIC,FILTER"; empty for all.
        left_out: Tasks that one side alone has, and why they are left out.
        path: What to name where a metric is not found.
    """

    tasks: list[str]
    groups: dict[str, list[str]]
    metrics: Sequence[str]
    left_out: list[tuple[str, str]]
    path: Path

    def wants(self, measure: Measure) -> bool:
        """Whether a metric is to be compared."""
        return not self.metrics or bool({measure.metric, str(measure)} & {*self.metrics})

    def require_known(self, known: Set[Measure]) -> None:
        """Refuses metrics that no task has.

        Raises:
            ReportError: Naming those that there are.
        """
        names = {name for measure in known for name in (measure.metric, str(measure))}
        for metric in self.metrics:
            if metric not in names:
                have = ", ".join(sorted(map(str, known))) or "none"
                raise ReportError(self.path, f"no metric {metric!r}", f"name one of {have}")


def asked_of(sides: Sequence[Side], tasks: Sequence[str], metrics: Sequence[str]) -> Asked:
    """What a command asks for.

    Args:
        sides: The sides.
        tasks: Names of tasks and groups; empty for all that two sides have.
        metrics: Names of metrics; empty for all.

    Raises:
        ReportError: A task is not there, or no two sides have one in common.
    """
    having: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    for side in sides:
        groups |= side.groups
        for task in side.runs:
            having.setdefault(task, []).append(side.label)
    shared = [task for task, labels in having.items() if len(labels) > 1]
    last = sides[-1].path
    if not shared:
        each = "; ".join(f"{side.label} has {', '.join(side.runs)}" for side in sides)
        raise ReportError(last, f"no task in common ({each})", "name runs of the same tasks")
    chosen = list(dict.fromkeys(task for name in tasks for task in tasks_of(name, groups)))
    for task in chosen:
        if task not in shared:
            only = f"only {having[task][0]} has it" if task in having else "no run has it"
            some = ", ".join([*shared, *groups][:20])
            raise ReportError(last, f"no task {task!r} to compare: {only}", f"name one of {some}")
    compared = chosen or shared
    whole = {
        name: parts for name, parts in groups.items() if {*tasks_of(name, groups)} <= {*compared}
    }
    left_out = [
        (task, f"only {labels[0]} has it")
        for task, labels in having.items()
        if len(labels) == 1 and not chosen
    ]
    return Asked(compared, whole, metrics, left_out, last)
