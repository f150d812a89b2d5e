"""Rows that are parsed in parts say what they say when each is parsed as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from postprocess.errors import UnusableRunError
from postprocess.reading import repeated_rows
from postprocess.reading.lines import lines
from postprocess.reading.repeated_rows import RowParser
from postprocess.reading.rows import ALL, Row, parse_row

PATH = Path("samples.jsonl")


def line(doc_id: int = 0, name: str = ALL, **more: Any) -> bytes:
    """One as lm_eval writes it."""
    row = {"doc_id": doc_id, "doc": {"id": f"q{doc_id}"}, "resps": [["a"]], "filtered_resps": ["a"]}
    row |= {"filter": name, "metrics": ["f1"], "doc_hash": "d", "prompt_hash": "p"}
    return (json.dumps({**row, "target_hash": "t", "f1": 1.0, **more}) + "\n").encode()


def test_rows_of_a_run_are_those_that_are_parsed_alone(saved_run: Path) -> None:
    (path,) = saved_run.rglob("samples_*.jsonl")
    parser, seen = RowParser(path), 0
    for number, raw in lines(path):
        row, alone = parser.parse(number, raw), parse_row(path, number, raw)
        assert row is not None
        assert alone is not None
        assert isinstance(row, Row) or row.filter != ALL
        for name in ("filter", "doc_id", "line"):
            assert getattr(row, name) == getattr(alone, name)
        for name in ("hashes", "fingerprint", "metrics"):
            assert getattr(row, name)() == getattr(alone, name)()
        if isinstance(row, Row):
            ours, theirs = row.beginning, alone.beginning
            assert ours.model_dump() == {key: getattr(theirs, key) for key in ours.model_dump()}
        seen += 1
    assert seen > 60


def test_what_rows_share_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = repeated_rows.parse
    monkeypatch.setattr(repeated_rows, "parse", lambda raw: parsed.append(raw) or parse(raw))
    parser = RowParser(PATH)
    rows = [parser.parse(1, line()), parser.parse(2, line(name="lag"))]
    assert [isinstance(row, Row) for row in rows] == [True, False]
    assert [b'"doc"' in raw for raw in parsed] == [True, False, False]


@pytest.mark.parametrize(
    "raw",
    [
        line(name="lag", doc={"id": "q0"}).replace(b'"f1": 1.0', b'"f1": 1.0, "doc": {"id": "x"}'),
        line(name="lag").replace(b'"f1": 1.0', b'"f1": 1.0, "f1": 0.0'),
        line(name="lag").replace(b'"filter": "lag"', b'"filter": "x", "filter": "lag"'),
        line(name="lag").replace(b'"f1": 1.0', b'"f1": NaN'),
        line(name="lag").replace(b'"metrics": ["f1"]', b'"metrics": "f1"'),
    ],
)
def test_damage_behind_a_known_beginning_is_seen(raw: bytes) -> None:
    parser = RowParser(PATH)
    assert parser.parse(1, line()) is not None
    with pytest.raises(UnusableRunError) as alone:
        parse_row(PATH, 2, raw)
    with pytest.raises(UnusableRunError) as found:
        parser.parse(2, raw)
    assert str(found.value) == str(alone.value)


def test_keys_in_another_order_and_text_like_a_key_are_read_as_a_whole() -> None:
    row = json.loads(line(name="lag", doc={"id": ', "filter": "all"'}))
    for keys in (sorted(row), sorted(row, reverse=True), [*row]):
        raw = (json.dumps({key: row[key] for key in keys}) + "\n").encode()
        for number in (1, 2):
            found = RowParser(PATH).parse(number, raw)
            assert found is not None
            assert (found.filter, found.metrics()) == ("lag", {"f1": 1.0})


def test_a_file_that_ends_within_a_row_is_cut_there() -> None:
    parser, whole = RowParser(PATH), line(name="lag")
    assert parser.parse(1, line()) is not None
    assert all(parser.parse(2, whole[:length]) is None for length in range(1, len(whole) - 2))
