"""Writes that fail, anywhere: the old report stays whole, and one line says what happened."""

from __future__ import annotations

import errno
import io
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from postprocess.writing import Staging
from testing.scripted import samples_file

ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS, errno.EISDIR)
OPERATIONS = ("open", "write", "fsync", "replace")
FILES = 3  # of a report as JSON and CSV: metrics, index, samples
Contents = dict[str, bytes]


@dataclass(frozen=True)
class Reports:
    """A run, an old report of it, and what a new one is.

    Attributes:
        runs: Folder of the run; half of its samples is gone since the old report.
        out: Folder with the old report.
        old: Files of the old report.
        new: Files of the new one.
    """

    runs: Path
    out: Path
    old: Contents
    new: Contents

    def make(self, out: Path | None = None, formats: str = "json,csv") -> int:
        return main([str(self.runs), "--outdir", str(out or self.out), "--format", formats])


def contents(folder: Path) -> Contents:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def prepared(saved_short_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    folder = tmp_path_factory.mktemp("writing")
    reports = Reports(folder / "runs", folder / "out", {}, {})
    shutil.copytree(saved_short_run, reports.runs)
    assert reports.make() == 0
    samples = samples_file(reports.runs)
    samples.write_bytes(b"".join(samples.read_bytes().splitlines(keepends=True)[:7]))
    assert reports.make(folder / "new") == 0
    reports.old.update(contents(reports.out))
    reports.new.update(contents(folder / "new"))
    assert len(reports.old) == FILES
    assert reports.old.keys() == reports.new.keys()
    assert all(reports.old[name] != reports.new[name] for name in reports.old)
    return reports


@pytest.fixture
def reports(
    prepared: Reports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Reports]:
    out = Path(shutil.copytree(prepared.out, tmp_path / "out"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    capsys.readouterr()
    yield Reports(prepared.runs, out, prepared.old, prepared.new)
    assert not list((tmp_path / "temporary").iterdir())


class Torn(io.FileIO):
    """A file of which half is written before it fails."""

    fail: Callable[[], None]

    def write(self, data: Any) -> int:
        super().write(bytes(data)[: len(data) // 2])
        self.fail()
        raise AssertionError("not failed")


def break_the(
    operation: str, number: int, folder: Path, failure: Callable[[], None], patch: Any
) -> None:
    """Makes the `number`th operation of a kind below a folder fail."""
    calls = 0

    def due(path: Any) -> bool:
        nonlocal calls
        inside = folder in (Path(path), *Path(path).parents)
        calls += inside
        return inside and calls == number

    kept_open, kept_fsync, kept_replace, kept_mkdir = Path.open, os.fsync, os.replace, os.mkdir

    def opened(self: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if mode != "wb" or operation not in ("open", "write") or not due(self):
            return kept_open(self, mode, *rest, **options)
        if operation == "open":
            failure()
        torn = Torn(self, "wb")
        torn.fail = failure
        return io.BufferedWriter(torn)

    def fsync(descriptor: int) -> None:
        if due(Path(f"/proc/self/fd/{descriptor}").readlink()):
            failure()
        kept_fsync(descriptor)

    def replace(source: Any, target: Any) -> None:
        if due(target):
            failure()
        kept_replace(source, target)

    def mkdir(path: Any, *rest: Any, **options: Any) -> None:
        if due(path):
            failure()
        kept_mkdir(path, *rest, **options)

    if operation in ("open", "write"):
        patch.setattr(Path, "open", opened)
    else:
        patch.setattr(
            os, operation, {"fsync": fsync, "replace": replace, "mkdir": mkdir}[operation]
        )


def raising(error: BaseException) -> Callable[[], None]:
    def failure() -> None:
        raise error

    return failure


def require_whole(reports: Reports, found: Contents, replaced: int = 0) -> None:
    """Each file is the old one, but for those that were replaced before: these are the new ones."""
    assert found.keys() == reports.old.keys()
    for name, raw in found.items():
        assert raw in (reports.old[name], reports.new[name]), f"{name} is torn"
    assert sum(found[name] == reports.new[name] for name in found) == replaced


@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
def test_a_failing_write_leaves_every_file_whole(
    code: int,
    operation: str,
    number: int,
    reports: Reports,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failure = raising(OSError(code, os.strerror(code)))
        break_the(operation, number, reports.out, failure, patch)
        assert reports.make() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(rf"heinw: .+: cannot write \({os.strerror(code)}\) → .+\n", err)
    require_whole(reports, contents(reports.out), number - 1 if operation == "replace" else 0)
    assert reports.make() == 0
    assert contents(reports.out) == reports.new


@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_interrupt_leaves_every_file_whole(
    operation: str, number: int, reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        break_the(operation, number, reports.out, raising(KeyboardInterrupt()), patch)
        assert reports.make() == 130
    assert capsys.readouterr() == ("", "heinw: interrupted; what was not finished is not there\n")
    require_whole(reports, contents(reports.out), number - 1 if operation == "replace" else 0)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_folders_made_for_nothing_are_removed(
    number: int, reports: Reports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failure = raising(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        break_the("mkdir", number, tmp_path / "a", failure, patch)
        assert reports.make(tmp_path / "a" / "b" / "c") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("place", ["index.json", "samples.csv", "figures"])
def test_something_else_in_the_way_stays(
    place: str, reports: Reports, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports.out / place).unlink(missing_ok=True)
    if place == "figures":  # a file where a folder has to be
        (reports.out / place).write_text("mine")
    else:
        (reports.out / place / "mine").mkdir(parents=True)
    before = contents(reports.out)
    assert reports.make(formats="json,csv,md") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot write" in err
    assert contents(reports.out) == before


def test_no_place_for_temporary_files_is_one_line(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(reports.out / "nowhere"))
        assert reports.make() == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot write temporary files (No such file or directory)" in err
    require_whole(reports, contents(reports.out))


# --- other processes -----------------------------------------------------------------------------


def in_a_process(work: Callable[[], int], said: Path) -> int:
    """Runs it in a process of its own; returns how that ended, as `os.waitpid` has it."""
    child = os.fork()
    if child == 0:
        try:
            sys.stderr = said.open("w")
            code = work()
            sys.stderr.flush()
            os._exit(code)
        finally:
            os._exit(99)
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize("size", [0, 1, 100, 1_000, 2_000, 4_000, 8_000])
def test_files_that_may_not_grow_leave_the_old_ones_whole(
    size: int, reports: Reports, tmp_path: Path
) -> None:
    said = tmp_path / "said"

    def limited() -> int:
        sys.stderr = kept = io.StringIO()
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))
        code = reports.make()
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        said.write_text(kept.getvalue())
        return code

    status = in_a_process(limited, said)
    assert os.waitstatus_to_exitcode(status) == 2
    assert re.fullmatch(r"heinw: .+ \(File too large\) → .+\n", said.read_text())
    require_whole(reports, contents(reports.out))


@pytest.mark.parametrize("number", range(1, FILES + 1))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_killed_process_leaves_is_gone_after_the_next_run(
    operation: str, number: int, reports: Reports, tmp_path: Path
) -> None:
    def killed() -> int:
        def kill() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        tempfile.tempdir = str(tmp_path)
        break_the(operation, number, reports.out, kill, pytest.MonkeyPatch())
        return reports.make()

    status = in_a_process(killed, tmp_path / "said")
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    found = contents(reports.out)
    left = {name for name in found if re.fullmatch(r"\..+\.\d+\.tmp", name)}
    assert len(left) == {"open": number - 1, "replace": FILES - number + 1}.get(operation, number)
    whole = {name: raw for name, raw in found.items() if name not in left}
    require_whole(reports, whole, number - 1 if operation == "replace" else 0)
    assert reports.make() == 0
    assert contents(reports.out) == reports.new


def test_temporary_files_of_others_stay(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    others = (f".x.json.{os.getppid()}.tmp", ".x.json.mine.tmp", ".x.json.tmp", ".y.json.1.tmp")
    for name in (*others, f".x.json.{ended.pid}.tmp", f".x.json.{10**30}.tmp"):
        (tmp_path / name).write_text(name)
    with Staging(tmp_path) as staging:
        staging.add("x.json", [b"new"])
    assert contents(tmp_path) == {**{name: name.encode() for name in others}, "x.json": b"new"}
