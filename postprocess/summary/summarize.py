"""From a scored run to everything its report says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from hei_nw_tasks.scoring.naming import Outcome
from postprocess.reading.answers import ScoredAnswer
from postprocess.reading.runs import Run
from postprocess.schema.run import Counts, ErrorKind, Item, Summary
from postprocess.schema.scenario import Gate, HardNegatives
from postprocess.statistics.gate import gate
from postprocess.statistics.intervals import mean_interval
from postprocess.summary import measured, strata, stress
from postprocess.summary.economics import economics
from postprocess.summary.provenance import provenance
from postprocess.summary.retrieval import retrieval
from postprocess.summary.verdict import verdict
from postprocess.summary.warnings import warnings_of

DEFAULT_LAG_BINS = (0.0, 1.0, 3.0, 7.0, 30.0)
EXAMPLES_PER_OUTCOME = 3


def summarize(run: Run, root: Path, lag_bins: Sequence[float] | None) -> Summary:
    """The numbers of one run.

    Args:
        run: The run.
        root: The folder that was searched; paths are given relative to it.
        lag_bins: Edges of the lag bins, in days; None for those the dataset was made with.
    """
    arm, counts, aggregate = run.found.results.config.heinw, _counts(run), strata.scores(run.scored)
    bins = strata.lag_bins(run.scored, lag_bins or run.manifest.config.lag_bins or DEFAULT_LAG_BINS)
    version = run.found.results.versions.get(run.found.task)
    return Summary.model_validate(
        {
            "run_id": run_id(run),
            "run_date": run.found.date,
            "task": run.found.task,
            "task_version": None if version is None else str(version),
            "scenario": run.found.scenario,
            "mode": arm.mode,
            "baseline": arm.baseline,
            "arm": arm.name,
            "verdict": verdict(arm, counts, aggregate),
            "warnings": warnings_of(run, counts, bins),
            "counts": counts,
            "aggregate": aggregate,
            "gate": _gate(run.scored) if arm.baseline == "none" else None,
            "own": strata.own_metrics(run.scored),
            "hot_patch": strata.hot_patch(run.scored),
            "interference": stress.interference(run.scored) if run.found.scenario == "D" else None,
            "depth_length": stress.depth_length(run.scored) if run.found.scenario == "E" else [],
            "recall_at_k": measured.recall_at_k(run.scored),
            "retrieval": retrieval(run.scored),
            "lag_bins": bins,
            "without_lag": sum(one.asked.lag is None for one in run.scored),
            "by_query_kind": strata.by_query_kind(run.scored),
            "by_cue_type": strata.by_cue_type(run.scored),
            "by_given_slots": strata.by_given_slots(run.scored),
            "outcomes_answerable": _outcomes(run.scored, answerable=True),
            "outcomes_unanswerable": _outcomes(run.scored, answerable=False),
            "errors": _errors(run.scored),
            "hard_negatives": _hard_negatives(run),
            "compute": measured.compute(run),
            "latency": measured.latency(run.scored),
            "sharing": measured.sharing(run),
            "economics": economics(run.scored),
            "provenance": provenance(run, root),
        }
    )


def run_id(run: Run) -> str:
    """Begins the names of a run's files: 2026-11-23T01-09-58.018627_A_B0_rag."""
    arm = run.found.results.config.heinw
    baseline = "" if arm.baseline == "none" else f"_{arm.baseline}"
    return f"{run.found.date}_{run.found.scenario}_{arm.mode}{baseline}"


def items(run: Run) -> Iterator[Item]:
    """Every question that was asked, in the order of the dataset."""
    return map(_item, run.scored)


def _counts(run: Run) -> Counts:
    questions = [one.asked for one in run.scored]
    answerable = sum(question.answerable for question in questions)
    return Counts(
        questions=len(questions),
        answerable=answerable,
        unanswerable=len(questions) - answerable,
        worlds=len({question.world_id for question in questions}),
        questions_in_dataset=run.found.results.n_samples[run.found.task].original,
        questions_expected=run.samples.questions_expected,
        rows=run.samples.rows,
        rows_expected=run.samples.rows_expected,
        complete=run.samples.complete,
        overflowed=len(run.samples.overflowed),
        overflowed_answerable=sum(question.answerable for question in run.samples.overflowed),
    )


def _gate(scored: Sequence[ScoredAnswer]) -> Gate:
    values, worlds = strata.values_of(scored, "exact_match")
    mean = math.fsum(values) / len(values) if values else None
    found = gate(mean, mean_interval(values, worlds))
    return Gate(threshold=found.threshold, by_interval=found.verdict, by_point=found.point_rule)


def _outcomes(scored: Sequence[ScoredAnswer], *, answerable: bool) -> dict[str, int]:
    counted = Counter(one.outcome for one in scored if one.asked.answerable == answerable)
    return {outcome: counted[outcome] for outcome in get_args(Outcome)}


def _errors(scored: Sequence[ScoredAnswer]) -> list[ErrorKind]:
    kinds: dict[str, list[ScoredAnswer]] = {kind: [] for kind in get_args(Outcome)}
    for one in scored:
        kinds[one.outcome].append(one)
    return [
        ErrorKind(
            outcome=members[0].outcome,
            count=len(members),
            examples=[_item(one) for one in members[:EXAMPLES_PER_OUTCOME]],
        )
        for kind, members in kinds.items()
        if members and kind != "correct"
    ]


def _hard_negatives(run: Run) -> HardNegatives:
    having = [one for one in run.scored if one.asked.hard_negatives]
    lacking = [one for one in run.scored if not one.asked.hard_negatives]
    return HardNegatives(
        hard_negative=run.manifest.config.hard_negative,
        confounders_ratio=run.manifest.config.confounders_ratio,
        questions_with=len(having),
        questions_without=len(lacking),
        distractor_error=strata.estimate(
            [float(one.outcome == "distractor") for one in having],
            [one.asked.world_id for one in having],
        ),
        exact_match_with=strata.metric(having, "exact_match"),
        exact_match_without=strata.metric(lacking, "exact_match"),
    )


def _item(one: ScoredAnswer) -> Item:
    return Item(
        id=one.asked.id,
        doc_id=one.doc_id,
        world_id=one.asked.world_id,
        query=one.asked.query,
        query_kind=one.asked.query_kind,
        cue_type=one.asked.cue_type,
        given_slots=list(one.asked.given_slots),
        answerable=one.asked.answerable,
        answers=list(one.asked.answers),
        lag=one.asked.lag,
        response=one.response,
        outcome=one.outcome,
        scores=dict(one.scores),
    )
