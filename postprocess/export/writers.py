"""Which formats samples are exported to, and how their files are collected, run by run.

    with Export(("inspect",)) as export:
        export.add(run, summary)
        for name, pieces in export.files():
            staging.add(name, pieces)

A new format is a `Writer` and its line in `WRITERS`.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from postprocess.errors import ReportError
from postprocess.export.eee_records import EveryEvalEver
from postprocess.export.hub_results import HubResults
from postprocess.export.inspect_logs import InspectLogs
from postprocess.export.tables import CsvTable, ParquetTable
from postprocess.reading.runs import Run
from postprocess.schema.run import Summary

_CHUNK = 1 << 20


class Writer(Protocol):
    """Writes the files of one format.

    It is made with the folder that they go into, and the id on the Hub of the dataset that was
    asked (None if nobody says so).
    """

    def add(self, run: Run, summary: Summary) -> None:
        """Writes the samples of a run."""

    def close(self) -> None:
        """Completes the files."""


# Each is made before any run is read, and raises `HeinwError` if a package is missing.
WRITERS: Mapping[str, Callable[[Path, str | None], Writer]] = {
    "csv": CsvTable,
    "parquet": ParquetTable,
    "inspect": InspectLogs,
    "eee": EveryEvalEver,
    "hub": HubResults,
}


class Export:
    """Collects samples in temporary files, run by run.

    Args:
        formats: Those of `WRITERS` are exported; others are ignored.
        dataset: Id on the Hub of the dataset that was asked.
    """

    def __init__(self, formats: Sequence[str], dataset: str | None = None) -> None:
        self._dataset = dataset
        self._formats = [name for name in WRITERS if name in formats]
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writers: list[Writer] = []

    def __enter__(self) -> Export:
        if self._formats:
            with _one_line(), contextlib.ExitStack() as stack:
                self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
                stack.callback(self._folder.cleanup)
                folder = Path(self._folder.name)
                self._writers = [WRITERS[name](folder, self._dataset) for name in self._formats]
                stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            # Whatever still is open here is thrown away.
            with contextlib.suppress(Exception):
                self._close()
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def __bool__(self) -> bool:
        """Whether anything is exported."""
        return bool(self._formats)

    def add(self, run: Run, summary: Summary) -> None:
        """Exports the samples of a run.

        Raises:
            ReportError: They cannot be written.
        """
        for writer in self._writers:
            with _one_line():
                writer.add(run, summary)

    def files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Names, with forward slashes, and contents of the files.

        Raises:
            ReportError: They cannot be written.
        """
        if self._folder is None:
            return
        with _one_line():
            self._close()
        folder = Path(self._folder.name)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            yield path.relative_to(folder).as_posix(), _pieces(path)

    def _close(self) -> None:
        writers, self._writers = self._writers, []
        with contextlib.ExitStack() as stack:
            for writer in writers:
                stack.callback(writer.close)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """Turns a failure to write a temporary file into an error of one line."""
    try:
        yield
    except OSError as error:
        what = f"cannot write temporary files ({error.strerror or error})"
        advice = "free space there, or name another folder in TMPDIR"
        raise ReportError(Path(tempfile.tempdir or "samples"), what, advice) from error


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece
