"""Inspect's own viewer in a real browser."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from testing.browser import NAMES, Browser, chromium
from tests.postprocess.export.conftest import Saved, saved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason=f"there is no {' or '.join(NAMES)} here"),
]


@pytest.fixture(scope="module")
def viewer(exported_odd: Path) -> Iterator[str]:
    """Address of a viewer of the logs."""
    with socket.create_server(("127.0.0.1", 0)) as free:  # Inspect takes no port 0
        port = str(free.getsockname()[1])
    command = [sys.executable, "-u", "-m", "inspect_ai", "view", "--port", port]
    logs = ["--log-dir", str(exported_odd / "inspect")]
    with subprocess.Popen([*command, *logs], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("Running on" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
        process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with one page."""
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def run(odd_runs: Path) -> Saved:
    """The run with a memory."""
    (found,) = [run for run in saved(odd_runs) if run.arm == "rag"]
    return found


def test_the_list_has_every_run(viewer: str, browser: Browser, run: Saved) -> None:
    # Arms follow later, when it has read the logs.
    text = browser.open(viewer, until=["heinw_E", "2 items", str(run.results["model_name"])])
    assert text.count("heinw_E") == 2


def test_samples_stand_with_their_answers_and_scores(
    viewer: str, browser: Browser, exported_odd: Path, run: Saved
) -> None:
    (log,) = (exported_odd / "inspect").glob("*_rag-*.eval")
    right = [row.get("correct", row.get("abstained")) for row in run.rows]
    share = f"{sum(right) / len(right):.3g}"
    until = [row["doc"]["query"] for row in run.rows[:2]] + ["ANSWER", "RIGHT", "F1", share]
    text = browser.open(f"{viewer}/#/tasks/{quote(log.name)}", until)
    assert "FALSE ABSTENTION" in text


def test_a_sample_shows_prompt_answer_and_verdict(
    viewer: str, browser: Browser, exported_odd: Path, run: Saved
) -> None:
    (log,) = (exported_odd / "inspect").glob("*_rag-*.eval")
    row = next(row for row in run.rows if row.get("correct") == 1.0)
    sample = f"{viewer}/#/tasks/{quote(log.name)}/samples/sample/{row['doc']['id']}/1"
    asked = row["arguments"]["gen_args_0"]["arg_0"].partition("\n")[0]
    browser.open(f"{sample}/messages", until=[asked, row["resps"][0][0]])
    browser.open(f"{sample}/scoring", until=["correct: the answer names the answer and no rival"])
