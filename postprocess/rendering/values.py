"""Numbers as people read them, the same in Markdown and HTML; missing ones as "–".

>>> share(0.614), points(-0.021), amount(1.53e8, "FLOP"), amount(57.8e6, "B"), seconds(0.0032)
('61.4%', '−2.1', '153 MFLOP', '57.8 MB', '3.2 ms')
"""

from __future__ import annotations

from postprocess.schema.parts import Estimate, IntervalModel

MISSING = "–"
_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z")
# What is counted in a compute record, by the end of its key.
_UNITS = {"_flops": "FLOP", "_bytes": "B"}


def share(value: float | None) -> str:
    """A share in [0, 1] in percent, with one decimal."""
    return MISSING if value is None else f"{100 * value:.1f}%"


def between(interval: IntervalModel | None) -> str:
    """An interval of a share, in percent."""
    if interval is None:
        return MISSING
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    return MISSING if value is None else f"{100 * value:+.1f}".replace("-", "−")


def point_interval(interval: IntervalModel | None) -> str:
    """An interval of a difference, in percentage points."""
    return MISSING if interval is None else f"{points(interval.low)} to {points(interval.high)}"


def p_value(p: float | None) -> str:
    """A p value with two digits that count; small ones as a bound."""
    if p is None:
        return MISSING
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def amount(value: float | None, unit: str) -> str:
    """A quantity with three digits and an SI prefix."""
    if value is None:
        return MISSING
    scaled, prefix = float(value), 0
    while abs(scaled) >= 999.5 and prefix < len(_PREFIXES) - 1:
        scaled, prefix = scaled / 1000, prefix + 1
    return f"{scaled:.3g} {_PREFIXES[prefix]}{unit}"


def seconds(value: float | None) -> str:
    """A time; under a tenth of a second in milliseconds."""
    if value is None:
        return MISSING
    return f"{value:.3g} s" if value >= 0.1 else f"{1000 * value:.3g} ms"


def quantity(key: str, value: float | None) -> str:
    """A column of the compute record in its unit."""
    if value is None:
        return MISSING
    if key.endswith("_s"):
        return seconds(value)
    unit = next((unit for end, unit in _UNITS.items() if key.endswith(end)), None)
    return amount(value, unit) if unit else f"{value:,.1f}"


def rate(estimate: Estimate | None) -> str:
    """A mean with its interval: 61.4% (57.1 to 65.6)."""
    if estimate is None or estimate.mean is None:
        return MISSING
    if estimate.interval is None:
        return share(estimate.mean)
    return f"{share(estimate.mean)} ({between(estimate.interval)})"
