"""From a scored run to everything its report says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from hei_nw_tasks.metrics import Outcome
from postprocess.reading.rescore import ScoredAnswer
from postprocess.reading.runs import Run
from postprocess.schema import run as schema
from postprocess.summary import measured, strata
from postprocess.summary.provenance import provenance
from postprocess.summary.verdict import verdict

DEFAULT_LAG_BINS = (0.0, 1.0, 3.0, 7.0, 30.0)


def summarize(run: Run, root: Path, lag_bins: Sequence[float] | None) -> schema.Metrics:
    """The numbers of one run.

    Args:
        run: The run.
        root: The folder that was searched; paths are given relative to it.
        lag_bins: Edges of the lag bins, in days; None for those the dataset was made with.
    """
    arm, counts, aggregate = run.found.results.config.heinw, _counts(run), strata.scores(run.scored)
    bins = strata.lag_bins(run.scored, lag_bins or run.manifest.config.lag_bins or DEFAULT_LAG_BINS)
    return schema.Metrics.model_validate(
        {
            "run_date": run.found.date,
            "task": run.found.task,
            "scenario": run.found.scenario,
            "mode": arm.mode,
            "baseline": arm.baseline,
            "verdict": verdict(arm, counts, aggregate),
            "warnings": _warnings(run, counts, bins),
            "counts": counts,
            "aggregate": aggregate,
            "own": strata.own_metrics(run.scored),
            "hot_patch": strata.hot_patch(run.scored),
            "recall_at_k": measured.recall_at_k(run.scored),
            "lag_bins": bins,
            "without_lag": sum(one.answer.question.lag is None for one in run.scored),
            "by_query_kind": strata.by_query_kind(run.scored),
            "by_cue_type": strata.by_cue_type(run.scored),
            "by_given_slots": strata.by_given_slots(run.scored),
            "outcomes_answerable": _outcomes(run.scored, answerable=True),
            "outcomes_unanswerable": _outcomes(run.scored, answerable=False),
            "hard_negatives": _hard_negatives(run),
            "compute": measured.compute(run.scored),
            "latency": measured.latency(run.scored),
            "provenance": provenance(run, root),
            "items": [_item(one) for one in run.scored],
        }
    )


def _counts(run: Run) -> schema.Counts:
    questions = [one.answer.question for one in run.scored]
    answerable = sum(question.answerable for question in questions)
    return schema.Counts(
        questions=len(questions),
        answerable=answerable,
        unanswerable=len(questions) - answerable,
        worlds=len({question.world_id for question in questions}),
        questions_in_dataset=run.found.results.n_samples[run.found.task].original,
        questions_expected=run.samples.questions_expected,
        rows=run.samples.rows,
        rows_expected=run.samples.rows_expected,
        complete=run.samples.complete,
        overflowed=run.overflowed,
    )


def _warnings(run: Run, counts: schema.Counts, bins: Sequence[schema.LagBin]) -> list[str]:
    found: list[str] = []
    if not counts.complete:
        found.append(
            f"INCOMPLETE: the samples file ends after {counts.rows} of {counts.rows_expected} rows"
            f" ({counts.questions} of {counts.questions_expected} questions). Rows were checked"
            " against lm_eval's, its means could not be."
        )
    if counts.questions_expected < counts.questions_in_dataset:
        found.append(
            f"Only {counts.questions_expected} of the dataset's {counts.questions_in_dataset}"
            " questions were asked (--limit or --samples)."
        )
    if counts.overflowed:
        found.append(
            f"{counts.overflowed} of {counts.questions + counts.overflowed} questions did not fit"
            " the model's context with their memory. They were not asked and count for nothing"
            " below."
        )
    if run.manifest.rows_sha256 is None:
        found.append("The run records no dataset manifest: where its questions come from is open.")
    if bins[-1].low is None:
        found.append(f"The lags of {bins[-1].questions} questions lie outside the lag bins.")
    if run.superseded:
        found.append(
            f"The newest of {len(run.superseded) + 1} runs of the same configuration; the others"
            " are listed under provenance."
        )
    return found


def _outcomes(scored: Sequence[ScoredAnswer], *, answerable: bool) -> dict[str, int]:
    counted = Counter(one.outcome for one in scored if one.answer.question.answerable == answerable)
    return {outcome: counted[outcome] for outcome in get_args(Outcome)}


def _hard_negatives(run: Run) -> schema.HardNegatives:
    having = [one for one in run.scored if one.answer.question.distractor_answers]
    lacking = [one for one in run.scored if not one.answer.question.distractor_answers]
    return schema.HardNegatives(
        hard_negative=run.manifest.config.hard_negative,
        confounders_ratio=run.manifest.config.confounders_ratio,
        questions_with=len(having),
        questions_without=len(lacking),
        distractor_error=strata.estimate(
            [float(one.outcome == "distractor") for one in having],
            [one.answer.question.world_id for one in having],
        ),
        exact_match_with=strata.metric(having, "exact_match"),
        exact_match_without=strata.metric(lacking, "exact_match"),
    )


def _item(one: ScoredAnswer) -> schema.Item:
    question = one.answer.question
    return schema.Item(
        id=question.id,
        doc_id=one.answer.doc_id,
        world_id=question.world_id,
        query=question.query,
        query_kind=question.query_kind,
        cue_type=question.cue_type,
        given_slots=question.given_slots,
        answerable=question.answerable,
        answers=question.answers,
        lag=question.lag,
        response=one.answer.response,
        outcome=one.outcome,
        scores=dict(one.scores),
    )
