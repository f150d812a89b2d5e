"""What is said where an export lacks a package, or something to say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from postprocess.__main__ import main


@pytest.mark.parametrize(
    ("name", "module", "line"),
    [
        (
            "inspect",
            "inspect_ai.log",
            "heinw: --format inspect: cannot be written (import of inspect_ai.log halted; None in"
            " sys.modules) → python -m pip install 'hei-nw-tasks[inspect]'\n",
        ),
        (
            "hub",
            "",
            "heinw: --format hub: results on the Hub name the dataset that was asked → say which:"
            " --hub-dataset ORG/NAME\n",
        ),
    ],
)
def test_one_line_before_any_work(
    name: str,
    module: str,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if module:
        monkeypatch.setitem(sys.modules, module, None)
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "results_2026-11-23T01-09-58.018627.json").write_text("not read")
    assert main([str(runs), "--format", f"csv,{name}"]) == 2
    assert capsys.readouterr().err == line
    assert [path.name for path in runs.iterdir()] == ["results_2026-11-23T01-09-58.018627.json"]


def test_a_dataset_has_the_name_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--format", "eee", "--hub-dataset", "https://hf.co/org/heinw"])
    assert left.value.code == 2
    assert "is no Hub id; give ORG/NAME" in capsys.readouterr().err
