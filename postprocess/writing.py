"""Puts files in place whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from postprocess.errors import ReportError


def write_files(folder: Path, contents: Mapping[str, str]) -> list[Path]:
    """Writes texts to files of the given names, replacing files of the same names.

    Everything is written under temporary names first; nothing is put in place unless all of it
    could be written.

    Returns:
        The files, in the order given.

    Raises:
        ReportError: The folder cannot be made or written to; what was there before is still there.
    """
    written: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            temporary = folder / f".{name}.{os.getpid()}.tmp"
            written.append((temporary, folder / name))
            _write(temporary, text.encode())
        for temporary, final in written:
            temporary.replace(final)
    except OSError as error:
        what, advice = f"cannot write ({error.strerror})", "free space or name another --outdir"
        raise ReportError(folder, what, advice) from error
    finally:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
    return [final for _, final in written]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
