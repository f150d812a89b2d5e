"""What sleep did to tasks that are not ours, which runs of lm_eval asked beside ours.

After sleep each world has weights of its own, and they answer the documents of another task in
turns: document i with those of world i % slept_weights. Documents of the same weights are no
independent draws, so weights are the clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from postprocess.comparison.arms import ComparedRun
from postprocess.comparison.pairing import RESAMPLES, named
from postprocess.pair.documents import Documents, Measure, read_documents
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

    def after(self, run: ComparedRun | None) -> list[OtherTask]:
        """What a run differs in; nothing if it is None, or asked no other task.

        Raises:
            ReportError: Samples cannot be read, or contradict their results file.
        """
        if run is None or self._alone is None or run.recorded.slept_weights is None:
            return []
        found = []
        for task, documents in sorted(_others(run.results).items()):
            if task in self._before:
                match = matched(documents, self._before[task])
                shared = [m for m in match.a.scores if m in match.b.scores and match.scored(m)]
                found += [self._compared(run, self._alone, match, one) for one in shared]
        return found

    @cached_property
    def _before(self) -> Mapping[str, Documents]:
        return {} if self._alone is None else _others(self._alone.results)

    def _compared(
        self, run: ComparedRun, alone: ComparedRun, match: Matched, measure: Measure
    ) -> OtherTask:
        pairs, weights = match.scored(measure), run.recorded.slept_weights or 1
        of_a, of_b = match.a.scores[measure], match.b.scores[measure]
        a, b = [of_a[i] for i, _ in pairs], [of_b[j] for _, j in pairs]
        bounded = all(0 <= value <= 1 for value in (*a, *b))
        result = paired_difference(
            a,
            b,
            [str(i % weights) for i, _ in pairs],
            seed=self._seed,
            resamples=RESAMPLES,
            margin=self._margin if bounded else None,
            bounded=bounded,
        )
        unpaired = len(of_a) + len(of_b) - 2 * len(pairs)
        return OtherTask(
            task=match.a.run.task,
            metric=str(measure),
            is_share=bounded,
            effect=named(result, run.label, alone.label, measure.metric, unpaired),
        )


def _others(results: Path) -> dict[str, Documents]:
    """The tasks of a results file that are not ours and whose samples were saved."""
    found = Found(lambda task: not is_ours(task))
    read_results(results, date_of(results) or "", found)
    return {run.task: read_documents(run) for run in found.runs if run.samples_path.exists()}
