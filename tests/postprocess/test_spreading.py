"""Work that is spread over processes comes to the same as work that is not.

What forks has a process of its own: the one that runs the tests has threads, and stays alone.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from postprocess.errors import ReportError, UnusableRunError
from postprocess.spreading import FEWEST, spread
from tests.packaging.environments import CHECKOUT

several_processors = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is one processor, or nobody says how many",
)
REPORT = """
import sys
from postprocess import spreading
from postprocess.__main__ import main
spreading.FEWEST = 2
sys.exit(main(sys.argv[1:]))
"""
# Each piece takes a moment, and all of them much longer than a test.
ENDLESS = """
import hashlib
from generators.stopping import run_command
from postprocess.spreading import spread

def command():
    work = lambda item: hashlib.pbkdf2_hmac("sha256", b"a", b"b", 10_000)
    for _ in spread(work, range(5_000)):
        print("going", flush=True)

raise SystemExit(run_command(command))
"""


def started(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@several_processors
def test_results_come_in_order_from_other_processes() -> None:
    code = f"""
import os
from postprocess.spreading import spread
done = list(spread(lambda item: (item, os.getpid()), range({3 * FEWEST})))
assert [item for item, _ in done] == list(range({3 * FEWEST}))
assert os.getpid() not in {{process for _, process in done}}
"""
    with started(code) as process:
        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize("count", [FEWEST - 1, 3 * FEWEST])
def test_few_are_done_here_and_all_beside_threads_or_torch(count: int) -> None:
    assert "torch" in sys.modules
    done = list(spread(lambda _: os.getpid(), range(count)))
    assert done == count * [os.getpid()]


@pytest.mark.parametrize("kind", [ReportError, UnusableRunError])
def test_an_error_keeps_all_that_it_says_on_its_way(kind: type[ReportError]) -> None:
    error = kind(Path("a"), "is no good", "mend it", line=7)
    if isinstance(error, UnusableRunError):
        error.run_id = "run"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == "a:7: is no good → mend it"
    assert vars(again) == vars(error)


@several_processors
@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_all_processes_end_in_one_line(sent: signal.Signals, code: int, said: str) -> None:
    with started(ENDLESS) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "going\n"
        os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)
        _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert error == f"heinw: {said}; what was not finished is not there\n"


@several_processors
def test_they_end_with_a_process_that_is_killed() -> None:
    with started(ENDLESS) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "going\n"
        process.kill()
        # They share its output, which ends with the last of them.
        process.communicate(timeout=60)


@several_processors
def test_a_report_from_several_processes_has_the_same_bytes(
    saved_arms: Path, arms_report: Path, tmp_path: Path
) -> None:
    with started(REPORT, str(saved_arms), "--outdir", str(tmp_path)) as process:
        _, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) > 20
    for name, path in made.items():
        assert path.read_bytes() == (arms_report / name).read_bytes(), name


@several_processors
def test_a_run_that_contradicts_itself_ends_a_report_from_several_processes(
    saved_arms: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "runs"
    for path in saved_arms.rglob("*.json*"):
        to = copy / path.relative_to(saved_arms)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(path.read_bytes())
    right = b'"correct": 1.0'
    samples = next(path for path in copy.rglob("samples_*.jsonl") if right in path.read_bytes())
    samples.write_bytes(samples.read_bytes().replace(right, b'"correct": 0.0'))
    with started(REPORT, str(copy), "--outdir", str(tmp_path / "out")) as process:
        _, error = process.communicate(timeout=120)
    assert process.returncode == 2
    assert error.count("\n") == 1
    assert samples.name in error
    assert not (tmp_path / "out").exists()
