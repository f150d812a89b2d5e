"""Work that is spread over processes comes to the same as work that is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from postprocess import spreading
from postprocess.__main__ import main
from postprocess.errors import ReportError, UnusableRunError
from postprocess.spreading import FEWEST, spread

several_processors = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is one processor, or nobody says how many",
)


@several_processors
def test_results_come_in_order_from_other_processes() -> None:
    done = list(spread(lambda item: (item, os.getpid()), range(3 * FEWEST)))
    assert [item for item, _ in done] == list(range(3 * FEWEST))
    assert os.getpid() not in {process for _, process in done}


def test_a_few_are_done_here() -> None:
    done = list(spread(lambda _: os.getpid(), range(FEWEST - 1)))
    assert {*done} == {os.getpid()}


def test_what_is_spread_can_spread() -> None:
    def inside(item: int) -> list[int]:
        return list(spread(lambda other: item * other, range(FEWEST)))

    assert list(spread(inside, range(FEWEST)))[3][5] == 15


@pytest.mark.parametrize("kind", [ReportError, UnusableRunError])
def test_an_error_is_that_of_the_first_item_with_all_it_says(kind: type[ReportError]) -> None:
    def fail(item: int) -> int:
        if item >= 30:
            error = kind(Path(f"{item}"), "is no good", "mend it", line=item)
            if isinstance(error, UnusableRunError):
                error.run_id = "run"
            raise error
        return item

    results = spread(fail, range(2 * FEWEST))
    assert [next(results) for _ in range(30)] == list(range(30))
    with pytest.raises(kind, match=r"^30:30: is no good → mend it$") as caught:
        next(results)
    assert (caught.value.path, caught.value.line) == (Path("30"), 30)
    assert getattr(caught.value, "run_id", "run") == "run"


@several_processors
def test_a_report_from_several_processes_has_the_same_bytes(
    saved_arms: Path, arms_report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "FEWEST", 2)
    assert main([str(saved_arms), "--outdir", str(tmp_path)]) == 0
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) > 20
    for name, path in made.items():
        assert path.read_bytes() == (arms_report / name).read_bytes(), name


@several_processors
def test_a_run_that_contradicts_itself_ends_a_report_from_several_processes(
    saved_arms: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = tmp_path / "runs"
    for path in saved_arms.rglob("*.json*"):
        to = copy / path.relative_to(saved_arms)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(path.read_bytes())
    right = b'"correct": 1.0'
    samples = next(path for path in copy.rglob("samples_*.jsonl") if right in path.read_bytes())
    samples.write_bytes(samples.read_bytes().replace(right, b'"correct": 0.0'))
    monkeypatch.setattr(spreading, "FEWEST", 2)
    assert main([str(copy), "--outdir", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()
