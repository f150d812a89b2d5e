"""Scores the saved responses again and holds the result against lm_eval's.

A report never repeats a number that it did not compute: what is shown comes from `score_again`, and
`score_again` refuses where lm_eval, at the time of the run, found something else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hei_nw_tasks import metrics
from postprocess.errors import ReportError
from postprocess.reading.results import FoundRun
from postprocess.reading.samples import ALL, Answer, Samples

TOLERANCE = 1e-9  # sums of a few thousand numbers in [0, 1], in another order
_OVERFLOW = "overflow"
_ADVICE = "the file was changed or scored by another version of hei_nw_tasks: run again"


@dataclass(frozen=True)
class ScoredAnswer:
    """A response with its metrics and its kind of right or wrong.

    Attributes:
        answer: Question and response.
        scores: `hei_nw_tasks.metrics.score`.
        outcome: `hei_nw_tasks.metrics.outcome`.
        measured: What else the run recorded of it: tokens, operations, recall, by name.
    """

    answer: Answer
    scores: Mapping[str, float]
    outcome: metrics.Outcome
    measured: Mapping[str, float]


def score_again(run: FoundRun, samples: Samples) -> list[ScoredAnswer]:
    """The answers with their scores, in the order of the dataset; without those that overflowed.

    Raises:
        ReportError: A row's metric, or one of lm_eval's means, is not what the response scores. The
            means of an incomplete run cannot be compared; its rows are.
    """
    scored = [
        ScoredAnswer(
            answer,
            metrics.score(answer.doc, answer.response),
            metrics.outcome(answer.doc, answer.response),
            samples.values[ALL][answer.doc_id],
        )
        for answer in samples.answers
        if not _overflowed(samples, answer)
    ]
    by_document = {one.answer.doc_id: one for one in scored}
    for filter_name in samples.values:
        _compare_rows(samples, filter_name, by_document)
        if samples.complete:
            _compare_means(run, samples, filter_name, by_document)
    if samples.complete:
        _compare_counts(run, samples)
    return scored


def _overflowed(samples: Samples, answer: Answer) -> bool:
    """Whether the question was never asked, because its prompt did not fit the model.

    Raises:
        ReportError: It is marked so and yet has a response or a score.
    """
    recorded = samples.values[ALL][answer.doc_id]
    if recorded.get(_OVERFLOW) != 1.0:
        return False
    if answer.response or set(recorded) != {_OVERFLOW}:
        what = "is marked as overflow, and yet has a response or a score"
        raise ReportError(samples.path, what, _ADVICE, answer.line)
    return True


def _compare_rows(
    samples: Samples, filter_name: str, by_document: Mapping[int, ScoredAnswer]
) -> None:
    for doc_id, recorded in samples.values[filter_name].items():
        if not recorded and filter_name != ALL:
            continue  # the filter left this document out
        ours = by_document.get(doc_id)
        if ours is None and recorded.get(_OVERFLOW) == 1.0 and filter_name == ALL:
            continue
        if ours is None:
            what = f"document {doc_id} has filter {filter_name!r} and no filter {ALL!r}"
            raise ReportError(samples.path, what, _ADVICE)
        for metric, value in ours.scores.items():
            if not _same(recorded.get(metric), value):
                what = (
                    f"{metric} of filter {filter_name!r} is {recorded.get(metric)} as saved"
                    f" and {value} scored again"
                )
                line = ours.answer.line if filter_name == ALL else None
                raise ReportError(samples.path, what, _ADVICE, line)


def _compare_means(
    run: FoundRun, samples: Samples, filter_name: str, by_document: Mapping[int, ScoredAnswer]
) -> None:
    values: dict[str, list[float]] = {}
    for doc_id, recorded in samples.values[filter_name].items():
        ours_of_it = by_document.get(doc_id)
        for metric, value in ours_of_it.scores.items() if recorded and ours_of_it else ():
            values.setdefault(metric, []).append(value)
    for metric, ours in values.items():
        mean, theirs = math.fsum(ours) / len(ours), run.results.mean(run.task, metric, filter_name)
        if not _same(theirs, mean):
            what = (
                f"lm_eval's {metric},{filter_name} is {theirs}, the samples' mean is {mean}"
                f" (n={len(ours)})"
            )
            raise ReportError(run.path, what, _ADVICE)


def _compare_counts(run: FoundRun, samples: Samples) -> None:
    """lm_eval's "effective" is the most documents that any one metric was computed on."""
    counts = Counter(
        (metric, filter_name)
        for filter_name, by_document in samples.values.items()
        for recorded in by_document.values()
        for metric in recorded
    )
    ours, theirs = max(counts.values()), run.results.n_samples[run.task].effective
    if ours != theirs:
        what = f"n-samples says {theirs} documents were scored, the samples have {ours}"
        raise ReportError(run.path, what, _ADVICE)


def _same(theirs: float | None, ours: float) -> bool:
    return theirs is not None and math.isclose(theirs, ours, rel_tol=0, abs_tol=TOLERANCE)
