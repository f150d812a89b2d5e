"""Whether what a memory held is in the weights after sleep: modes B2 and B3 against B1 and B0.

The runs of one memory, with one configuration, are its cycles. What it recalled before sleep (B1)
is the measure of what it can keep, the model alone (B0) that of what the weights held before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import Arms, ComparedRun
from postprocess.comparison.kept import kept
from postprocess.comparison.other_tasks import OtherTasks
from postprocess.comparison.pairing import MARGIN, difference
from postprocess.comparison.retained import DRIFT_MARGIN, retained
from postprocess.comparison.rows import break_even_of
from postprocess.schema.index import AfterSleep, BreakEven, Consolidation, Difference
from postprocess.schema.memory import Ratio
from postprocess.statistics.intervals import ratio_interval
from postprocess.summary.estimates import FEW_WORLDS

# What a memory does asleep, and what its prompt may hold awake.
_OF_PHASE = ("mode", "cycle", "drift", "k", "memory_tokens", "inner")


@dataclass(frozen=True)
class Sleeper:
    """The runs of one memory with one configuration.

    Attributes:
        alone: The model alone; None where that was not run.
        recalling: The memory before sleep (B1); None where that was not run.
        on: Of mode B2, by cycle.
        off: Of mode B3, by cycle.
        reads: The model from the evidence; None where that was not run.
        drift: The same with the weights of other worlds, by cycle.
    """

    alone: ComparedRun | None
    recalling: ComparedRun | None
    on: dict[int, ComparedRun]
    off: dict[int, ComparedRun]
    reads: ComparedRun | None
    drift: dict[int, ComparedRun]

    @property
    def last(self) -> ComparedRun:
        """The run of the last cycle, of mode B3 if there is one."""
        runs = self.off or self.on or self.drift
        return runs[max(runs)]

    @property
    def names(self) -> list[str]:
        """What tables may call it: as before sleep, with its options, or as in its last cycle."""
        given = self.last.recorded.memory_args or {}
        options = ", ".join(f"{name}={value}" for name, value in given.items())
        before = [self.recalling.label] if self.recalling else []
        with_options = [f"{self.last.summary.baseline} ({options})"] if options else []
        return [*before, *with_options, self.last.label]

    def label(self, others: Sequence[Sleeper]) -> str:
        """The first of its names that no other has."""
        taken = [name for one in others if one is not self for name in one.names]
        return next((name for name in self.names if name not in taken), self.last.label)


def consolidations(arms: Arms, seed: int) -> list[Consolidation]:
    """The memories of an experiment that slept, each over its cycles."""
    sleepers = _sleepers(arms)
    return [_consolidation(sleeper, sleepers, seed) for sleeper in sleepers]


def sleep_break_evens(arms: Arms) -> list[BreakEven]:
    """From how many questions on sleep is cheaper than recalling each time, after each cycle."""
    found = []
    for sleeper in _sleepers(arms):
        for run in sleeper.off.values():
            slept = run.summary.sleep
            if sleeper.recalling is None or slept is None:
                continue
            mine, theirs = run.summary.economics, sleeper.recalling.summary.economics
            labels = run.label, sleeper.recalling.label
            flops = slept.trained_flops, mine.flops_per_question, theirs.flops_per_question
            seconds = slept.seconds, mine.seconds_per_question, theirs.seconds_per_question
            found += [
                break_even_of(*labels, "sleep", "FLOP", *flops),
                break_even_of(*labels, "sleep", "s", *seconds),
            ]
    return [one for one in found if one is not None]


def _sleepers(arms: Arms) -> list[Sleeper]:
    alone, reads = (
        next((a for a in arms if (a.summary.mode, a.summary.baseline) == ("B0", name)), None)
        for name in ("none", "oracle")
    )
    groups: dict[str, Arms] = {}
    for arm in arms:
        if arm.summary.cycle is not None:
            groups.setdefault(_configuration(arm), []).append(arm)
    return [
        Sleeper(
            alone,
            _before(group, arms),
            _by_cycle(group, "B2", None),
            _by_cycle(group, "B3", None),
            reads,
            _by_cycle(group, "B3", "reading"),
        )
        for group in groups.values()
    ]


def _by_cycle(group: Arms, mode: str, drift: str | None) -> dict[int, ComparedRun]:
    return {
        arm.summary.cycle or 0: arm
        for arm in group
        if (arm.summary.mode, arm.recorded.drift) == (mode, drift)
    }


def _configuration(arm: ComparedRun) -> str:
    known = arm.recorded.identity()
    return json.dumps({k: v for k, v in known.items() if k not in _OF_PHASE}, sort_keys=True)


def _before(group: Arms, arms: Arms) -> ComparedRun | None:
    """The memory before sleep: with the same options, as far as such a run is there."""
    awake = [
        arm
        for arm in arms
        if arm.summary.mode == "B1" and arm.recorded.memory == group[0].recorded.memory
    ]
    on = next((arm.recorded for arm in group if arm.summary.mode == "B2"), None)

    def unlike(arm: ComparedRun) -> tuple[bool, bool]:
        shows = arm.recorded.k, arm.recorded.memory_tokens
        return (
            arm.recorded.memory_args != group[0].recorded.memory_args,
            on is not None and shows != (on.k, on.memory_tokens),
        )

    return min(awake, key=unlike, default=None)


def _consolidation(sleeper: Sleeper, others: Sequence[Sleeper], seed: int) -> Consolidation:
    of_others = OtherTasks(sleeper.alone, seed, DRIFT_MARGIN)
    cycles = [
        _after(sleeper, cycle, of_others, seed)
        for cycle in sorted(sleeper.on.keys() | sleeper.off.keys() | sleeper.drift.keys())
    ]
    return Consolidation(
        label=sleeper.label(others),
        memory=sleeper.last.summary.baseline,
        without=sleeper.alone.label if sleeper.alone else None,
        recalling=sleeper.recalling.label if sleeper.recalling else None,
        verdict=retained(cycles),
        cycles=cycles,
        kept=kept(sleeper.recalling, sleeper.last) if sleeper.off else [],
        against=_against(sleeper, others, seed),
    )


def _after(sleeper: Sleeper, cycle: int, others: OtherTasks, seed: int) -> AfterSleep:
    on, off = sleeper.on.get(cycle), sleeper.off.get(cycle)
    compared, notes = others.after(off)
    return AfterSleep(
        cycle=cycle,
        on=on.label if on else None,
        off=off.label if off else None,
        correct_on=on.summary.aggregate[PRIMARY] if on else None,
        correct_off=off.summary.aggregate[PRIMARY] if off else None,
        retention=_retention(off, sleeper.recalling) if off and sleeper.recalling else None,
        uplift=_difference(off, sleeper.alone, seed),
        beside_recall=_difference(on, sleeper.recalling, seed),
        drift=_difference(sleeper.drift.get(cycle), sleeper.reads, seed, DRIFT_MARGIN),
        locality=_locality(off, sleeper.alone, seed),
        others=compared,
        others_notes=notes,
        sleep=next((one.summary.sleep for one in (off, on) if one), None),
    )


def _difference(
    a: ComparedRun | None, b: ComparedRun | None, seed: int, margin: float = MARGIN
) -> Difference | None:
    return difference(a, b, PRIMARY, seed, margin) if a and b else None


def _locality(a: ComparedRun | None, b: ComparedRun | None, seed: int) -> Difference | None:
    """On what the log has not changed, so that the weights should know it as before."""
    if a is None or b is None or not a.unedited:
        return None
    return _difference(_unedited(a), _unedited(b), seed, DRIFT_MARGIN)


def _unedited(run: ComparedRun) -> ComparedRun:
    scores = run.scores[PRIMARY]
    kept = {key: scores[key] for key in scores.keys() & run.unedited}
    return replace(run, scores={PRIMARY: kept})


def _retention(after: ComparedRun, before: ComparedRun) -> Ratio:
    """Right answers after sleep / right answers before, over the questions that both answered."""
    of_a, of_b = after.scores[PRIMARY], before.scores[PRIMARY]
    shared = sorted(of_a.keys() & of_b.keys())
    a, b = [of_a[key] for key in shared], [of_b[key] for key in shared]
    if not sum(b):
        return Ratio(value=None, interval=None, note="nothing was right before sleep")
    worlds = [after.worlds[key] for key in shared]
    # Nothing else bounds it: weights may answer what the memory failed to recall.
    most = len(shared) / sum(b)
    interval = ratio_interval(a, b, worlds, highest=most)
    return Ratio(value=sum(a) / sum(b), interval=interval, note=None if interval else FEW_WORLDS)


def _against(sleeper: Sleeper, others: Sequence[Sleeper], seed: int) -> list[Difference]:
    """B3 against B3 of the same memory with other options, cycle by cycle; each pair once."""
    pairs = [
        (one, other)
        for one, other in combinations(others, 2)
        if one is sleeper and _same_memory(one, other)
    ]
    return [
        found
        for one, other in pairs
        for cycle in sorted(one.off.keys() & other.off.keys())
        if (found := _difference(one.off[cycle], other.off[cycle], seed))
    ]


def _same_memory(one: Sleeper, other: Sleeper) -> bool:
    return one.last.summary.baseline == other.last.summary.baseline
