"""Parses what the rows of a document share once: they begin alike, and differ from the filter on.

    {"doc_id": 0, "doc": {…}, "arguments": {…}, "resps": […], …, "filter": "all", …}
    {"doc_id": 0, "doc": {…}, "arguments": {…}, "resps": […], …, "filter": "lag_1-3", …}

Bytes that were parsed before, with the same bytes around them, say the same again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Set
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from postprocess.reading.rows import ALL, Beginning, End, Row, RowEnd, parse_row, row_of
from postprocess.reading.strict_json import StrictJsonError, parse

_SEAM = b', "filter": '


class _Begun(NamedTuple):
    """What is kept of a beginning."""

    doc_id: int
    doc_digest: bytes
    keys: Set[str]


class RowParser:
    """Parses the rows of one samples file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun: dict[bytes, _Begun] = {}

    def parse(self, line: int, raw: bytes) -> RowEnd | None:
        """The row of a line, a whole `Row` for filter "all"; None if the file ends within the line.

        Raises:
            UnusableRunError: The line is no row.
        """
        head, seam, tail = raw.rpartition(_SEAM)
        known = hashlib.blake2b(head, digest_size=16).digest()
        if seam and (begun := self._begun.get(known)):
            end = _end(tail, begun.keys)
            if end is not None and end.filter != ALL:
                return RowEnd(self._path, line, begun.doc_id, begun.doc_digest, end)
        row = self._whole(line, head, tail, known) if seam else None
        return row or parse_row(self._path, line, raw)

    def _whole(self, line: int, head: bytes, tail: bytes, known: bytes) -> Row | None:
        """The row of a line that may begin as others do; None where its parts are no objects."""
        try:
            fields = parse(head + b"}")
            beginning = Beginning.model_validate(fields)
        except (StrictJsonError, ValidationError):
            return None
        if (end := _end(tail, fields.keys())) is None:
            return None
        row = row_of(self._path, line, beginning, end)
        self._begun[known] = _Begun(row.doc_id, row.doc_digest, fields.keys())
        return row


def _end(tail: bytes, before: Set[str]) -> End | None:
    """The end of a row; None if it has no metrics of its own, or a key a second time."""
    try:
        fields = parse(b'{"filter": ' + tail)
        end = End.model_validate(fields)
    except (StrictJsonError, ValidationError):
        return None
    alone = fields.keys().isdisjoint(before) and fields.keys() >= {*end.metrics}
    return end if alone else None
