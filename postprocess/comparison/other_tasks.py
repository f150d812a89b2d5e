"""What sleep did to tasks that are not ours, which runs of lm_eval asked beside ours.

After sleep each world has weights of its own, and they take turns answering the documents of
another task (`hei_nw_tasks.response.turn_of`). Documents that the same weights answered are no
independent draws, so weights are the clusters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from hei_nw_tasks.response import turn_of
from postprocess.comparison.arms import ComparedRun
from postprocess.comparison.pairing import RESAMPLES, named
from postprocess.errors import ReportError
from postprocess.pair.differing import Differing
from postprocess.pair.documents import Documents, Measure, read_documents
from postprocess.pair.groups import is_pooled, tasks_of
from postprocess.pair.matching import Matched, matched
from postprocess.reading.results import Found, date_of, is_ours, read_results
from postprocess.schema.index import OtherTask
from postprocess.statistics.paired import paired_difference


class OtherTasks:
    """Compares runs of mode B3 with the model alone in tasks that are not ours.

    Args:
        alone: The model alone (B0); None if it was not run.
        seed: Of bootstrap and permutation.
        margin: Within which a share is equivalent.
    """

    def __init__(self, alone: ComparedRun | None, seed: int, margin: float) -> None:
        self._alone, self._seed, self._margin = alone, seed, margin

    def after(self, run: ComparedRun | None) -> tuple[list[OtherTask], list[str]]:
        """What a run differs in, and what is not compared, or less comparable, and why.

        Args:
            run: In mode B3; None, or one that asked no other task, differs in nothing.
        """
        if run is None or run.recorded.slept_weights is None:
            return [], []
        documents, notes = _others(run)
        alone = "" if self._alone is None else self._alone.label
        matches: dict[str, Matched] = {}
        differing = Differing(clustered=True)
        for task, own in sorted(documents.items()):
            if task not in self._before:
                notes.append(f"{task}: the model alone (B0) was not asked, or its samples are gone")
                continue
            theirs = self._before[task]
            match = matched(own, theirs)
            differing.incomplete(task, run.label, own)
            differing.incomplete(task, alone, theirs)
            reason = differing.between(task, run.label, alone, match)
            if reason is not None:
                notes.append(f"{task}: {reason}")
                continue
            for measure, why in (own.skipped | theirs.skipped).items():
                notes.append(f"{task} {measure}: {why}")
            matches[task] = match
        found = []
        for name, tasks in self._named(documents, matches).items():
            parts = [matches[task] for task in tasks]
            for measure in parts[0].a.scores:
                shared = [one for one in parts if measure in one.b.scores and one.scored(measure)]
                if len(shared) == len(tasks) and self._is_one(name, parts, measure):
                    found.append(self._compared(name, run, alone, parts, measure))
        return found, [*notes, *differing.warnings()]

    @cached_property
    def _before(self) -> Mapping[str, Documents]:
        return {} if self._alone is None else _others(self._alone)[0]

    @staticmethod
    def _named(
        documents: Mapping[str, Documents], matches: Mapping[str, object]
    ) -> dict[str, list[str]]:
        """Groups whose tasks are all compared, and the tasks that are in none of them."""
        groups = next((d.run.results.groups for d in documents.values()), {})
        whole = {
            group: tasks
            for group in groups
            if (tasks := tasks_of(group, groups)) and all(task in matches for task in tasks)
        }
        inside = {task for tasks in whole.values() for task in tasks}
        return whole | {task: [task] for task in matches if task not in inside}

    @staticmethod
    def _is_one(name: str, parts: Sequence[Matched], measure: Measure) -> bool:
        """Whether lm_eval's score of a group is the mean over the documents of its tasks."""
        if len(parts) == 1 and parts[0].a.run.task == name:
            return True
        return is_pooled(name, [part.a for part in parts], measure)

    def _compared(
        self,
        name: str,
        run: ComparedRun,
        alone: str,
        parts: Sequence[Matched],
        measure: Measure,
    ) -> OtherTask:
        weights = run.recorded.slept_weights or 1
        a, b, turns = list[float](), list[float](), list[str]()
        for part in parts:
            pairs = part.scored(measure)
            a += [part.a.scores[measure][i] for i, _ in pairs]
            b += [part.b.scores[measure][j] for _, j in pairs]
            turns += [str(turn_of(part.a.documents[i].doc_hash, weights)) for i, _ in pairs]
        bounded = all(0 <= value <= 1 for value in (*a, *b))
        result = paired_difference(
            a,
            b,
            turns,
            seed=self._seed,
            resamples=RESAMPLES,
            margin=self._margin if bounded else None,
            bounded=bounded,
        )
        asked = sum(len(side.scores[measure]) for part in parts for side in (part.a, part.b))
        return OtherTask(
            task=name,
            metric=str(measure),
            is_share=bounded,
            effect=named(result, run.label, alone, measure.metric, asked - 2 * len(a)),
        )


def _others(run: ComparedRun) -> tuple[dict[str, Documents], list[str]]:
    """The tasks of a run that are not ours, and why others cannot be read."""
    found = Found(lambda task: not is_ours(task))
    read_results(run.results, date_of(run.results) or "", found)
    documents, notes = dict[str, Documents](), [str(error) for error in found.left_out]
    for one in found.runs:
        if not one.samples_path.exists():
            notes.append(f"{one.task}: no samples of {run.label} → run again with --log_samples")
            continue
        try:
            documents[one.task] = read_documents(one)
        except ReportError as error:  # the rest of the report can be trusted
            notes.append(str(error))
    return documents, notes
