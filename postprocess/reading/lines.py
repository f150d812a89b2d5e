"""The lines of a samples file, each as a record.

A file that ends in the middle of a line was cut short: what is whole can be used. Any other damage
makes it unusable.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from postprocess.errors import UnusableRunError
from postprocess.reading.results import first_problem
from postprocess.reading.strict_json import MAX_BYTES, StrictJsonError, parse

ADVICE = "restore the file that lm_eval wrote, or run again"
Fields = TypeVar("Fields", bound=BaseModel)


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, from 1.

    Raises:
        UnusableRunError: It cannot be read, or a line is too long.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnusableRunError(path, "not a file", ADVICE)
        # A binary file's lines end at \n alone, so U+2028 inside a response ends none.
        with path.open("rb") as file:
            for line, raw in enumerate(iter(partial(file.readline, MAX_BYTES + 1), b""), 1):
                if len(raw) > MAX_BYTES:
                    raise UnusableRunError(path, f"a row of over {MAX_BYTES:,} bytes", ADVICE, line)
                yield line, raw
    except OSError as error:
        raise UnusableRunError(path, f"{error.strerror}", ADVICE) from error


def fields_of(
    kind: type[Fields], path: Path, line: int, raw: bytes, *, nan_as_none: bool = False
) -> Fields | None:
    """What a line says; None if the file ends in the middle of the line.

    Raises:
        UnusableRunError: It is no such line.
    """
    try:
        return kind.model_validate(parse(raw, nan_as_none=nan_as_none))
    except StrictJsonError as error:
        if not raw.endswith(b"\n"):
            return None
        raise UnusableRunError(path, f"{error}", ADVICE, line) from error
    except ValidationError as error:
        raise UnusableRunError(path, first_problem(error), ADVICE, line) from error
