"""Puts all files of a report in place, or none of them.

    with Staging(Path("reports/baseline")) as staging:
        staging.add("index.json", [b"{...}"])
        staging.add("figures/A_lag.png", [png])
    staging.files  # -> both, in place

Everything is written under temporary names first. What was there before stays as it is until all of
the new is on the disk.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from postprocess.errors import ReportError


class Staging:
    """Collects the files of one report.

    Args:
        folder: Where they go; made if it is not there.

    Attributes:
        files: The files, in the order in which they were added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Path] = []
        self._written: list[tuple[Path, Path]] = []

    @property
    def files(self) -> list[Path]:
        """The files under their final names."""
        return [final for _, final in self._written]

    def __enter__(self) -> Staging:
        return self

    def add(self, name: str, content: Iterable[bytes]) -> None:
        """Writes a file under a temporary name, piece by piece.

        Args:
            name: Relative to the folder, with forward slashes.
            content: The bytes; what raises in between ends the report.

        Raises:
            ReportError: It cannot be written.
        """
        final = self._folder / name
        temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
        try:
            self._make(final.parent)
            _remove_abandoned(final)
            self._written.append((temporary, final))
            with temporary.open("wb") as file:
                file.writelines(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def add_all(self, files: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """Writes files under temporary names, see `add`."""
        for name, content in files:
            self.add(name, content)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._put_in_place()
        finally:
            for temporary, _ in self._written:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
            # Folders made for nothing; those that hold something stay.
            for folder in reversed(self._made):
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def _put_in_place(self) -> None:
        try:
            for _, final in self._written:
                if final.is_dir():
                    raise IsADirectoryError(21, f"{final.name} is a folder")
            for temporary, final in self._written:
                temporary.replace(final)
        except OSError as error:
            raise self._failed(error) from error

    def _make(self, folder: Path) -> None:
        missing = [
            path for path in (folder, *folder.parents) if not path.exists() and path != Path()
        ]
        # Noted before, so that those which a failure leaves half-way go as well.
        self._made += reversed(missing)
        folder.mkdir(parents=True, exist_ok=True)

    def _failed(self, error: OSError) -> ReportError:
        what, advice = f"cannot write ({error.strerror})", "free space or name another --outdir"
        return ReportError(self._folder, what, advice)


def _remove_abandoned(final: Path) -> None:
    """Removes what a process that was killed has left of this file."""
    for path in final.parent.glob(f".{glob.escape(final.name)}.*.tmp"):
        process = path.name.removesuffix(".tmp").rpartition(".")[2]
        if process.isdecimal() and not _is_running(int(process)):
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":  # elsewhere, asking ends the process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
