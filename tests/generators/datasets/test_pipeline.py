"""A dataset made in tasks, on any engine, has the bytes of one run; what is there is kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dill
import pytest
from datatrove.executor import LocalPipelineExecutor, RayPipelineExecutor

from generators.__main__ import main
from generators.datasets.joining import join
from generators.datasets.pipeline import JoinParts, MakePart, is_made
from generators.datasets.shards import Shard, parts_folder, write_part
from generators.engines import connect
from generators.errors import ConfigError
from generators.scenario_a.config import EpisodeConfig

SETTINGS = {"n": 37, "seed": 5}
CONFIG = EpisodeConfig(n=37, seed=5)
RUN = ["--scenario", "A", "--n", "37", "--seed", "5"]
TASKS = 4
Captured = pytest.CaptureFixture[str]


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def identities(out: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of each file of each part."""
    files = (path for path in parts_folder(out, "A").rglob("*") if path.is_file())
    return {
        f"{path.parent.name}/{path.name}": (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in files
    }


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("one")
    assert main([*RUN, "--out", str(out)]) == 0
    return contents(out)


def local(steps: list[Any], logs: Path, workers: int = 1) -> LocalPipelineExecutor:
    return LocalPipelineExecutor(steps, tasks=TASKS, workers=workers, logging_dir=str(logs))


def test_steps_of_a_pipeline_of_ones_own_give_the_bytes_of_one_run(
    tmp_path: Path, one_run: dict[str, bytes]
):
    out = tmp_path / "out"
    made = local([MakePart("A", SETTINGS, out)], tmp_path / "made")
    stats = made.run()
    assert stats.stats[0]["heinw_A questions"].total == CONFIG.n
    JoinParts("A", out).run(rank=0)
    assert contents(out) == one_run


def test_a_part_of_these_settings_is_not_made_again_whoever_made_it(tmp_path: Path):
    write_part("A", CONFIG, Shard(2, TASKS), tmp_path)
    before = identities(tmp_path)
    MakePart("A", SETTINGS, tmp_path).run(rank=1, world_size=TASKS)
    assert identities(tmp_path) == before
    assert is_made("A", CONFIG, Shard(2, TASKS), tmp_path)
    assert not is_made("A", CONFIG, Shard(1, TASKS), tmp_path)
    other = MakePart("A", SETTINGS | {"seed": 6}, tmp_path)
    with pytest.raises(ConfigError, match="exists already"):
        other.run(rank=1, world_size=TASKS)
    assert identities(tmp_path) == before


@pytest.mark.slow
def test_the_command_gives_the_bytes_of_one_run(
    tmp_path: Path, one_run: dict[str, bytes], capsys: Captured
):
    out = tmp_path / "out"
    engine = ["--executor", "local", "--tasks", str(TASKS), "--workers", "2"]
    assert main([*RUN, "--out", str(out), *engine]) == 0
    assert contents(out) == one_run
    assert capsys.readouterr().out == f"{out / 'heinw_A'}\n"
    assert main([*RUN, "--out", str(out), *engine]) == 2
    assert "exists already → give --overwrite" in capsys.readouterr().err
    # Markers that say that all is done are of the parts that were joined.
    assert main([*RUN, "--out", str(out), *engine, "--seed", "6", "--overwrite"]) == 0
    other = tmp_path / "other"
    assert main([*RUN, "--out", str(other), "--seed", "6"]) == 0
    assert contents(out) == contents(other)


# Makes the first two of four parts, says so, and waits for its end.
_HALF = """
import sys
from datatrove.executor import LocalPipelineExecutor
from generators.datasets.pipeline import MakePart

def wait(data, rank, world_size):
    if rank == 2:
        print("half", flush=True)
        sys.stdin.read()

steps = [wait, MakePart("A", {"n": 37, "seed": 5}, sys.argv[1])]
logs = sys.argv[1] + "/heinw_A.tasks/make"
LocalPipelineExecutor(steps, tasks=4, workers=1, logging_dir=logs).run()
"""


@pytest.mark.slow
def test_killed_half_way_it_goes_on_with_what_is_missing(tmp_path: Path, one_run: dict[str, bytes]):
    out = tmp_path / "out"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(
        [sys.executable, "-c", _HALF, str(out)],
        **pipes,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"half\n"
        os.killpg(run.pid, signal.SIGKILL)
    before = identities(out)
    assert {name.split("/")[0] for name in before} == {"1-of-4", "2-of-4"}
    logs = out / "heinw_A.tasks" / "make"
    assert {path.name for path in (logs / "completions").iterdir()} == {"00000", "00001"}
    local([MakePart("A", SETTINGS, out)], logs).run()
    after = identities(out)
    assert {name.split("/")[0] for name in after} == {f"{n}-of-4" for n in (1, 2, 3, 4)}
    assert before.items() <= after.items()
    begun = {path.name for path in (logs / "logs").iterdir()}
    assert begun == {f"task_0000{rank}.log" for rank in range(TASKS)}
    # Its marker stays, and says that it is finished.
    shutil.rmtree(parts_folder(out, "A") / "1-of-4")
    assert main([*RUN, "--out", str(out), "--executor", "local", "--tasks", "4"]) == 0
    assert contents(out) == one_run


@pytest.fixture(scope="module")
def ray_session() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="ray has no wheel for this platform")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        few = {"num_cpus": 2, "object_store_memory": 80 << 20}  # bytes; Ray takes no less
        ended_by = signal.getsignal(signal.SIGTERM)
        try:
            connect(**few)
        except ConfigError:  # it has 30 seconds to start, which a busy machine may take
            ray.shutdown()
            connect(**few)
        # `kill` ends our commands in our way, and not in Ray's.
        assert signal.getsignal(signal.SIGTERM) is ended_by
        yield
        ray.shutdown()


def half_fails(data: object, rank: int, world_size: int) -> None:
    if rank >= 2:
        raise ValueError("half of the tasks fail")


@pytest.mark.slow
def test_two_workers_of_ray_give_the_bytes_of_one_run_and_make_only_what_is_missing(
    tmp_path: Path, one_run: dict[str, bytes], ray_session: None, capsys: Captured
):
    out = tmp_path / "out"
    logs = out / "heinw_A.tasks" / "make"
    few = {"tasks": TASKS, "workers": 2, "mem_per_cpu_gb": 0.1, "logging_dir": str(logs)}
    make = MakePart("A", SETTINGS, out)
    RayPipelineExecutor([half_fails, make], **few).run()
    before = identities(out)
    assert {name.split("/")[0] for name in before} == {"1-of-4", "2-of-4"}
    RayPipelineExecutor([make], **few).run()
    after = identities(out)
    assert len(after) == 2 * len(before)
    assert before.items() <= after.items()
    join(out, "A")
    assert contents(out / "heinw_A") == contents_of("heinw_A", one_run)
    engine = ["--executor", "ray", "--tasks", "2", "--executor-args", '{"mem_per_cpu_gb": 0.1}']
    assert main([*RUN, "--out", str(tmp_path / "again"), *engine]) == 0
    assert contents(tmp_path / "again") == one_run


def contents_of(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name.removeprefix(f"{folder}/"): content
        for name, content in files.items()
        if name.startswith(f"{folder}/")
    }


def test_parts_of_another_number_of_tasks_are_refused(tmp_path: Path, capsys: Captured):
    write_part("A", CONFIG, Shard(1, 2), tmp_path)
    before = contents(tmp_path)
    engine = ["--executor", "local", "--tasks", "4"]
    assert main([*RUN, "--out", str(tmp_path), *engine]) == 2
    assert "holds 1-of-2, and --tasks is 4 → go on with --tasks 2" in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "4"], "--tasks, --workers, --executor-args: are of an engine → add"),
        (["--executor", "local", "--tasks", "0"], "both have to be 1 or more"),
        (["--executor", "local", "--workers", "0"], "both have to be 1 or more"),
        (["--executor", "local", "--tasks", "5"], "ask for at most 4 parts"),
        (
            ["--executor", "local", "--executor-args", '{"colour": 1}'],
            "see the arguments of datatrove's LocalPipelineExecutor",
        ),
        (["--executor", "slurm", "--tasks", "2"], "there is no sbatch here"),
    ],
)
def test_an_engine_that_cannot_be_used_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: Captured
):
    out = tmp_path / "out"
    assert main([*RUN, "--out", str(out), *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not (out / "heinw_A").exists()


@pytest.mark.parametrize(("engine", "module"), [("local", "datatrove"), ("ray", "ray")])
def test_a_missing_engine_says_what_to_install(
    engine: str, module: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert main([*RUN, "--out", str(tmp_path), "--executor", engine, "--tasks", "2"]) == 2
    err = capsys.readouterr().err
    assert err == (
        f"heinw: --executor {engine}: {module} is not installed "
        "→ pip install 'hei-nw-tasks[scale]'\n"
    )
    assert list(tmp_path.iterdir()) == []


SBATCH = '#!/bin/sh\nfor script in "$@"; do :; done\ncat "$script" >>"$JOBS"\necho "job $$"\n'
SCONTROL = '#!/bin/sh\nfor node in "$@"; do :; done\necho "$node"\n'


def test_slurm_is_given_an_array_that_makes_the_parts_and_a_job_that_joins_them(
    tmp_path: Path,
    one_run: dict[str, bytes],
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
):
    """`sbatch` writes the jobs down; the test is what the cluster would be, and runs them."""
    programs, out, jobs = tmp_path / "bin", tmp_path / "out", tmp_path / "jobs"
    programs.mkdir()
    for name, text in (("sbatch", SBATCH), ("scontrol", SCONTROL)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("JOBS", str(jobs))
    monkeypatch.setenv("SLURM_NODELIST", "node1")
    monkeypatch.chdir(tmp_path)
    engine = ["--executor", "slurm", "--tasks", str(TASKS), "--workers", "2"]
    engine += ["--executor-args", '{"partition": "cpu", "time": "01:00:00"}']
    assert main([*RUN, "--out", "out", *engine]) == 0
    assert capsys.readouterr().out == "heinw_A: queued; out will hold it\n"
    script = jobs.read_text()
    assert "#SBATCH --array=0-3%2\n" in script
    assert "#SBATCH --partition=cpu\n" in script
    monkeypatch.chdir("/")
    logs = out / "heinw_A.tasks"
    for task in (3, 0, 2, 1):
        monkeypatch.setenv("SLURM_ARRAY_TASK_ID", str(task))
        dill.loads((logs / "make" / "executor.pik").read_bytes()).run()
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "0")
    dill.loads((logs / "join" / "executor.pik").read_bytes()).run()
    assert contents(out / "heinw_A") == contents_of("heinw_A", one_run)
    assert (out / "README.md").read_bytes() == one_run["README.md"]
