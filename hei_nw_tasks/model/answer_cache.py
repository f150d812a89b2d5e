"""What --use_cache keeps of the `heinw` model: its answers, as JSON.

lm_eval keeps answers as pickles, which run code when they are read, and knows an answer by its
request alone, so that another model or memory would be given the same one. Here an answer is known
by model and arm, document, ranking, and the prompt with its memory:

    answers: sha256 -> {"response": "5433", "record": {"question_id": "b1e0…", …}}

Answers are written twice a second and at the end of a batch of requests, so that a run that was
killed goes on where it stopped: syncing each one alone takes longer than a small model's answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hei_nw_tasks.cache_file import CacheFile
from hei_nw_tasks.model.settings import SPEED_ARGUMENTS
from hei_nw_tasks.patches import replace_once
from hei_nw_tasks.response import MeasuredResponse

_log = logging.getLogger("lm_eval.hei_nw_tasks")
# Most of the time that a killed run may have to repeat.
_WRITE_EVERY_S = 0.5


class AnswerCache:
    """The answers of one model and arm.

    To lm_eval it is the cache of all that the model answers: what it keeps of the requests of other
    tasks is JSON as well.

    Args:
        path: File of the cache; models and arms share it.
        fingerprint: Names model and arm.
        keeps_others: Whether results of other tasks are kept, too.

    Raises:
        ConfigError: The file cannot be used. All methods raise it.
    """

    def __init__(self, path: Path, fingerprint: str, *, keeps_others: bool = True) -> None:
        self._file, self._fingerprint = CacheFile(path, "answers", "--use_cache"), fingerprint
        self._keeps_others = keeps_others
        self._waiting: dict[bytes, bytes] = {}
        self._written = time.monotonic()
        if self._file.tables_like(f"heinw_{'[0-9a-f]' * 16}"):
            _log.warning("heinw: %s: answers of an earlier version, pickles, are not read", path)

    def get(self, key: str) -> MeasuredResponse | None:
        """The answer that was kept, if any."""
        row = self._row(key)
        return self._file.find([row], _answer).get(row)

    def put(self, key: str, answer: MeasuredResponse) -> None:
        """Keep an answer; it is on disk with the next `commit`, half a second later at most."""
        value = {"response": str(answer), "record": answer.record.model_dump()}
        self._waiting[self._row(key)] = json.dumps(value).encode()
        if time.monotonic() - self._written >= _WRITE_EVERY_S:
            self.commit()

    def __contains__(self, request: str) -> bool:
        """Whether lm_eval has kept the result of a request of another task."""
        row = self._row("lm_eval", request)
        return row in self._file.find([row], _result)

    def __getitem__(self, request: str) -> Any:
        """The result of a request of another task."""
        row = self._row("lm_eval", request)
        return self._file.find([row], _result)[row]

    def __setitem__(self, request: str, result: Any) -> None:
        """Keep the result of a request of another task; `put` has kept the answers of ours."""
        if self._keeps_others and not isinstance(result, MeasuredResponse):
            self._file.keep(
                {self._row("lm_eval", request): json.dumps({"result": result}).encode()}
            )

    def __enter__(self) -> AnswerCache:
        """Answers are put; whatever ends that, they are written."""
        return self

    def __exit__(self, *error: object) -> None:
        self.commit()

    def commit(self) -> None:
        """Write the answers that wait; they are on disk when this returns."""
        waiting, self._waiting = self._waiting, {}
        if waiting:
            self._file.keep(waiting)
        self._written = time.monotonic()

    def _row(self, *key: str) -> bytes:
        return bytes.fromhex(_digest([self._fingerprint, *key]))


def take_over() -> None:
    """Have `lm_eval --use_cache` open the answer cache of a model that has one of its own.

    lm_eval would open the file as a store of pickles, and die of a damaged one.
    """
    from lm_eval.api.model import CachingLM

    def wrapped(original: Any) -> Any:
        def init(self: Any, lm: Any, cache_db: str) -> None:
            if not hasattr(type(lm), "open_answer_cache"):
                original(self, lm, cache_db)
                return
            self.lm, self.cache_db = lm, cache_db
            self.dbdict = lm.open_answer_cache(Path(cache_db))
            lm.set_cache_hook(self.get_cache_hook())

        return init

    replace_once(CachingLM, "__init__", wrapped)


def answer_key(
    doc_id: str, prompt: str, gen_kwargs: Mapping[str, Any], recalled: Sequence[str] | str | None
) -> str:
    """Hex sha256 of all that an answer and its record depend on, besides model and arm."""
    return _digest([doc_id, prompt, gen_kwargs, recalled])


def fingerprint(model_args: Mapping[str, Any], arm: Mapping[str, Any], model: object = None) -> str:
    """Sixteen hex digits for a model and an arm.

    A checkpoint in a folder is known by the sizes and times of its files as well as by its name,
    and one from the Hub by its commit.

    Args:
        model_args: Arguments of the model.
        arm: Identity of the arm.
        model: The loaded model, if it is one of transformers.
    """
    commit = getattr(getattr(model, "config", None), "_commit_hash", None)
    kept = {name: value for name, value in model_args.items() if name not in SPEED_ARGUMENTS}
    files = [
        [str(path), path.stat().st_size, path.stat().st_mtime_ns]
        for value in kept.values()
        if _is_folder(value)
        for path in sorted(Path(value).iterdir())
        if path.exists()
    ]
    return _digest([kept, arm, files, commit])[:16]


def _is_folder(value: object) -> bool:
    try:
        return isinstance(value, str) and Path(value).is_dir()
    except OSError:  # too long for a path
        return False


def _answer(value: bytes) -> MeasuredResponse:
    kept = _parsed(value, "response", "record")
    if not isinstance(kept["response"], str):
        raise ValueError("the response is no text")
    return MeasuredResponse(kept["response"], kept["record"])


def _result(value: bytes) -> Any:
    result = _parsed(value, "result")["result"]
    return tuple(result) if isinstance(result, list) else result


def _parsed(value: bytes, *names: str) -> dict[str, Any]:
    """The JSON object of a row.

    Raises:
        ValueError: It is not one, or does not have these names.
    """
    try:
        kept = json.loads(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(kept, dict) or kept.keys() != {*names}:
        raise ValueError(f"is no object of {', '.join(names)}")
    return kept


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
