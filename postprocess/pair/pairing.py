"""From the runs that a command names to the file on how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from postprocess.comparison.compare import SEED
from postprocess.comparison.pairing import RESAMPLES, pairs
from postprocess.errors import ReportError
from postprocess.pair.asking import Asked, asked_of
from postprocess.pair.comparing import Found, compared, comparison, scores_of
from postprocess.pair.differing import Differing
from postprocess.pair.documents import Documents, Measure, read_documents
from postprocess.pair.flips import flips
from postprocess.pair.groups import is_pooled, tasks_of
from postprocess.pair.matching import Matched, matched
from postprocess.pair.sides import Side, sides_of
from postprocess.reading.results import is_ours
from postprocess.schema.pair import NotCompared, Pairing, SideOfPair
from postprocess.statistics.multiple import holm

OUR_CLUSTER = "world_id"


@dataclass(frozen=True)
class PairOptions:
    """What is compared.

    Attributes:
        paths: Folders, results files or samples files of the sides, at least two.
        outdir: Folder for the files; made if it is not there.
        tasks: Names of tasks or groups; empty for all that two sides have.
        metrics: Metrics, or "METRIC,FILTER"; empty for all that are one number of a document.
        cluster: Field of the documents that says which are no independent draws.
    """

    paths: Sequence[Path]
    outdir: Path
    tasks: Sequence[str] = ()
    metrics: Sequence[str] = ()
    cluster: str | None = None


def pair(options: PairOptions) -> Pairing:
    """Compares every two sides in every metric of every task.

    Raises:
        ReportError: A side cannot be read or does not hold what is asked for, or nothing can be
            compared.
    """
    sides = sides_of(options.paths)
    return _Pairer(sides, asked_of(sides, options.tasks, options.metrics), options).pairing()


class _Pairer:
    """What has been compared so far."""

    def __init__(self, sides: Sequence[Side], asked: Asked, options: PairOptions) -> None:
        self._sides, self._asked, self._options = sides, asked, options
        self._found: list[Found] = []
        self._matches: dict[tuple[str, str, str], Matched] = {}
        self._not_compared = [
            NotCompared(task=task, measure=None, reason=reason) for task, reason in asked.left_out
        ]
        self._differing = Differing()
        self._known: set[Measure] = set()

    def pairing(self) -> Pairing:
        """All of it, adjusted for the number of comparisons."""
        for task in self._asked.tasks:
            self._task(task)
        for group in self._asked.groups:
            self._group(group, tasks_of(group, self._asked.groups))
        self._asked.require_known(self._known)
        if not self._found:
            raise self._nothing()
        p_holm = holm([one.result.t_p for one in self._found])
        return Pairing(
            cluster=self._options.cluster,
            seed=SEED,
            resamples=RESAMPLES,
            tests=sum(p is not None for p in p_holm),
            sides=[_side(side) for side in self._sides],
            comparisons=[comparison(one, p) for one, p in zip(self._found, p_holm, strict=True)],
            warnings=self._differing.warnings(),
            not_compared=self._not_compared,
        )

    def _task(self, task: str) -> None:
        cluster = self._options.cluster or (OUR_CLUSTER if is_ours(task) else None)
        read = {
            side.label: read_documents(side.runs[task], cluster)
            for side in self._sides
            if task in side.runs
        }
        for label, documents in read.items():
            self._differing.incomplete(task, label, documents)
            self._differing.shared(task, documents)
            self._known |= {*documents.scores, *documents.skipped}
        self._skipped(task, list(read.values()))
        for first, second in pairs(list(read)):
            match = matched(read[second], read[first])
            reason = self._differing.between(task, second, first, match)
            if reason is not None:
                between = f"{second} and {first}: {reason}"
                self._leave_out(task, None, between)
                continue
            self._matches[task, second, first] = match
            for measure in match.a.scores:
                if measure in match.b.scores and self._asked.wants(measure):
                    self._measure(task, [], [match], measure, second, first)

    def _measure(
        self,
        task: str,
        pooled: list[str],
        matches: Sequence[Matched],
        measure: Measure,
        a: str,
        b: str,
    ) -> None:
        scores = scores_of(matches, measure)
        if not scores.a:
            self._leave_out(task, measure, f"no document has it in {a} as well as in {b}")
            return
        directions = matches[0].a.run.results.higher_is_better
        better = directions.get(matches[0].a.run.task, {}).get(measure.metric)
        self._found.append(
            Found(
                task=task,
                pooled=pooled,
                measure=measure,
                lower_is_better=None if better is None else not better,
                a=a,
                b=b,
                complete=all(match.a.complete and match.b.complete for match in matches),
                scores=scores,
                result=compared(scores),
                flips=[] if pooled else flips(matches[0], measure),
            )
        )

    def _group(self, group: str, parts: list[str]) -> None:
        for first, second in pairs([side.label for side in self._sides]):
            matches = [self._matches.get((part, second, first)) for part in parts]
            whole = [match for match in matches if match is not None]
            if len(whole) < len(matches) or len(whole) < 2:
                continue
            for measure in whole[0].a.scores:
                if not self._asked.wants(measure):
                    continue
                of_a, of_b = [match.a for match in whole], [match.b for match in whole]
                if is_pooled(group, of_a, measure) and is_pooled(group, of_b, measure):
                    self._measure(group, parts, whole, measure, second, first)
                elif _has_score(group, whole, measure):
                    reason = "is not the mean over the documents of its tasks, which are compared"
                    self._leave_out(group, measure, f"lm_eval's score of the group {reason}")

    def _skipped(self, task: str, read: Sequence[Documents]) -> None:
        """Lists the metrics that cannot be compared."""
        for measure in dict.fromkeys(one for documents in read for one in documents.skipped):
            if self._asked.wants(measure):
                reason = next(d.skipped[measure] for d in read if measure in d.skipped)
                self._leave_out(task, measure, reason)
        every = dict.fromkeys(m for documents in read for m in documents.scores)
        for measure in every:
            having = [documents for documents in read if measure in documents.scores]
            if self._asked.wants(measure) and len(having) == 1:
                self._leave_out(task, measure, f"{having[0].path.name} alone has it")

    def _nothing(self) -> ReportError:
        """Why nothing was compared."""
        first = self._not_compared[0]
        where = f"{first.task} {first.measure}" if first.measure else first.task
        what = f"nothing to compare ({where}: {first.reason})"
        return ReportError(self._sides[-1].path, what, "name other runs, or another --metric")

    def _leave_out(self, task: str, measure: Measure | None, reason: str) -> None:
        shown = None if measure is None else str(measure)
        one = NotCompared(task=task, measure=shown, reason=reason)
        if one not in self._not_compared:
            self._not_compared.append(one)


def _has_score(group: str, matches: Sequence[Matched], measure: Measure) -> bool:
    return str(measure) in matches[0].a.run.results.results.get(group, {})


def _side(side: Side) -> SideOfPair:
    return SideOfPair(
        label=side.label,
        path=str(side.path),
        model=side.model,
        results={task: str(run.path) for task, run in side.runs.items()},
        superseded=[str(path) for path in side.superseded],
    )
