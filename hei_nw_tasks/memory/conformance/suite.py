"""All checks by name, and how they are run.

for name, outcome in results(Subject("mine:Notebook")):
    name, outcome.status, outcome.text -> "delete", "holds", "6 deleted events do not come back"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from generators.console import visible
from hei_nw_tasks.memory.conformance import forgetting, keeping, recalling, sleeping
from hei_nw_tasks.memory.conformance.outcome import Outcome, fails, holds, not_applicable
from hei_nw_tasks.memory.conformance.subject import Subject
from hei_nw_tasks.memory.plugged import TimedOutError
from hei_nw_tasks.plugins import PluginError


def time(subject: Subject) -> Outcome:
    """Every call ends in time; how long they take."""
    made = subject.replays()
    writing = sum(one.seconds for one in made) / sum(len(one.written) for one in made)
    slowest = max(found.seconds for one in made for found in one.recalled.values())
    return holds(f"writes an event in {_ms(writing)} on average, recalls in {_ms(slowest)} at most")


# By name, in the order of the output. The first line of a docstring says what has to hold.
CHECKS: dict[str, Callable[[Subject], Outcome]] = {
    "time": time,
    "stored": recalling.stored,
    "recalls": recalling.recalls,
    "claims": keeping.claims,
    "told": recalling.told,
    "dates": recalling.dates,
    "as_of": recalling.as_of,
    "peeking": recalling.peeking,
    "ids": recalling.ids,
    "determinism": recalling.determinism,
    "budget": recalling.budget,
    "apart": keeping.apart,
    "scopes": keeping.scopes,
    "reopen": keeping.reopen,
    "durable": keeping.durable,
    "refs": keeping.refs,
    "delete": forgetting.delete,
    "requests": forgetting.requests,
    "traces": forgetting.traces,
    "update": forgetting.update,
    "idempotence": keeping.idempotence,
    "sleeps": sleeping.sleeps,
    "taken_off": sleeping.taken_off,
    "slept_alike": sleeping.slept_alike,
}
# What can be seen of a memory that recalls nothing; everything else is seen by what it recalls.
_WITHOUT_RECALL = {"time", "stored", "recalls", "claims", "refs", "traces"}
_WITHOUT_RECALL |= {"sleeps", "taken_off", "slept_alike"}
_SILENT = not_applicable("it recalls nothing")


def results(subject: Subject, names: Sequence[str] = ()) -> Iterator[tuple[str, Outcome]]:
    """Run checks one by one.

    Args:
        subject: The memory.
        names: Of the checks; none for all of them.

    Yields:
        The name of a check, and how it ended. After a call that did not end in time there are no
        more: each of them might take as long.
    """
    for name in names or CHECKS:
        hangs = False
        try:
            silent = name not in _WITHOUT_RECALL and subject.is_silent
            outcome = _SILENT if silent else CHECKS[name](subject)
        except PluginError as error:
            hangs = isinstance(error, TimedOutError)
            outcome = fails(visible(str(error)))
        yield name, outcome
        if hangs:
            return


def meaning(name: str) -> str:
    """What has to hold for a check."""
    return (CHECKS[name].__doc__ or "").splitlines()[0]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2g} ms" if seconds < 1 else f"{seconds:.2g} s"
