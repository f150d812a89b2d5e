"""The filter that makes one row of lm_eval's table out of a range of the documents.

In a task's YAML, questions at least one and less than three days after their evidence:

    filter_list:
      - name: lag_1-3
        filter:
          - {function: heinw_between, field: lag, low: 1, high: 3}

A document outside the range keeps its place with the response None, for which `process_results`
returns no metrics, so lm_eval's mean is over the range alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lm_eval.api.filter import Filter
from lm_eval.api.registry import register_filter

from hei_nw_tasks.response import overflowed


@register_filter("heinw_between")
class BetweenFilter(Filter):  # type: ignore[misc]  # lm_eval carries no types
    """Keeps the first response of documents whose `field` is in [low, high), None for the others.

    A response that was never generated, because its prompt did not fit, is not kept either.

    Kept responses are plain strings, without what a response may carry on the way (a compute
    record), so per-item measurements are counted once: under the filter `all`.

    Args:
        field: Column of the document that holds a number, or None for "not in any range".
        low: Smallest value that is kept.
        high: Smallest value that is not kept any more.

    Raises:
        ValueError: The range is empty.
    """

    def __init__(self, field: str, low: float, high: float) -> None:
        super().__init__()
        if not low < high:
            raise ValueError(
                f"filter heinw_between on {field!r}: [{low}, {high}) is empty → give low < high"
            )
        self.field, self.low, self.high = field, low, high

    def apply(
        self, resps: Iterable[Sequence[str]], docs: Sequence[Mapping[str, Any]]
    ) -> list[str | None]:
        """Filters the responses of all documents, in order."""
        return [
            str(responses[0]) if self._keeps(doc) and not overflowed(responses[0]) else None
            for responses, doc in zip(resps, docs, strict=True)
        ]

    def _keeps(self, doc: Mapping[str, Any]) -> bool:
        value = doc[self.field]
        return value is not None and bool(self.low <= value < self.high)
