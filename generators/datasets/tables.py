"""A dataset in memory: worlds, the rows they become, and the manifest that identifies them.

    >>> from generators.datasets.source import config_from
    >>> tables = build("A", config_from("A", {"n": 2}))
    >>> tables.manifest.rows, [row["query_kind"] for row in tables.rows()]
    (2, ['single', 'latest'])

A row is a flat dict of the fields of `generators.records.Question`; an event row is one of
`EVENT_COLUMNS`. The canonical form of either is one line of JSON with sorted keys, so the
sha256 of a file is the sha256 in the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, model_validator

from generators import __version__
from generators.config import Config
from generators.records import Event, Question, World, to_row
from generators.scenarios import scenario
from generators.world.pools import checksum

if TYPE_CHECKING:
    from datasets import DatasetDict

# Arrow types of the columns, by the annotations of the fields; a list stands for a column of lists.
_ARROW: dict[str, str | list[str]] = {
    **{"str": "string", "bool": "bool", "int": "int64", "float": "float64"},
    "list[str]": ["string"],
}


@dataclass(slots=True)
class EventRow:
    """A row of the events of a dataset, see `generators.records.Event`."""

    event_id: str
    world_id: str
    day: int
    date: str
    text: str
    slot_names: list[str]
    slot_values: list[str]
    role: str
    should_remember: bool
    pinned: bool
    rank: int | None = None
    forgets: list[str] = field(default_factory=list)


def _columns(row: type[Any]) -> dict[str, str | list[str]]:
    return {field.name: _ARROW[str(field.type).removesuffix(" | None")] for field in fields(row)}


QUESTION_COLUMNS, EVENT_COLUMNS = _columns(Question), _columns(EventRow)
# Columns of dates, as ISO strings in rows; wherever columns have types, they are dates.
DATES = ("as_of", "date")
# Columns that datasets of version 0.1.0 do not have.
LATER_COLUMNS = ("rank", "forgets", "cue_overlap")
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What a dataset is: enough to make it again, and to tell it from any other.

    Attributes:
        scenario: Letter of the scenario.
        generator_version: Version of this package that made it.
        pools_sha256: Hex sha256 over the word pools.
        config: The settings.
        rows: Number of questions.
        events: Number of events over all worlds.
        rows_sha256: Hex sha256 over the canonical question rows in order.
        events_sha256: Hex sha256 over the canonical event rows in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str
    generator_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+!_-]{1,64}$")]
    pools_sha256: _Sha256
    config: SerializeAsAny[Config]
    rows: Annotated[int, Field(strict=True, ge=0)]
    events: Annotated[int, Field(strict=True, ge=0)]
    rows_sha256: _Sha256
    events_sha256: _Sha256

    @model_validator(mode="before")
    @classmethod
    def _config_of_scenario(cls, data: Any) -> Any:
        """Read settings as the scenario's own class."""
        if isinstance(data, dict) and isinstance(data.get("config"), dict):
            kind = scenario(str(data.get("scenario"))).config
            # Version 0.1.0 had no such setting: its cues have the words of the log.
            before = {"cue_overlap": "lexical"} if "cue_overlap" in kind.model_fields else {}
            return {**data, "config": kind(**{**before, **data["config"]})}
        return data


@dataclass(frozen=True, slots=True)
class Tables:
    """A dataset in memory: its worlds in order, and its manifest."""

    manifest: Manifest
    worlds: list[World]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Question rows in dataset order."""
        return (to_row(question) for world in self.worlds for question in world.questions)

    def event_rows(self) -> Iterator[dict[str, Any]]:
        """Event rows: world by world, each in time order."""
        return (event_row(event) for world in self.worlds for event in world.events)


def event_row(event: Event) -> dict[str, Any]:
    """An event as a flat dataset row."""
    return {
        "event_id": event.event_id,
        "world_id": event.world_id,
        "day": event.day,
        "date": event.date.isoformat(),
        "text": event.text,
        "slot_names": list(event.slots),
        "slot_values": list(event.slots.values()),
        "role": event.role,
        "should_remember": event.should_remember,
        "pinned": event.pinned,
        "rank": event.rank,
        "forgets": list(event.forgets),
    }


# `json.dumps` with these options would make a new encoder for each row.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical_line(row: Mapping[str, Any]) -> bytes:
    """The one JSON line that stands for a row in files and checksums."""
    return _ENCODER.encode(row).encode() + b"\n"


class RowDigest:
    """Counts rows and hashes their canonical lines, in order."""

    def __init__(self) -> None:
        self.count = 0
        self._sha256 = hashlib.sha256()

    def add(self, row: Mapping[str, Any]) -> bytes:
        """Add a row; returns its canonical line."""
        line = canonical_line(row)
        self._sha256.update(line)
        self.count += 1
        return line

    @property
    def sha256(self) -> str:
        """Hex sha256 of all lines so far."""
        return self._sha256.hexdigest()


def build(letter: str, config: Config) -> Tables:
    """Make a dataset in memory.

    Raises:
        ConfigError: The scenario is unknown or the settings cannot be met.
    """
    worlds = list(scenario(letter).worlds(config))
    return Tables(describe(letter, config, worlds), worlds)


def describe(letter: str, config: Config, worlds: Iterable[World]) -> Manifest:
    """The manifest of worlds that this version has made with some settings."""
    return manifest_of(letter, config, *digests(worlds))


def digests(
    worlds: Iterable[World], *, without: Collection[str] = ()
) -> tuple[RowDigest, RowDigest]:
    """Digests of the question rows and of the event rows of some worlds.

    Args:
        worlds: In order.
        without: Columns that the rows lack; those of version 0.1.0 lack `LATER_COLUMNS`.
    """
    questions, events = RowDigest(), RowDigest()
    for world in worlds:
        for digest, rows in (
            (questions, map(to_row, world.questions)),
            (events, map(event_row, world.events)),
        ):
            for row in rows:
                for column in without:
                    row.pop(column, None)
                digest.add(row)
    return questions, events


def manifest_of(letter: str, config: Config, questions: RowDigest, events: RowDigest) -> Manifest:
    """The manifest of rows that this version has made with some settings."""
    return Manifest(
        scenario=letter,
        generator_version=__version__,
        pools_sha256=checksum(),
        config=config,
        rows=questions.count,
        events=events.count,
        rows_sha256=questions.sha256,
        events_sha256=events.sha256,
    )


def to_datasets(tables: Tables) -> DatasetDict:
    """The dataset as Hugging Face `datasets`: questions as split `test`, and `events`."""
    from datasets import Dataset, DatasetDict, Features, Sequence, Value

    def features(columns: Mapping[str, Any]) -> Features:
        return Features(
            {
                name: Sequence(Value(kind[0])) if isinstance(kind, list) else Value(kind)
                for name, kind in columns.items()
            }
        )

    return DatasetDict(
        test=Dataset.from_list(list(tables.rows()), features=features(QUESTION_COLUMNS)),
        events=Dataset.from_list(list(tables.event_rows()), features=features(EVENT_COLUMNS)),
    )
