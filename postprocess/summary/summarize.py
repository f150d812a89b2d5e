"""From a scored run to everything its report says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from hei_nw_tasks.metrics import PRIMARY
from hei_nw_tasks.scoring.naming import Outcome
from postprocess.measures import main_axis
from postprocess.reading.runs import Run
from postprocess.schema.answer import Answer
from postprocess.schema.run import Counts, ErrorKind, Summary
from postprocess.schema.scenario import HardNegatives
from postprocess.statistics.gate import Gate, gate
from postprocess.summary import measured, strata
from postprocess.summary.economics import economics
from postprocess.summary.estimates import estimate, metric, own_metrics, scores, stratum
from postprocess.summary.memory import memory_of
from postprocess.summary.provenance import provenance
from postprocess.summary.sleep import sleep_of
from postprocess.summary.verdict import unproven, verdict
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
    answers, counts, aggregate = run.answers, _counts(run), scores(run.answers)
    bins = strata.lag_bins(answers, lag_bins or run.manifest.config.lag_bins or DEFAULT_LAG_BINS)
    grows = main_axis(run.found.scenario) == "store_size"
    return Summary(
        primary_metric=PRIMARY,
        run_id=run.found.run_id,
        run_date=run.found.date,
        task=run.found.task,
        task_version=run.found.task_version,
        scenario=run.found.scenario,
        mode=run.arm.mode,
        cycle=run.arm.cycle,
        baseline=run.arm.short,
        arm=run.arm.name,
        verdict=unproven(run.manifest.doubt) + verdict(run.arm, counts, aggregate),
        warnings=warnings_of(run, counts, bins),
        counts=counts,
        aggregate=aggregate,
        own=own_metrics(answers),
        gate=_gate(answers) if (run.arm.mode, run.arm.short) == ("B0", "none") else None,
        hot_patch=strata.hot_patch(answers),
        interference=strata.interference(answers) if grows else None,
        depth_length=strata.depth_length(answers),
        retrieval=measured.retrieval(answers),
        memory=memory_of(run),
        sleep=sleep_of(run, answers),
        lag_bins=bins,
        without_lag=sum(answer.lag is None for answer in answers),
        by_query_kind=strata.by_query_kind(answers),
        by_cue_type=strata.by_cue_type(answers),
        by_cue_overlap=strata.by_cue_overlap(answers),
        by_given_slots=strata.by_given_slots(answers),
        by_pinned=strata.by_pinned(answers),
        by_replays=strata.by_replays(answers),
        outcomes_answerable=_outcomes(answers, answerable=True),
        outcomes_unanswerable=_outcomes(answers, answerable=False),
        errors=_errors(answers),
        hard_negatives=_hard_negatives(run),
        compute=measured.compute(run),
        latency=measured.latency(answers),
        sharing=measured.sharing(run),
        economics=economics(answers, run.arm.flop_rates, run.samples.stores.records),
        provenance=provenance(run, root),
    )


def _counts(run: Run) -> Counts:
    answers, overflowed = run.answers, run.samples.overflowed
    answerable = sum(answer.answerable for answer in answers)
    return Counts(
        questions=len(answers),
        answerable=answerable,
        unanswerable=len(answers) - answerable,
        worlds=len({answer.world_id for answer in answers}),
        questions_in_dataset=run.found.results.n_samples[run.found.task].original,
        questions_expected=run.samples.questions_expected,
        rows=run.samples.rows,
        rows_expected=run.samples.rows_expected,
        complete=run.samples.complete,
        overflowed=len(overflowed),
        overflowed_answerable=sum(overflowed),
    )


def _gate(answers: Sequence[Answer]) -> Gate:
    score = metric(answers, PRIMARY)
    return gate(score.mean, score.interval)


def _outcomes(answers: Sequence[Answer], *, answerable: bool) -> dict[Outcome, int]:
    counted = Counter(answer.outcome for answer in answers if answer.answerable == answerable)
    return {outcome: counted[outcome] for outcome in get_args(Outcome)}


def _errors(answers: Sequence[Answer]) -> list[ErrorKind]:
    found = []
    for outcome in get_args(Outcome):
        members = [answer for answer in answers if answer.outcome == outcome]
        if members and outcome != "correct":
            examples = members[:EXAMPLES_PER_OUTCOME]
            found.append(ErrorKind(outcome=outcome, count=len(members), examples=examples))
    return found


def _hard_negatives(run: Run) -> HardNegatives:
    confusable = [answer for answer in run.answers if answer.hard_negatives]
    others = [answer for answer in run.answers if not answer.hard_negatives]
    return HardNegatives(
        hard_negative=run.manifest.config.hard_negative,
        confounders_ratio=run.manifest.config.confounders_ratio,
        distractor_error=estimate(confusable, lambda answer: answer.outcome == "distractor"),
        with_hard_negatives=stratum("with hard negatives", confusable),
        without_hard_negatives=stratum("without hard negatives", others),
    )
