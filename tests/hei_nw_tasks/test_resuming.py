"""What a stopped command leaves, whatever stops it and wherever."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.resuming import Progress
from testing.faults import fault, full_disk, in_child, interruption, kill

SAMPLES = {"heinw_A": 2, "heinw_C": 1}
FILES = [f"m/samples_{task}_1.jsonl" for task in SAMPLES] + ["m/results_1.json"]


def write_run(folder: Path) -> None:
    (folder / "m").mkdir()
    (folder / "m/results_1.json").write_text(json.dumps({"results": {}}))
    for task, number in SAMPLES.items():
        (folder / f"m/samples_{task}_1.jsonl").write_text("{}\n" * number)


def run(out: Path) -> int:
    """A command of one arm, which goes on where it was stopped."""
    progress = Progress(out, {"rows": "abc"})
    if progress.is_finished("rag"):
        progress.put_in_place("rag")
    elif not (out / FILES[-1]).exists():
        with progress.staging() as staging:
            write_run(staging)
            progress.finish("rag", staging, SAMPLES)
    progress.end()
    return 0


def visible(out: Path) -> list[str]:
    return sorted(
        str(path.relative_to(out))
        for path in out.rglob("*")
        if path.is_file() and not path.relative_to(out).parts[0].startswith(".")
    )


def folder_with_a_note(folder: Path) -> Path:
    (folder / "m").mkdir(parents=True)
    (folder / "m/notes.txt").write_text("mine")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return folder_with_a_note(tmp_path / "out")


@pytest.mark.parametrize("strike", [kill, full_disk, interruption])
def test_an_arm_is_there_once_wherever_it_was_stopped(strike: Callable[[], None], tmp_path: Path):
    undisturbed = folder_with_a_note(tmp_path / "0")
    with fault(0, undisturbed, strike) as met:
        run(undisturbed)
    assert met.changes > 10
    assert visible(undisturbed) == sorted([*FILES, "m/notes.txt"])
    between = set()
    for number in range(1, met.changes + 1):
        out = folder_with_a_note(tmp_path / str(number))

        def stopped(out: Path = out, number: int = number) -> int:
            with fault(number, out, strike), suppress(ConfigError, KeyboardInterrupt, OSError):
                return run(out)
            return 1

        # An error does not stop what cleans up.
        assert in_child(stopped) != 0 or strike is not kill
        between.add(len(visible(out)))
        run(out)
        assert visible(out) == visible(undisturbed)
        assert not list(out.glob(".*"))
    assert between == {1, 2, 3, 4}  # stopped before, after and between all moves


def test_a_full_disk_is_one_line_that_names_the_folder(out: Path):
    with fault(2, out, full_disk), pytest.raises(ConfigError) as caught:
        run(out)
    assert str(out) in str(caught.value)
    assert "No space left on device" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
    ],
)
def test_an_arm_that_lm_eval_could_not_save_is_not_finished(
    damage: Callable[[Path], None], name: str, out: Path
):
    progress = Progress(out, {})
    with progress.staging() as staging:
        write_run(staging)
        damage(staging / name)
        with pytest.raises(ConfigError, match=r"could not save the arm rag.*free space"):
            progress.finish("rag", staging, SAMPLES)
    assert not progress.is_finished("rag")
    assert visible(out) == ["m/notes.txt"]


def test_a_killed_process_of_the_same_number_is_no_obstacle(out: Path):
    """Every run of a container may be process 7."""
    progress = Progress(out, {})
    with progress.staging() as left:
        (left / "half").write_text("{")
        with progress.staging() as staging:
            assert staging == left
            assert not list(staging.iterdir())
