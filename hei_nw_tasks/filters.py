"""The filter that gives a range of the documents a row of lm_eval's table.

In a task's YAML, for questions asked one or two days after their evidence:

    filter_list:
      - name: lag_1-3
        filter:
          - {function: heinw_between, field: lag, low: 1, high: 3}

Documents outside the range get the response None, for which `process_results` returns no metrics.
So lm_eval averages over the range alone.
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

    A response that was not generated, because its prompt did not fit, is not kept either. Kept
    responses are plain strings without a record, so that measurements count only under the filter
    `all`.

    Args:
        field: Column of the document with a number, or None if it is in no range.
        low: Lower end of the range, included.
        high: Upper end of the range, excluded; None if it has none.

    Raises:
        ValueError: The range is empty.
    """

    def __init__(self, field: str, low: float, high: float | None = None) -> None:
        super().__init__()
        if high is not None and not low < high:
            raise ValueError(
                f"filter heinw_between on {field!r}: [{low}, {high}) is empty → give low < high"
            )
        self.field, self.low, self.high = field, low, high

    def apply(
        self, resps: Iterable[Sequence[str]], docs: Sequence[Mapping[str, Any]]
    ) -> list[str | None]:
        """Filter the responses of all documents, in their order."""
        return [
            str(responses[0]) if self._keeps(doc) and not overflowed(responses[0]) else None
            for responses, doc in zip(resps, docs, strict=True)
        ]

    def _keeps(self, doc: Mapping[str, Any]) -> bool:
        value = doc[self.field]
        return value is not None and bool(
            self.low <= value and (self.high is None or value < self.high)
        )
