"""docs/memories.md: its class passes the check as it stands there, its tables are the code's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from hei_nw_tasks.__main__ import _parser
from hei_nw_tasks.memory.__main__ import main
from hei_nw_tasks.memory.conformance.suite import CHECKS
from hei_nw_tasks.memory.options import MemoryOptions
from hei_nw_tasks.memory.protocol import Memory
from hei_nw_tasks.memory.systems import BUILT_IN, INSIDE
from hei_nw_tasks.model.settings import split
from testing.readme_commands import marked_blocks, marked_files

GUIDE = Path(__file__).parents[3] / "docs" / "memories.md"
TEXT = GUIDE.read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in marked_blocks(TEXT)
    for line in block.replace("\\\n", " ").splitlines()
]


def first_column(header: str) -> list[str]:
    """The names in the first column of the table with a header."""
    rows = TEXT.partition(f"{header}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return re.findall(r"`([\w|:]+)", "\n".join(row.split("|")[1] for row in rows))


@pytest.fixture
def _mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's file, in a folder of its own."""
    (files,) = [marked_files(TEXT)]
    assert len(files["mine.py"].splitlines()) <= 32
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_mine")
def test_the_class_of_the_guide_passes_the_check_as_it_says(capsys: pytest.CaptureFixture[str]):
    (command,) = [one for one in COMMANDS if one[:3] == ["python", "-m", "hei_nw_tasks.memory"]]
    assert main(command[3:]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"(Some of its {len(lines)} lines.)" in TEXT
    shown = TEXT.partition("```\nholds")[2].partition("```")[0].splitlines()
    assert {line for line in shown if line.startswith(("holds", "n/a", "memory="))} <= set(lines)


@pytest.mark.usefixtures("_mine")
def test_the_other_commands_have_arguments_that_are_taken():
    (harness,) = [one for one in COMMANDS if one[:3] == ["python", "-m", "hei_nw_tasks"]]
    options = _parser().parse_args(harness[3:])
    assert (options.mode, options.memory) == (["B0", "B1"], ["mine:Notebook"])
    (evaluation,) = [one for one in COMMANDS if "lm_eval" in one]
    given = evaluation[evaluation.index("--model_args") + 1]
    settings, _ = split(dict(pair.split("=", 1) for pair in given.split(",")))
    assert settings.name == "mine:Notebook"


def test_its_tables_have_all_that_there_is():
    options = list(MemoryOptions.model_fields)
    assert first_column("| Model argument | Default | Meaning |") == options
    memories = first_column("| `memory=` | |")
    assert memories == [*BUILT_IN, INSIDE, "module:Class"]
    methods = {name for name, value in vars(Memory).items() if callable(value)}
    named = set(first_column("| Method | When it is called |"))
    assert {name for name in methods if not name.startswith("_")} == named


def test_it_counts_the_checks_right():
    assert f"(Some of its {len(CHECKS) + 1} lines.)" in TEXT
