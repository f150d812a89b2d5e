"""The reports for programs: JSON, written piece by piece where it is long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, TypeAdapter

from postprocess.schema.answer import Answer
from postprocess.schema.index import Index
from postprocess.schema.pair import Pairing
from postprocess.schema.run import Metrics, Summary

_ANSWER = TypeAdapter(Answer)
SCHEMAS: dict[str, type[BaseModel]] = {"run": Metrics, "index": Index, "pair": Pairing}


def metrics(summary: Summary, answers: Iterable[Answer]) -> Iterator[bytes]:
    """The metrics file of a run: its summary, and its answers, one a line."""
    head = _text(summary).removesuffix("\n}\n")
    yield f'{head},\n "items": ['.encode()
    separator = ""
    for answer in answers:
        yield f"{separator}\n  ".encode() + _ANSWER.dump_json(answer)
        separator = ","
    yield b"\n ]\n}\n" if separator else b"]\n}\n"


def index(found: Index) -> str:
    """The index file."""
    return _text(found)


def pairing(found: Pairing) -> str:
    """The file of `python -m postprocess pair`."""
    return _text(found)


def schema(name: str) -> str:
    """The JSON Schema of a file.

    Args:
        name: "run" for the metrics file, "index", or "pair".
    """
    return json.dumps(SCHEMAS[name].model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _text(model: BaseModel) -> str:
    return model.model_dump_json(indent=1) + "\n"
