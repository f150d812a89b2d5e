"""The area under a precision-recall curve, and its interval over worlds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from postprocess.statistics.clusters import Floats
from postprocess.statistics.intervals import FEWEST_WORLDS, Interval, cluster_t


def average_precision(scores: Sequence[float] | Floats, relevant: Sequence[bool]) -> float | None:
    """Average precision sum_t (R_t - R_{t-1}) * P_t over the distinct scores t, highest first.

    P_t and R_t are precision and recall of taking all with a score of t or more, so that equal
    scores have no order. It is scikit-learn's `average_precision_score`.

    Source: Davis and Goadrich 2006, "The relationship between precision-recall and ROC curves",
    on why points are not joined by lines.

    Args:
        scores: Finite; shape (n,).
        relevant: What they are meant to tell; shape (n,).

    Returns:
        None where nothing is relevant.
    """
    values, hits = np.asarray(scores, np.float64), np.asarray(relevant, np.bool_)
    if not hits.any():
        return None
    order = np.argsort(-values, kind="stable")
    values, found = values[order], np.cumsum(hits[order])
    # The last of each group of equal scores.
    ends = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    precision = found[ends] / (ends + 1)
    gained = np.diff(found[ends], prepend=0)
    return math.fsum((gained * precision).tolist()) / float(found[-1])


def average_precision_interval(
    scores: Sequence[float], relevant: Sequence[bool], worlds: Sequence[str]
) -> Interval | None:
    """Interval of the average precision A, by leaving out one of G worlds at a time.

    With A_g without world g and their mean M, world g moves it by u_g = (G - 1) / G * (M - A_g),
    and the interval is A ± t_{G-1} * sqrt(G / (G - 1) * sum_g u_g²): the jackknife's standard
    error sqrt((G - 1) / G * sum_g (A_g - M)²).

    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 11.

    Returns:
        None under five worlds, or where one world alone has all that is relevant.
    """
    names = np.asarray(worlds)
    every = np.unique(names)
    if len(every) < FEWEST_WORLDS:
        return None
    values, hits = np.asarray(scores, np.float64), np.asarray(relevant, np.bool_)
    whole = average_precision(values, hits.tolist())
    without = [average_precision(values[kept], hits[kept]) for kept in (names != g for g in every)]
    known = [one for one in without if one is not None]
    if whole is None or len(known) < len(without):
        return None
    left = np.asarray(known)
    groups = len(every)
    moved = (groups - 1) / groups * (math.fsum(known) / groups - left)
    found = cluster_t(whole, moved, 0.0, 1.0)
    if found.method != "cluster t":
        return found
    return Interval(found.low, found.high, "jackknife over worlds")
