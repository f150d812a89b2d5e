"""How commands end when they are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generators.__main__ import main
from generators.datasets import storage
from generators.errors import ConfigError
from generators.stopping import run_command
from postprocess.__main__ import main as report

Captured = pytest.CaptureFixture[str]


def raising(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


def killed(number: int) -> Callable[[], int]:
    def command() -> int:
        os.kill(os.getpid(), number)
        return 0

    return command


def close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make standard output a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writing, "w"))


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        (lambda: 7, 7, ""),
        (raising(ConfigError("n=0: too few → more")), 2, "n=0: too few → more"),
        (raising(KeyboardInterrupt()), 130, "interrupted; what was not finished is not there"),
        (killed(signal.SIGINT), 130, "interrupted; what was not finished is not there"),
        (killed(signal.SIGTERM), 143, "terminated; what was not finished is not there"),
        (killed(signal.SIGHUP), 143, "terminated; what was not finished is not there"),
    ],
)
def test_a_command_ends_with_a_line_and_a_code(
    command: Callable[[], int], code: int, line: str, capsys: Captured
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run_command(command) == code
    assert capsys.readouterr().err == (f"heinw: {line}\n" if line else "")
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_errors_stay_errors() -> None:
    with pytest.raises(ZeroDivisionError):
        run_command(raising(ZeroDivisionError()))


def test_a_note_says_what_is_finished(capsys: Captured) -> None:
    stop = KeyboardInterrupt()
    stop.add_note("1 of 2 arms")
    assert run_command(raising(stop)) == 130
    assert capsys.readouterr().err == "heinw: interrupted; 1 of 2 arms\n"


def test_a_closed_pipe_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    for command, size in ((print, 1), (print, 100_000)):
        close(monkeypatch)
        assert run_command(lambda: command("x" * size) or 0) == 141  # noqa: B023
        assert capsys.readouterr().err == (
            "heinw: the output was closed; what was not finished is not there\n"
        )
        # As Python does at its end.
        sys.stdout.flush()


def test_help_and_schemas_can_be_cut_short(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for command in (lambda: main(["--help"]), lambda: report(["--json-schema"])):
        close(monkeypatch)
        assert command() == 141
        assert capsys.readouterr().err.startswith("heinw: the output was closed")


def test_a_dataset_that_is_terminated_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "canonical_line", lambda *_: killed(signal.SIGTERM)())
    assert main(["--scenario", "A", "--n", "5", "--out", str(tmp_path)]) == 143
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["generators", "postprocess", "hei_nw_tasks"])
def test_python_has_nothing_to_add(command: str) -> None:
    line = f"{sys.executable} -m {command} --help | true; echo ${{PIPESTATUS[0]}}"
    # Unbuffered, argparse meets the closed pipe itself, and keeps silent.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "141\n"
    assert done.stderr == "heinw: the output was closed; what was not finished is not there\n"
