"""The tables of an experiment: its arms side by side, and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.pairing import MARGIN
from postprocess.measures import (
    ABSTENTION,
    HEADLINE,
    PAIRED,
    RECALL,
    heading,
)
from postprocess.rendering import values
from postprocess.rendering.tables import Column, Table, column, named
from postprocess.rendering.values import Ours
from postprocess.schema.index import ArmRow, BreakEven, Difference, HardNegativeEffect
from postprocess.schema.memory import Memory


def arms(rows: Sequence[ArmRow]) -> Table[ArmRow]:
    """The arms of an experiment, with the scores and costs that matter most."""

    def score(name: str) -> Column[ArmRow]:
        return column(heading(name), lambda row: values.rate(row.scores.get(name)))

    def cost(heading: str, name: str) -> Column[ArmRow]:
        return column(heading, lambda row: values.cost(name, row.compute[name].mean))

    of_memories: list[Column[ArmRow]] = [
        column(
            "Answer shown", lambda row: values.rate(row.memory.answer_shown if row.memory else None)
        ),
        column("Writing per log", lambda row: values.seconds(row.economics.write_seconds)),
    ]
    return Table(
        [
            column("Arm", lambda row: row.label),
            column("n", lambda row: Ours(row.questions)),
            *(score(name) for name in (PRIMARY, HEADLINE, ABSTENTION)),
            *(score(name) for name in PAIRED if name not in (PRIMARY, ABSTENTION)),
            Column(named(RECALL), lambda row: values.rate(row.ranking.get(RECALL))),
            *(of_memories if memories(rows) else []),
            column("Overflow", lambda row: Ours(row.overflowed)),
            cost("Prompt tokens", "prompt_tokens"),
            column("FLOPs", lambda row: values.amount(row.economics.flops_per_question, "FLOP")),
            cost("KV cache", "kv_cache_bytes"),
            column("Latency p50", lambda row: values.seconds(row.latency.p50_s)),
            column("Latency p95", lambda row: values.seconds(row.latency.p95_s)),
        ],
        rows,
    )


def memories(rows: Sequence[ArmRow]) -> dict[str, Memory]:
    """The memories of mode B1 by the label of their arm."""
    return {
        row.label: row.memory
        for row in rows
        if row.memory and row.baseline != "none" and not row.cycle
    }


def kept(found: BreakEven) -> Ours:
    """What an arm pays once.

    "with its KV cache kept", "with its writing (1.2 s a log) paid once"
    """
    if found.once == "KV cache":
        return Ours("with its KV cache kept")
    return Ours(f"with its {found.once} ({_spent(found.spent_once, found.unit)} a log) paid once")


def breaks_even(found: BreakEven) -> Ours:
    """From how many questions on an arm that pays once is cheaper."""
    unit = "FLOPs" if found.unit == "FLOP" else "seconds"
    if found.questions is None:
        return Ours(f"never cheaper in {unit}, however many questions are asked about one log")
    if found.questions == 1:
        return Ours(f"cheaper in {unit} from the first question")
    return Ours(f"cheaper in {unit} from {found.questions:,} questions about one log")


def _spent(value: float, unit: str) -> str:
    return values.seconds(value) if unit == "s" else values.amount(value, unit)


def all_scores(rows: Sequence[ArmRow]) -> Table[str]:
    """Every metric and retrieval measure that an arm has, arms side by side."""

    def arm(row: ArmRow) -> Column[str]:
        estimates = row.scores | row.ranking
        return Column(row.label, lambda name: values.rate(estimates.get(name)))

    names = dict.fromkeys(name for row in rows for name in (*row.scores, *row.ranking))
    return Table([column("", named), *map(arm, rows)], list(names))


def differences(found: Iterable[Difference]) -> Table[Difference]:
    """Arms against each other."""
    rows = list(found)
    several = len({row.metric for row in rows}) > 1
    metric: list[Column[Difference]] = [column("Metric", lambda row: named(row.metric))]
    return Table(
        [
            column("Difference", lambda row: f"{row.a} − {row.b}"),
            *(metric if several else []),
            column("n", lambda row: Ours(row.n)),
            column("Worlds", lambda row: Ours(row.worlds)),
            column("Points", lambda row: values.points(row.difference)),
            column("95% CI", lambda row: values.point_interval(row.interval)),
            column("95% CI (bootstrap)", lambda row: values.point_interval(row.bootstrap)),
            column("p (Holm)", lambda row: values.p_value(row.p_holm)),
            column("p", lambda row: values.p_value(row.p)),
            column("p (permutation)", lambda row: values.p_value(row.p_permutation)),
            column("p (McNemar)", lambda row: values.p_value(row.p_mcnemar)),
            column("MDE (80% power)", lambda row: values.points(row.minimum_detectable_effect)),
            column(
                f"Equivalent within ±{100 * MARGIN:g} points",
                lambda row: values.yes_or_no(row.equivalent),
            ),
        ],
        rows,
    )


def costs(rows: Sequence[ArmRow]) -> Table[tuple[str, Callable[[ArmRow], str]]]:
    """Every cost, arms side by side; "(e)" marks estimates."""

    def recorded(name: str) -> Callable[[ArmRow], str]:
        def cell(row: ArmRow) -> str:
            mark = " (e)" if row.compute[name].basis == "estimated" else ""
            return Ours(values.cost(name, row.compute[name].mean) + mark)

        return cell

    lines: list[tuple[str, Callable[[ArmRow], str]]] = [
        *((heading(name), recorded(name)) for name in COSTS),
        (
            "FLOPs per right answer",
            lambda row: values.amount(row.economics.flops_per_right_answer, "FLOP"),
        ),
        (
            "Time per right answer",
            lambda row: values.seconds(row.economics.seconds_per_right_answer),
        ),
        *(
            [
                (
                    "Writing time per log",
                    lambda row: values.seconds(row.economics.write_seconds),
                ),
                (
                    "FLOPs to write a log",
                    lambda row: values.amount(row.economics.write_flops, "FLOP"),
                ),
            ]
            if memories(rows)
            else []
        ),
        (
            "FLOPs of a further question (KV cache kept)",
            lambda row: values.amount(row.economics.further_question_flops, "FLOP"),
        ),
        (
            "Prompt tokens computed (whole run)",
            lambda row: values.share(row.tokens_computed_share),
        ),
    ]
    return Table(
        [
            column("", lambda line: Ours(line[0])),
            *(
                Column(row.label, lambda line, row=row: line[1](row))  # type: ignore[misc]
                for row in rows
            ),
        ],
        lines,
    )


def effects(rows: Sequence[HardNegativeEffect]) -> Table[HardNegativeEffect]:
    """The effect of hard negatives on each arm."""
    return Table(
        [
            column("Arm", lambda row: row.arm),
            column("Setting", lambda row: row.setting),
            column("n", lambda row: Ours(row.effect.n)),
            column("With", lambda row: values.share(row.effect.mean_a)),
            column("Without", lambda row: values.share(row.effect.mean_b)),
            column("Points", lambda row: values.points(row.effect.difference)),
            column("95% CI", lambda row: values.point_interval(row.effect.interval)),
            column("p", lambda row: values.p_value(row.effect.p)),
        ],
        rows,
    )
