"""Calls the methods of a memory: in a thread of its own, with a limit of time, awaiting coroutines.

call = Caller(timeout_s=600)
call(memory.write, event)
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

_Results: TypeAlias = "SimpleQueue[tuple[Any, BaseException | None]]"


class CallTimeoutError(Exception):
    """A call took longer than it may; its thread is left to itself."""


class Caller:
    """Calls functions, one at a time.

    With a limit of time all calls are made in one other thread: SQLite connections and event loops
    belong to the thread that made them.

    Args:
        timeout_s: Most seconds of a call; None for any number.
    """

    def __init__(self, timeout_s: float | None) -> None:
        self.timeout_s = timeout_s
        self._runner: asyncio.Runner | None = None
        self._jobs: SimpleQueue[tuple[Callable[[], Any], _Results] | None] = SimpleQueue()
        if timeout_s is not None:
            # A daemon: a call that hangs does not keep the process from ending.
            threading.Thread(target=self._work, daemon=True).start()

    def __call__(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function, await what it returns if it is a coroutine, and list it if it iterates.

        Raises:
            CallTimeoutError: It takes too long.
            BaseException: Whatever it raises.
        """

        def job() -> Any:
            value = function(*args, **kwargs)
            if inspect.iscoroutine(value):
                self._runner = self._runner or asyncio.Runner()
                value = self._runner.run(value)
            # A generator does its work here, not where its values are used.
            return list(value) if isinstance(value, Iterator) else value

        if self.timeout_s is None:
            return job()
        # A queue for each call: one that was given up may still put its result.
        results: _Results = SimpleQueue()
        self._jobs.put((job, results))
        try:
            value, error = results.get(timeout=self.timeout_s)
        except Empty:
            raise CallTimeoutError from None
        if error is not None:
            raise error
        return value

    def end(self) -> None:
        """No more calls."""
        self._jobs.put(None)
        if self.timeout_s is None:
            self._close()

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
            job, results = given
            try:
                results.put((job(), None))
            except BaseException as error:  # raised again where the call was made
                results.put((None, error))
        self._close()

    def _close(self) -> None:
        if self._runner is not None:
            self._runner.close()


def accepted(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments by name that a function takes.

    >>> accepted(lambda query, k=5: None, {"query": "who?", "k": 3, "as_of": None})
    {'query': 'who?', 'k': 3}
    """
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return dict(given)
    return {p.name: given[p.name] for p in parameters if p.name in given}
