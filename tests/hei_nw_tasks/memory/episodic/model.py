"""A list that does what `episodic` does, by the words of its documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hei_nw_tasks.memory.protocol import Episode
from hei_nw_tasks.retrieval.bm25 import BM25Retriever
from hei_nw_tasks.retrieval.protocols import Log

START = datetime(2024, 5, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


def episode(id_: str, text: str, hours: int = 0, **fields: object) -> Episode:
    """An event, some hours after the start."""
    return Episode(id_, text, START + timedelta(hours=hours), "ada", **fields)  # type: ignore[arg-type]


@dataclass
class Text:
    """What was told: a reference has one text after the other."""

    ref: str
    event: Episode
    until: datetime = NEVER


@dataclass
class Model:
    """A memory of one scope without a gate."""

    max_events: int | None = None
    ttl_days: float | None = None
    texts: list[Text] = field(default_factory=list)

    def ref_of(self, name: str) -> str | None:
        found = [text for text in self.texts if name in (text.ref, text.event.id)]
        return found[-1].ref if found else None

    def write(self, event: Episode) -> bool:
        if self.ref_of(event.id) is not None:
            return True
        return self._add(Text(event.id, event))

    def update(self, name: str, event: Episode) -> bool:
        ref = self.ref_of(name)
        if ref is not None:
            own = [text for text in self.texts if text.ref == ref]
            self.texts = [t for t in self.texts if t not in own or t.event.at < event.at]
            for text in own:
                text.until = min(text.until, event.at)
        return self._add(Text(event.id if ref is None else ref, event))

    def delete(self, name: str) -> None:
        ref = self.ref_of(name)
        self.texts = [text for text in self.texts if text.ref != ref]

    def refs(self) -> set[str]:
        return {text.ref for text in self.texts}

    def recall(self, query: str, as_of: datetime, k: int) -> list[tuple[str | None, str]]:
        seen = [t.event for t in self.texts if t.event.at <= as_of < t.until]
        if self.ttl_days is not None:
            oldest = as_of - timedelta(days=self.ttl_days)
            seen = [event for event in seen if event.pinned or event.at >= oldest]
        log = Log("log", tuple(event.text for event in seen))
        found = BM25Retriever().search(query, log, k)
        return [(seen[i].id, seen[i].text) for i in found]

    def _add(self, new: Text) -> bool:
        self.texts.append(new)
        if self.ttl_days is not None:
            oldest = max(t.event.at for t in self.texts) - timedelta(days=self.ttl_days)
            self.texts = [t for t in self.texts if t.event.pinned or t.event.at >= oldest]
        if self.max_events is not None:
            loose = sorted(
                (text for text in self.texts if not text.event.pinned), key=lambda t: t.until
            )
            for text in loose[: max(0, len(self.texts) - self.max_events)]:
                self.texts.remove(text)
        return new in self.texts
