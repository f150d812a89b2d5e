"""The range filter, as lm_eval builds and applies it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.api.instance import Instance
from lm_eval.filters import build_filter_ensemble

from hei_nw_tasks import filters


class Measured(str):
    """A response that carries something, as the memory arms' responses will."""

    record = 1


def instance(number: int, lag: int | None, response: str) -> Instance:
    made = Instance("generate_until", {"lag": lag}, ("prompt", {}), number)
    made.resps = [response]
    return made


def test_lm_eval_finds_the_filter_by_name_and_keeps_the_documents_in_range() -> None:
    ensemble = build_filter_ensemble(
        "lag_1-3", [("heinw_between", {"field": "lag", "low": 1, "high": 3})]
    )
    lags = [0, 1, 2, 3, None, 29]
    instances = [instance(n, lag, f"answer {n}") for n, lag in enumerate(lags)]
    ensemble.apply(instances)
    kept = [made.filtered_resps["lag_1-3"] for made in instances]
    assert kept == [None, "answer 1", "answer 2", None, None, None]


def test_a_kept_response_is_the_first_and_a_plain_string() -> None:
    keep = filters.BetweenFilter("lag", 0, 1)
    kept = keep.apply([[Measured("first"), Measured("padding")]], [{"lag": 0}])
    assert kept == ["first"]
    assert type(kept[0]) is str


def test_any_numeric_column_will_do() -> None:
    keep = filters.BetweenFilter("target_tokens", 1024, 2048)
    docs: list[dict[str, Any]] = [{"target_tokens": n} for n in (1023, 1024, 2047, 2048)]
    assert keep.apply([["x"]] * 4, docs) == [None, "x", "x", None]


@given(st.lists(st.none() | st.integers(0, 40)))
def test_adjacent_ranges_share_no_document_and_miss_none_inside(lags: list[int | None]) -> None:
    ranges = [*pairwise([0, 1, 3, 7, 30]), (30, None)]
    docs = [{"lag": lag} for lag in lags]
    rows = [
        filters.BetweenFilter("lag", low, high).apply([["x"]] * len(docs), docs)
        for low, high in ranges
    ]
    for place, lag in enumerate(lags):
        assert sum(row[place] is not None for row in rows) == (lag is not None)


def test_a_column_that_is_not_there_is_an_error_and_not_an_empty_bin() -> None:
    with pytest.raises(KeyError, match="lagg"):
        filters.BetweenFilter("lagg", 0, 1).apply([["x"]], [{"lag": 0}])


@pytest.mark.parametrize(("low", "high"), [(3, 3), (3, 1)])
def test_an_empty_range_is_refused_in_one_line(low: int, high: int) -> None:
    with pytest.raises(
        ValueError, match=r"heinw_between on 'lag': \[3, . is empty|is empty"
    ) as caught:
        filters.BetweenFilter("lag", low, high)
    assert "\n" not in str(caught.value)
