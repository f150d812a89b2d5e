"""Answers are kept by model, arm, document and prompt, beside lm_eval's own in one file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlitedict import SqliteDict

from hei_nw_tasks.compute.record import ComputeRecord, all_unknown, measured
from hei_nw_tasks.model.answer_cache import AnswerCache, answer_key, fingerprint
from hei_nw_tasks.response import AnswerRecord, MeasuredResponse


def answer(text: str) -> MeasuredResponse:
    costs = all_unknown("nobody knows") | {"prompt_tokens": measured(3)}
    record = AnswerRecord(
        question_id="q",
        baseline="oracle",
        overflow=False,
        shown=1,
        evidence_shown=1.0,
        retrieved=None,
        compute=ComputeRecord(costs=costs),
    )
    return MeasuredResponse(text, record)


def test_an_answer_is_on_disk_at_once_and_comes_back_with_its_record(tmp_path: Path):
    file = str(tmp_path / "answers.db")
    cache = AnswerCache(SqliteDict(file, autocommit=True), "f")
    cache.put("key", answer("5433"))
    assert cache.get("other") is None
    # Another process, while the first one is still running.
    kept = AnswerCache(SqliteDict(file, autocommit=True), "f").get("key")
    assert kept == "5433"
    assert kept is not None
    assert kept.record == answer("5433").record


def test_an_answer_that_was_put_survives_a_kill(tmp_path: Path):
    file = str(tmp_path / "answers.db")
    cache = AnswerCache(SqliteDict(file, autocommit=True), "f")
    with closing(sqlite3.connect(file)) as reader:
        for number in range(1, 40):
            cache.put(str(number), answer("5433"))
            assert reader.execute("SELECT COUNT(*) FROM heinw_f").fetchone() == (number,)


def test_models_and_arms_share_a_file_and_no_answer_not_even_lm_evals(tmp_path: Path):
    file = str(tmp_path / "answers.db")
    plain = SqliteDict(file, autocommit=True)
    plain["request"] = "by another model"
    first, second = (SqliteDict(file, autocommit=True) for _ in range(2))
    AnswerCache(first, "a").put("key", answer("by a"))
    # lm_eval looks up requests in the very object.
    assert "request" not in first
    assert AnswerCache(second, "b").get("key") is None
    assert plain["request"] == "by another model"


@pytest.mark.parametrize(
    "changed", [("other", "p", {"a": 1}), ("d", "other", {"a": 1}), ("d", "p", {"a": 2})]
)
def test_a_key_depends_on_all_that_an_answer_does(changed: tuple[str, str, dict[str, Any]]):
    assert answer_key(*changed) != answer_key("d", "p", {"a": 1})
    assert answer_key("d", "p", {"a": 1, "b": 2}) == answer_key("d", "p", {"b": 2, "a": 1})
    assert len(answer_key("d", "a lone \ud800 surrogate", {})) == 64


def test_a_fingerprint_names_model_and_arm():
    arm = {"baseline": "rag", "k": 5}
    known = fingerprint({"pretrained": "org/model"}, arm)
    assert len(known) == 16
    assert set(known) <= set("0123456789abcdef")
    for speed in ({"batch_size": 4}, {"device": "cpu"}, {"max_batch_size": 8}):
        assert fingerprint({"pretrained": "org/model", **speed}, arm) == known
    assert fingerprint({"pretrained": "org/other"}, arm) != known
    assert fingerprint({"pretrained": "org/model", "dtype": "bfloat16"}, arm) != known
    assert fingerprint({"pretrained": "org/model"}, {**arm, "k": 6}) != known
    # Arguments of Python callers need not be JSON.
    assert len({fingerprint({"dtype": dtype}, arm) for dtype in (Path, int, "int")}) == 3


def test_a_checkpoint_that_was_trained_on_is_another_model(tmp_path: Path):
    (tmp_path / "weights").write_text("abc")
    known = fingerprint({"pretrained": str(tmp_path)}, {})
    assert fingerprint({"pretrained": str(tmp_path)}, {}) == known
    moment = (tmp_path / "weights").stat().st_mtime_ns
    os.utime(tmp_path / "weights", ns=(moment, moment + 1))
    later = fingerprint({"pretrained": str(tmp_path)}, {})
    (tmp_path / "weights").write_text("abcd")
    os.utime(tmp_path / "weights", ns=(moment, moment))
    longer = fingerprint({"pretrained": str(tmp_path)}, {})
    (tmp_path / "weights").rename(tmp_path / "renamed")
    renamed = fingerprint({"pretrained": str(tmp_path)}, {})
    assert len({known, later, longer, renamed}) == 4
