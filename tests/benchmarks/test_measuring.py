"""What the benchmarks share."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.measuring import (
    Spread,
    Tables,
    goal,
    parser,
    ratio,
    run,
    run_python,
    sizes,
    time_alternating,
)

Captured = pytest.CaptureFixture[str]


def test_another_side_begins_each_round():
    order: list[str] = []
    names = ("a", "b", "c")
    seconds = time_alternating({name: lambda name=name: order.append(name) for name in names}, 4)
    assert "".join(order) == "abcbcacababc"
    assert {name: len(taken) for name, taken in seconds.items()} == {"a": 4, "b": 4, "c": 4}
    assert all(second >= 0 for taken in seconds.values() for second in taken)


def test_a_ratio_is_taken_within_each_round():
    assert ratio([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == Spread(2.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (goal(1.1, at_most=1.1), "≤ 1.1: met"),
        (goal(Spread(1.2, 1.0, 1.3), at_most=1.1), "≤ 1.1: not met"),
        (goal(20_000, at_least=20_000), "≥ 20,000: met"),
        (goal(19_999.9, at_least=20_000), "≥ 20,000: not met"),
    ],
)
def test_goals(said: str, expected: str):
    assert said == expected


def test_a_process_is_measured_by_itself():
    small = run_python("import sys; print('one'); print(sys.argv[1])", "two")
    large = run_python(
        "import os; kept = b'x' * (64 << 20); print(os.environ['COLOUR'])", COLOUR="red"
    )
    assert (small.output, large.output) == (["one", "two"], ["red"])
    assert 60 < large.peak_mib - small.peak_mib < 70
    assert small.cpu_seconds > 0
    assert small.seconds > 0


def test_a_process_that_exits_is_measured_and_one_that_fails_is_an_error():
    assert run_python("import sys; print('done'); sys.exit(0)").output == ["done"]
    with pytest.raises(RuntimeError, match=r"exit code 3: .*no such thing"):
        run_python("import sys; print('no such thing', file=sys.stderr); sys.exit(3)")


def test_rows_are_printed_as_they_come_and_saved(tmp_path: Path, capsys: Captured):
    def measure(options: argparse.Namespace, tables: Tables) -> None:
        tables.add("Speed", {"side": "ours", "n": 12_345, "s": 0.01234, "ratio": Spread(1, 0.5, 2)})
        tables.add("Speed", {"side": "theirs", "n": 7, "s": 123.4, "ratio": None})
        tables.add("Size", {"quick": str(options.quick)})

    path = tmp_path / "figures.json"
    options = parser("What it measures.\n\nAnd how.").parse_args(["--quick", "--json", str(path)])
    assert run(measure, options) == 0
    assert capsys.readouterr().out.split("\n") == [
        *("", "Speed", "", "| side | n | s | ratio |", "|--:|--:|--:|--:|"),
        "| ours | 12,345 | 0.0123 | 1 (0.500 to 2) |",
        "| theirs | 7 | 123 | – |",
        *("", "Size", "", "| quick |", "|--:|", "| True |", ""),
    ]
    saved = json.loads(path.read_text("utf-8"))
    assert saved["machine"]["cores"] >= 1
    assert saved["Speed"][0]["ratio"] == {"median": 1, "low": 0.5, "high": 2}
    assert saved["Speed"][1] == {"side": "theirs", "n": 7, "s": 123.4, "ratio": None}


def test_sizes_are_read():
    assert sizes("1000,20") == [1_000, 20]


def test_a_benchmark_that_there_is_not_is_refused(capsys: Captured):
    with pytest.raises(SystemExit) as caught:
        main(["retreival"])
    assert caught.value.code == 2
    names = "generators, gpu, harness, memory_growth, report, retrieval, shared_prefix"
    assert f"'retreival' is none of {names}" in capsys.readouterr().err
