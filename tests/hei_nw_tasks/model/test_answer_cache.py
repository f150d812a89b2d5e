"""Answers are kept as JSON, by model, arm, document, ranking and prompt."""

from __future__ import annotations

import json
import logging
import os
import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlitedict import SqliteDict

from generators.errors import ConfigError
from hei_nw_tasks.compute.record import ComputeRecord, all_unknown, measured
from hei_nw_tasks.model.answer_cache import AnswerCache, answer_key, fingerprint
from hei_nw_tasks.response import AnswerRecord, MeasuredResponse
from tests.hei_nw_tasks.model.running import answers, evaluate


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


def values(file: Path) -> list[bytes]:
    with closing(sqlite3.connect(file)) as database:
        return [value for (value,) in database.execute("SELECT value FROM answers")]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """lm_eval's dummy model looks for a tokeniser on the Hub after the run."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


class Bomb:
    """A pickle of it makes a folder when it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_an_answer_is_on_disk_at_once_and_comes_back_with_its_record(tmp_path: Path):
    file = tmp_path / "answers.db"
    cache = AnswerCache(file, "f")
    cache.put("key", answer("5433"))
    cache.commit()
    assert cache.get("other") is None
    # Another process, while the first one is still running.
    kept = AnswerCache(file, "f").get("key")
    assert kept == "5433"
    assert kept is not None
    assert kept.record == answer("5433").record


@settings(max_examples=30)
@given(st.text(st.characters()))  # lone surrogates, too
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str):
    cache = AnswerCache(tmp_path_factory.getbasetemp() / "texts.db", "f")
    cache.put("key", answer(text))
    cache.commit()
    assert cache.get("key") == text


def test_models_and_arms_share_a_file_and_no_answer_not_even_lm_evals(tmp_path: Path):
    file = tmp_path / "answers.db"
    plain = SqliteDict(str(file), autocommit=True)
    plain["request"] = "by another model"
    first, second = AnswerCache(file, "a"), AnswerCache(file, "b")
    first.put("key", answer("by a"))
    first.commit()
    first["request"] = "by a"
    assert second.get("key") is None
    assert "request" not in second
    assert plain["request"] == "by another model"


def test_lm_evals_own_requests_are_kept_as_json_too(tmp_path: Path):
    cache = AnswerCache(tmp_path / "answers.db", "f")
    results = {"r": "text", "l": (-1.5, True), "i": (float("-inf"), False), "p": -3.25}
    for request, result in results.items():
        assert request not in cache
        cache[request] = result
    assert {request: cache[request] for request in results} == results
    # `put` keeps it, by a better key.
    cache["ours"] = answer("5433")
    assert "ours" not in cache
    assert all(value.startswith(b"{") for value in values(tmp_path / "answers.db"))


JSONS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


# The fields of a record, with values that are not theirs.
PARTS = st.fixed_dictionaries(
    dict.fromkeys(("question_id", "baseline", "overflow", "shown", "compute"), JSONS),
    optional=dict.fromkeys(("evidence_shown", "retrieved"), JSONS),
)


@settings(max_examples=60)
@given(
    st.binary()
    | st.just(b"[" * 100_000)
    | JSONS.map(json.dumps).map(str.encode)
    | st.fixed_dictionaries({"response": JSONS, "record": JSONS | PARTS})
    .map(json.dumps)
    .map(str.encode)
)
def test_a_forged_row_with_a_right_checksum_is_computed_again(
    tmp_path_factory: pytest.TempPathFactory, planted: bytes
):
    cache = AnswerCache(tmp_path_factory.getbasetemp() / "forged.db", "f")
    rows = cache._row("key"), cache._row("lm_eval", "request")
    cache._file.keep(dict.fromkeys(rows, planted))
    assert cache.get("key") is None
    assert "request" not in cache


def run(cache: Path, **arguments: Any) -> dict[str, str]:
    """The answers of lm_eval's dummy model to four questions of ours."""
    model = {"inner": "dummy", "baseline": "oracle", **arguments}
    results = evaluate("heinw", model, ["heinw_A"], {"n": 4}, use_cache=str(cache))
    return {name: row["resps"][0][0] for name, row in answers(results, "heinw_A").items()}


def plant_everywhere(file: Path, planted: bytes) -> None:
    """Put a value into every row of every table."""
    with closing(sqlite3.connect(file)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            database.execute(f'UPDATE "{table}" SET value = ?', (planted,))
        database.commit()


def test_a_planted_value_runs_no_code(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    undisturbed = run(tmp_path / "answers")
    file = tmp_path / "answers_rank0.db"
    plant_everywhere(file, pickle.dumps(Bomb(tmp_path / "it ran")))
    with caplog.at_level(logging.WARNING):
        assert run(tmp_path / "answers") == undisturbed
    assert not (tmp_path / "it ran").exists()
    assert sum("has damaged rows → they are computed again" in m for m in caplog.messages) == 1
    assert len(values(file)) == 4
    assert all(value.startswith(b'{"response": ') for value in values(file))


def test_pickles_of_an_earlier_version_are_not_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    old = SqliteDict(str(tmp_path / "answers_rank0.db"), "heinw_9f2c41d07be35a18", autocommit=True)
    old["4b1d"] = Bomb(tmp_path / "it ran")
    old.close()
    with caplog.at_level(logging.WARNING):
        assert len(run(tmp_path / "answers")) == 4
    assert not (tmp_path / "it ran").exists()
    assert sum("answers of an earlier version" in message for message in caplog.messages) == 1


def test_a_damaged_file_is_one_line(tmp_path: Path):
    (tmp_path / "answers_rank0.db").write_bytes(b"not a database" * 100)
    with pytest.raises(ConfigError, match=r"answers_rank0.db: cannot be used.*--use_cache"):
        run(tmp_path / "answers")


def test_stock_models_keep_lm_evals_own_cache(tmp_path: Path):
    run(tmp_path / "ours")
    stock = evaluate("dummy", {}, ["heinw_A"], {"n": 4}, use_cache=str(tmp_path / "stock"))
    assert len(answers(stock, "heinw_A")) == 4
    assert len(SqliteDict(str(tmp_path / "stock_rank0.db"))) == 4


@pytest.mark.parametrize(
    "changed",
    [
        ("other", "p", {"a": 1}, [1, 2]),
        ("d", "other", {"a": 1}, [1, 2]),
        ("d", "p", {"a": 2}, [1, 2]),
        ("d", "p", {"a": 1}, [2, 1]),
        ("d", "p", {"a": 1}, None),
    ],
)
def test_a_key_depends_on_all_that_an_answer_does(
    changed: tuple[str, str, dict[str, Any], list[int] | None],
):
    assert answer_key(*changed) != answer_key("d", "p", {"a": 1}, [1, 2])
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert answer_key("d", "p", one, None) == answer_key("d", "p", other, None)
    assert len(answer_key("d", "a lone \ud800 surrogate", {}, None)) == 64


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
    odd = ["x" * 5_000, "a\0b", "~nobody"]
    assert len({fingerprint({"prompt": text}, arm) for text in odd}) == 3


def test_a_branch_on_the_hub_that_moved_is_another_model():
    def model(commit: str | None) -> Any:
        return SimpleNamespace(config=SimpleNamespace(_commit_hash=commit))

    made = [fingerprint({"pretrained": "org/model"}, {}, model(c)) for c in ("a", "b", None)]
    assert len(set(made)) == 3
    assert made[2] == fingerprint({"pretrained": "org/model"}, {}, object())


def test_a_checkpoint_that_was_trained_on_is_another_model(tmp_path: Path):
    (tmp_path / "weights").write_text("abc")
    known = fingerprint({"pretrained": str(tmp_path)}, {})
    assert fingerprint({"pretrained": str(tmp_path)}, {}) == known
    moment = (tmp_path / "weights").stat().st_mtime_ns
    os.utime(tmp_path / "weights", ns=(moment, moment + 1))
    later = fingerprint({"pretrained": str(tmp_path)}, {})
    (tmp_path / "weights").write_text("abcd")
    os.utime(tmp_path / "weights", ns=(moment, moment))
    (tmp_path / "dangling").symlink_to("nowhere")
    longer = fingerprint({"pretrained": str(tmp_path)}, {})
    (tmp_path / "weights").rename(tmp_path / "renamed")
    renamed = fingerprint({"pretrained": str(tmp_path)}, {})
    assert len({known, later, longer, renamed}) == 4


def test_answers_are_written_when_answering_ends_however_it_ends(tmp_path: Path):
    file = tmp_path / "answers.db"
    with suppress(KeyboardInterrupt), AnswerCache(file, "f") as cache:
        for number in range(3):
            cache.put(str(number), answer(f"answer {number}"))
        raise KeyboardInterrupt
    kept = AnswerCache(file, "f")
    assert [kept.get(str(number)) for number in range(3)] == [f"answer {n}" for n in range(3)]


def test_answers_are_written_every_half_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    now = 100.0
    monkeypatch.setattr("hei_nw_tasks.model.answer_cache.time.monotonic", lambda: now)
    file = tmp_path / "answers.db"
    cache, other = AnswerCache(file, "f"), AnswerCache(file, "f")
    cache.put("a", answer("1"))
    assert other.get("a") is None
    now = 100.6
    cache.put("b", answer("2"))
    assert (other.get("a"), other.get("b")) == ("1", "2")
