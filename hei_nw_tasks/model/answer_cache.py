"""What --use_cache keeps of the `heinw` model.

lm_eval's own cache knows an answer by its request alone, so another model or another memory would
be given the same one. Here an answer is known by model, arm, document, and the prompt with its
memory; the first two name a table of the same SQLite file:

    heinw_9f2c41d07be35a18 | 4b1d… -> MeasuredResponse("5433")

An answer is kept as soon as it is there, so that a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlitedict import SqliteDict

from hei_nw_tasks.response import MeasuredResponse


class _WithoutOurs(SqliteDict):  # type: ignore[misc]  # carries no types
    """lm_eval's own view of the file: it must neither keep nor find measured answers."""

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(value, MeasuredResponse):
            super().__setitem__(key, value)


class AnswerCache:
    """The answers of one model and arm.

    Args:
        database: lm_eval's open cache. It is changed in place, because lm_eval holds it as well:
            from now on it reads and writes a table of this model, without our answers.
        fingerprint: Names model and arm.
    """

    def __init__(self, database: SqliteDict, fingerprint: str) -> None:
        self._answers = SqliteDict(
            database.filename, tablename=f"heinw_{fingerprint}", autocommit=True
        )
        others = f"others_{fingerprint}"
        database.conn.execute(
            f'CREATE TABLE IF NOT EXISTS "{others}" (key TEXT PRIMARY KEY, value BLOB)'
        )
        database.tablename = others
        database.__class__ = _WithoutOurs

    def get(self, key: str) -> MeasuredResponse | None:
        """The answer that was kept, if any."""
        found: MeasuredResponse | None = self._answers.get(key)
        return found

    def put(self, key: str, answer: MeasuredResponse) -> None:
        """Keep an answer; it is on disk when this returns."""
        self._answers[key] = answer
        self._answers.commit(blocking=True)


def answer_key(doc_id: str, prompt: str, gen_kwargs: Mapping[str, Any]) -> str:
    """Hex sha256 of all that an answer depends on, besides model and arm."""
    return _digest([doc_id, prompt, gen_kwargs])


def fingerprint(model_args: Mapping[str, Any], arm: Mapping[str, Any]) -> str:
    """Sixteen hex digits for a model and an arm; batch size and device do not matter to them.

    A checkpoint in a folder is known by its files' sizes and times as well as by its name.
    """
    kept = {k: v for k, v in model_args.items() if k not in ("batch_size", "device")}
    files = [
        [str(path), path.stat().st_size, path.stat().st_mtime_ns]
        for value in kept.values()
        if isinstance(value, str) and Path(value).is_dir()
        for path in sorted(Path(value).iterdir())
    ]
    return _digest([kept, arm, files])[:16]


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
