"""Numbers as people read them, the same in Markdown and HTML; missing ones as "–".

>>> share(0.614), points(-0.021), amount(1.53e8, "FLOP"), amount(57.8e6, "B"), seconds(0.0032)
('61.4%', '−2.1', '153 MFLOP', '57.8 MB', '3.2 ms')
"""

from __future__ import annotations

from hei_nw_tasks.compute.costs import COSTS
from postprocess.figures import labels
from postprocess.schema.parts import Estimate
from postprocess.statistics.intervals import FEWEST_WORLDS, Interval
from postprocess.statistics.trend import Growth

_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z")


class Ours(str):
    """Text of this package, safe as it is; all other text is data from outside."""

    __slots__ = ()


MISSING = Ours("–")


def share(value: float | None) -> Ours:
    """A share in [0, 1] in percent, with one decimal."""
    return MISSING if value is None else Ours(f"{100 * value:.1f}%")


def interval(estimate: Estimate) -> Ours:
    """The interval of a share, in percent, with what makes it wide; or why there is none.

    "57.1 to 65.6", "0.0 to 52.2, 5 worlds", "no CI: 4 worlds"
    """
    if estimate.mean is None:
        return MISSING
    worlds = f"{estimate.worlds} world{'s' if estimate.worlds > 1 else ''}"
    if estimate.interval is None:
        return Ours(f"no CI: {worlds if estimate.worlds < FEWEST_WORLDS else 'a part is 0'}")
    ends = f"{100 * estimate.interval.low:.1f} to {100 * estimate.interval.high:.1f}"
    return Ours(f"{ends}, {worlds}" if estimate.few_worlds else ends)


def points(value: float | None) -> Ours:
    """A difference of shares in percentage points, with its sign."""
    return MISSING if value is None else Ours(labels.points(value))


def amount_of_difference(value: float, *, share: bool) -> Ours:
    """A difference with its sign: in points, or of numbers that are no shares as it is.

    >>> amount_of_difference(0.031, share=True), amount_of_difference(-1234.5, share=False)
    ('+3.1 points', '−1234')
    """
    if share:
        return Ours(f"{points(value)} points")
    return Ours(f"{value:+.4g}".replace("-", "−"))


def difference_interval(interval: Interval | None, *, share: bool) -> Ours:
    """An interval of a difference: in points, or of numbers that are no shares as it is."""
    if interval is None:
        return MISSING
    if share:
        return point_interval(interval)
    low, high = (amount_of_difference(end, share=False) for end in (interval.low, interval.high))
    return Ours(f"{low} to {high}")


def point_interval(interval: Interval | None) -> Ours:
    """An interval of a difference, in percentage points."""
    if interval is None:
        return MISSING
    return Ours(f"{points(interval.low)} to {points(interval.high)}")


def p_value(p: float | None) -> Ours:
    """A p-value with two significant digits; small ones as a bound.

    >>> p_value(0.0314), p_value(1e-9)
    ('0.031', '< 0.0001')
    """
    if p is None:
        return MISSING
    return Ours("< 0.0001" if p < 0.0001 else f"{p:.2g}")


def yes_or_no(value: bool | None) -> Ours:
    """A statement that is true, false or unknown."""
    return MISSING if value is None else Ours("yes" if value else "no")


def amount(value: float | None, unit: str) -> Ours:
    """A quantity with three significant digits and an SI prefix."""
    if value is None:
        return MISSING
    scaled, prefix = float(value), 0
    while abs(scaled) >= 999.5 and prefix < len(_PREFIXES) - 1:
        scaled, prefix = scaled / 1000, prefix + 1
    return Ours(f"{scaled:.3g} {_PREFIXES[prefix]}{unit}")


def seconds(value: float | None) -> Ours:
    """A time; in milliseconds below a tenth of a second."""
    if value is None:
        return MISSING
    return Ours(f"{value:.3g} s" if value >= 0.1 else f"{1000 * value:.3g} ms")


def cost(name: str, value: float | None) -> Ours:
    """An entry of `COSTS` in its unit.

    >>> cost("kv_cache_bytes", 57.8e6), cost("prompt_tokens", 243.25), cost("latency_s", 0.5)
    ('57.8 MB', '243.2', '0.5 s')
    """
    match COSTS[name].unit:
        case "s":
            return seconds(value)
        case "FLOP" | "B" as unit:
            return amount(value, unit)
    return MISSING if value is None else Ours(f"{value:,.1f}")


def growth(found: Growth) -> Ours:
    """A factor with its interval: × 1.42 (1.31 to 1.54)."""
    ends = found.interval
    interval = f" ({ends.low:.2f} to {ends.high:.2f})" if ends else ""
    return Ours(f"× {found.factor:.2f}{interval}")


def rate(estimate: Estimate | None) -> Ours:
    """A mean with its interval: 61.4% (57.1 to 65.6)."""
    if estimate is None or estimate.mean is None:
        return MISSING
    return Ours(f"{share(estimate.mean)} ({interval(estimate)})")
