"""Calls with a limit of time: one thread, coroutines awaited, nothing mixed up afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from threading import Event, get_ident
from typing import Any

import pytest

from hei_nw_tasks.memory.calling import Caller, CallTimeoutError, accepted

LIMITS = (None, 60.0)


@pytest.mark.parametrize("limit", LIMITS)
def test_values_and_exceptions_come_back(limit: float | None):
    call = Caller(limit)
    assert call(lambda a, b=0: (a, b), 1, b=2) == (1, 2)

    class OddError(BaseException):
        pass

    def fail() -> None:
        raise OddError("odd")

    with pytest.raises(OddError, match="odd"):
        call(fail)
    assert call(int, "7") == 7, "goes on after an exception"
    call.end()


@pytest.mark.parametrize("limit", LIMITS)
def test_coroutines_share_one_event_loop(limit: float | None):
    call, loops = Caller(limit), []

    async def method(value: int) -> int:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return value

    assert [call(method, number) for number in range(3)] == [0, 1, 2]
    assert len(set(map(id, loops))) == 1
    call.end()


def test_all_calls_are_made_in_one_other_thread():
    """As a SQLite connection wants it, also where a generator reads it."""
    call = Caller(60)
    database: sqlite3.Connection = call(sqlite3.connect, ":memory:")
    call(database.execute, "CREATE TABLE t AS SELECT 1 AS x UNION SELECT 2")

    def rows() -> Iterator[Any]:
        with closing(database.execute("SELECT x FROM t ORDER BY x")) as found:
            yield from (x for (x,) in found)

    assert call(rows) == [1, 2]
    assert call(get_ident) == call(get_ident) != get_ident()
    call(database.close)
    call.end()
    assert Caller(None)(get_ident) == get_ident()


def test_what_hangs_is_given_up_and_its_late_result_is_not_anothers():
    call, go, done = Caller(0.05), Event(), Event()

    def late() -> str:
        go.wait(60)
        done.set()
        return "late"

    with pytest.raises(CallTimeoutError):
        call(late)
    with pytest.raises(CallTimeoutError):
        call(int, "1")  # its thread is still busy
    go.set()
    done.wait(60)
    call.timeout_s = 60
    assert call(int, "2") == 2
    call.end()


def test_a_call_that_hangs_keeps_no_process_from_ending():
    before = set(threading.enumerate())
    call = Caller(1)
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    call.end()
    thread.join(60)
    assert not thread.is_alive()


def test_arguments_are_given_as_far_as_they_are_taken():
    given = {"query": "who?", "as_of": 1, "budget": 2, "k": 3}
    assert accepted(lambda **all_: None, given) == given
    assert accepted(lambda query, as_of, budget: None, given) == {
        name: given[name] for name in ("query", "as_of", "budget")
    }
    assert accepted(lambda: None, given) == {}
