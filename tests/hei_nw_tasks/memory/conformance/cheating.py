"""Memories that cheat, or are wrong, each in one way; `CAUGHT_BY` names the checks that show it."""

from __future__ import annotations

import gc
import json
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from generators.records import Question
from hei_nw_tasks.memory import stores
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item, Written
from tests.hei_nw_tasks.memory.conformance.honest import Dreamer, Honest

Kind = type[Any]
CAUGHT_BY: dict[str, tuple[Kind, str]] = {}


def caught_by(*checks: str) -> Callable[[Kind], Kind]:
    def note(kind: Kind) -> Kind:
        CAUGHT_BY.update({f"{kind.__name__} by {check}": (kind, check) for check in checks})
        return kind

    return note


class ShowsFirst(Honest):
    """Shows what it should not know before what it should."""

    def sly(self, query: str, as_of: datetime) -> list[Item]:
        return []  # an honest one

    def of(self, evidence: set[str], as_of: datetime) -> list[Item]:
        return [Item(text, ref) for ref, text in self.rows(as_of) if ref in evidence]

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        sly = self.sly(query, as_of)
        rest = (item for item in super().recall(query, as_of, budget) if item not in sly)
        return [*sly, *rest][: budget.k]


@caught_by("peeking")
class KeepsTheKeysIds(ShowsFirst):
    """Finds the question among those of the loaded dataset, and shows its evidence first."""

    def sly(self, query: str, as_of: datetime) -> list[Item]:
        worlds = stores._DATASETS.get(self.scope, [])
        asked = [q for world in worlds for q in world.questions if q.query == query]
        return self.of({id_ for question in asked for id_ in question.evidence}, as_of)


@caught_by("peeking")
class SearchesTheProcess(ShowsFirst):
    """Does not need the dataset: somewhere in the process the question lies with its evidence."""

    def sly(self, query: str, as_of: datetime) -> list[Item]:
        if not hasattr(self, "found"):
            self.found = [one for one in gc.get_objects() if isinstance(one, Question)]
        asked = [question for question in self.found if question.query == query]
        return self.of({id_ for question in asked for id_ in question.evidence}, as_of)


@caught_by("peeking")
class ReadsAhead(ShowsFirst):
    """Tells what happens after the question."""

    def sly(self, query: str, as_of: datetime) -> list[Item]:
        worlds = stores._DATASETS.get(self.scope, [])
        return [Item(e.text) for world in worlds for e in world.events if e.date > as_of.date()]


@caught_by("peeking")
class GateWithTheKey(Honest):
    """Its gate knows what is worth remembering."""

    def write(self, event: Episode) -> Any:
        worlds = stores._DATASETS.get(self.scope, [])
        durable = {e.event_id for world in worlds for e in world.events if e.should_remember}
        return super().write(event) if not worlds or event.id in durable else False


@caught_by("as_of")
class IgnoresAsOf(Honest):
    """Claims to recall the past as it was, and recalls what it knows now."""

    def rows(self, as_of: datetime) -> list[Any]:
        return super().rows(as_of + timedelta(days=9999))


@caught_by("apart", "scopes")
class AnswersForAnotherScope(Honest):
    """Keeps what all scopes are told in its class."""

    everything: ClassVar[dict[str, str]] = {}

    def keep(self, ref: str, event: Episode) -> None:
        super().keep(ref, event)
        self.everything[ref] = event.text

    def rows(self, as_of: datetime) -> list[Any]:
        return [*self.everything.items()]


@caught_by("apart")
class OneListForAll:
    """The list belongs to the class, as happens by mistake."""

    notes: ClassVar[list[str]] = []

    def write(self, event: Episode) -> None:
        self.notes.append(event.text)

    def recall(self, query: str, k: int) -> list[str]:
        asked = set(query.split())
        return sorted(self.notes, key=lambda note: -len(asked & set(note.split())))[:k]


@caught_by("scopes")
class OneFileForAllScopes(Honest):
    """Does not look at the scope when it reads."""

    def rows(self, as_of: datetime) -> list[Any]:
        query = "SELECT ref, text FROM notes WHERE at <= ? ORDER BY at"
        return self.database.execute(query, (as_of.isoformat(),)).fetchall()


@caught_by("delete", "requests")
class IgnoresDelete(Honest):
    def delete(self, ref: str) -> None:
        pass


@caught_by("delete")
class HidesUntilReopened(Honest):
    """Leaves out what was deleted, until it is opened again."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        super().open(scope, folder, seed)
        self.hidden: set[str] = set()

    def delete(self, ref: str) -> None:
        self.hidden.add(ref)

    def rows(self, as_of: datetime) -> list[Any]:
        return [row for row in super().rows(as_of) if row[0] not in self.hidden]


@caught_by("delete")
class DeletesEverything(Honest):
    def delete(self, ref: str) -> None:
        self.database.execute("DELETE FROM notes")


@caught_by("traces")
class LeavesTraces(Honest):
    """Keeps a journal of all that it was told."""

    def keep(self, ref: str, event: Episode) -> None:
        super().keep(ref, event)
        with (self.folder / "journal.txt").open("a") as journal:
            journal.write(event.text)


@caught_by("budget", "recalls")
class RecallsMoreThanK(Honest):
    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        return [*super().recall(query, as_of, replace(budget, k=(budget.k or 0) + 1))]


@caught_by("reopen", "durable")
class ForgetsOnReopen(Honest):
    def open(self, scope: str, folder: Path, seed: int) -> None:
        (folder / "notes.sqlite").unlink(missing_ok=True)
        super().open(scope, folder, seed)


@caught_by("durable")
class OnlyInThisProcess(Honest):
    """Opened again, it finds everything, but not on disk."""

    kept: ClassVar[dict[tuple[Path, str], dict[str, Any]]] = defaultdict(dict)

    def keep(self, ref: str, event: Episode) -> None:
        self.kept[self.folder, self.scope][ref] = (event.at, event.text)

    def rows(self, as_of: datetime) -> list[Any]:
        kept = self.kept[self.folder, self.scope].items()
        return [(ref, text) for ref, (at, text) in kept if at <= as_of]


@caught_by("durable")
class WritesWhenClosed(Honest):
    """Says that it has stored what it has not yet written."""

    def open(self, scope: str, folder: Path, seed: int) -> None:
        super().open(scope, folder, seed)
        self.database.execute("BEGIN")

    def close(self) -> None:
        self.database.execute("COMMIT")
        super().close()


@caught_by("refs")
class LosesSome(Honest):
    """Acknowledges every event, and drops every fifth."""

    def keep(self, ref: str, event: Episode) -> None:
        self.count = getattr(self, "count", 0) + 1
        if self.count % 5:
            super().keep(ref, event)


@caught_by("determinism")
class Shuffles(Honest):
    def rows(self, as_of: datetime) -> list[Any]:
        return random.sample(found := super().rows(as_of), len(found))


@caught_by("determinism")
class LetsHashesDecide(Honest):
    """The same within a process, since its strings have the same hashes."""

    def rows(self, as_of: datetime) -> list[Any]:
        return sorted(super().rows(as_of), key=lambda row: hash(row[1]))


@caught_by("ids")
class LetsIdsDecide(Honest):
    def rows(self, as_of: datetime) -> list[Any]:
        return sorted(super().rows(as_of))


@caught_by("told")
class TellsWhatItWasNotTold(ShowsFirst):
    def sly(self, query: str, as_of: datetime) -> list[Item]:
        return [Item("Everybody agrees: whatever happened, somebody else arranged everything.")]


@caught_by("told")
class NamesTheWrongEvent(Honest):
    """Gives the best event's id to all texts."""

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        found = [*super().recall(query, as_of, budget)]
        return [replace(item, event_id=found[0].event_id) for item in found]


@caught_by("told", "recalls")
class NamesEventsItWasNotTold(Honest):
    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        return [Item("Yes.", "0000")]


@caught_by("dates")
class DatesByTheReplay(Honest):
    def write(self, event: Episode) -> Written:
        return super().write(replace(event, text=f"[{datetime.now():%Y-%m-%d}] {event.text}"))


@caught_by("claims")
class ClaimsWhatItLacks(Honest):
    capabilities = Capabilities(delete=True)
    delete = None


@caught_by("update")
class KeepsTheOldToo(Honest):
    def update(self, ref: str, event: Episode) -> None:
        self.keep(f"{ref}*", event)
        self.database.execute("UPDATE notes SET ref = ref || '*' WHERE ref = ?", (ref,))


@caught_by("update")
class IgnoresUpdate(Honest):
    def update(self, ref: str, event: Episode) -> None: ...


@caught_by("idempotence")
class StoresTwice(Honest):
    def write(self, event: Episode) -> Any:
        self.count = getattr(self, "count", 0) + 1
        self.keep(f"{event.id} {self.count}", event)
        return f"{event.id} {self.count}"

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        return [replace(item, event_id=None) for item in super().recall(query, as_of, budget)]


@caught_by("taken_off")
class LeavesItsAdapterOn(Dreamer):
    def wake(self, adapted: Any) -> None: ...


@caught_by("slept_alike")
class DreamsOtherwiseEachTime(Dreamer):
    def open(self, scope: str, folder: Path, seed: int) -> None:
        super().open(scope, folder, random.randrange(10**9))


@caught_by("sleeps", "taken_off")
class TrainsForAnotherModel(Dreamer):
    """Says that its adapter is for another model than the one that it was given."""

    def consolidate(self, model: Any) -> dict[str, str]:
        made = super().consolidate(model)
        path = self.folder / "adapter" / "adapter_config.json"
        known = json.loads(path.read_text()) | {"base_model_name_or_path": "org/other"}
        path.write_text(json.dumps(known))
        return made


@caught_by("time")
class Hangs(Honest):
    def recall(self, query: str, as_of: datetime, budget: Budget) -> Any:
        threading.Event().wait(60)
