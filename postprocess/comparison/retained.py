"""What a memory that slept has retained, in a few sentences.

After cycle 1, memory off (B3): +4.7 points against the model alone (B0) (95% CI -3.1 to +12.5):
nothing is shown to be retained; …
"""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.schema.index import AfterSleep, Difference

# The plan's, B3 / B1, of which the interval is to lie above.
RETENTION = 0.8
# The plan's: drift within ±1 point, as an equivalence test.
DRIFT_MARGIN = 0.01
# Differences in other tasks that a verdict names one by one.
_MOST_SAID = 2


def retained(cycles: Sequence[AfterSleep]) -> str:
    """The verdict on a memory: what its last cycle shows, against the plan's thresholds."""
    last = next((one for one in reversed(cycles) if one.off), None)
    if last is None:
        return "Mode B3 was not run: whether anything is in the weights is not known."
    drifts = [
        ("Reading from the evidence", last.drift),
        ("On facts that nothing has changed", last.locality),
    ]
    others = [(f"On {o.task} ({o.metric})", o.effect) for o in last.others if o.is_share]
    drifts += others if len(others) <= _MOST_SAID else []
    said = [_drifted(where, found) for where, found in drifts if found is not None]
    if len(others) > _MOST_SAID:
        shown = sum(bool(effect.equivalent) for _, effect in others)
        said.append(
            f"Of {len(others)} differences in other tasks, {shown} are shown to be within "
            f"±{100 * DRIFT_MARGIN:g} point."
        )
    kept = f"After cycle {last.cycle}, memory off (B3): {_uplift(last)}; {_kept_share(last)}."
    return " ".join([kept, *said])


def _drifted(where: str, found: Difference) -> str:
    """What sleep did to something that it was not to change."""
    points = f"{where}, drift is {100 * found.difference:+.1f} points"
    if found.interval is None:
        return f"{points}, no CI: {found.worlds} worlds."
    ends = f"95% CI {100 * found.interval.low:+.1f} to {100 * found.interval.high:+.1f}"
    shown = "is shown" if found.equivalent else "is not shown"
    lost = "; it is lower than before" if found.interval.high < 0 else ""
    return f"{points} ({ends}): that it is within ±{100 * DRIFT_MARGIN:g} point {shown}{lost}."


def _uplift(last: AfterSleep) -> str:
    found = last.uplift
    if found is None:
        return "no run of the model alone (B0) to compare with"
    points = f"{100 * found.difference:+.1f} points against the model alone (B0)"
    if found.interval is None:
        return f"{points}, no CI: {found.worlds} worlds"
    ends = f"95% CI {100 * found.interval.low:+.1f} to {100 * found.interval.high:+.1f}"
    if found.interval.low > 0:
        return f"{points} ({ends}): something was retained"
    lost = "; it is worse than before" if found.interval.high < 0 else ""
    return f"{points} ({ends}): nothing is shown to be retained{lost}"


def _kept_share(last: AfterSleep) -> str:
    found = last.retention
    if found is None:
        return "no run of the memory before sleep (B1) to compare with"
    if found.value is None:
        return "nothing was right before sleep (B1), so that there was nothing to retain"
    share = f"{100 * found.value:.1f}% of what it gets right awake (B1)"
    if found.interval is None:
        return f"{share}, no CI; the plan asks for {100 * RETENTION:g}%"
    low, high = found.interval.low, found.interval.high
    ends = f"95% CI {100 * low:.1f}% to {100 * high:.1f}%"
    state = "is reached" if low >= RETENTION else "is not shown to be reached"
    if high < RETENTION:
        state = "is not reached"
    return f"{share} ({ends}); the plan's {100 * RETENTION:g}% {state}"
