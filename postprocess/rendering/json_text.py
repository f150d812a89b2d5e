"""The reports for programs: JSON, written piece by piece where it is long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from postprocess.schema.index import Index
from postprocess.schema.run import Item, Metrics, Summary

SCHEMAS: dict[str, type[BaseModel]] = {"run": Metrics, "index": Index}


def metrics(summary: Summary, items: Iterable[Item]) -> Iterator[bytes]:
    """The metrics file of a run: its summary, and one question a line."""
    head = _text(summary).removesuffix("\n}\n")
    yield f'{head},\n "items": ['.encode()
    separator = ""
    for item in items:
        line = json.dumps(item.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        yield f"{separator}\n  {line}".encode()
        separator = ","
    yield b"\n ]\n}\n" if separator else b"]\n}\n"


def index(found: Index) -> str:
    """The index file."""
    return _text(found)


def schema(name: str) -> str:
    """The JSON Schema of a file.

    Args:
        name: "run" for the metrics file, or "index".
    """
    return json.dumps(SCHEMAS[name].model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _text(model: BaseModel) -> str:
    dumped = model.model_dump(mode="json")
    return json.dumps(dumped, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
