"""What the arguments of `pair` name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postprocess.__main__ import main
from tests.postprocess.pair.saved_pairs import (
    A,
    B,
    copied,
    edit,
    paired,
    results_file,
    samples_file,
)


def again(side: Path, date: str) -> Path:
    """Saves the run of a side once more, as of another date."""
    results = results_file(side)
    old = results.stem.removeprefix("results_")
    for path in [results, *results.parent.glob("samples_*")]:
        path.with_name(path.name.replace(old, date)).write_bytes(path.read_bytes())
    return results.with_name(f"results_{date}.json")


def test_a_folder_a_results_file_and_a_samples_file_name_the_same_run(tmp_path: Path) -> None:
    whole = paired(tmp_path / "1", A, B, "--task", "sums")["comparisons"]
    assert len(whole) == 2
    for number, (a, b) in enumerate(
        [
            (A.parent / "a" / "small-a", B),
            (results_file(A), results_file(B)),
            (samples_file(A, "sums"), samples_file(B, "sums")),
        ]
    ):
        found = paired(tmp_path / f"of {number}", a, b, "--task", "sums")
        assert found["comparisons"] == whole


def test_a_samples_file_is_its_task_alone(tmp_path: Path) -> None:
    found = paired(tmp_path, samples_file(A, "words"), B)
    assert {row["task"] for row in found["comparisons"]} == {"words"}
    (side, _) = found["sides"]
    assert list(side["results"]) == ["words"]
    only = {row["task"] for row in found["not_compared"] if "only" in row["reason"]}
    assert only == {"prose", "quiz_colours", "quiz_owners", "stories", "sums"}


def test_an_output_path_that_ends_in_json_is_found(tmp_path: Path) -> None:
    results = results_file(copied(A, tmp_path / "a"))
    named = results.with_name(results.name.replace("results_", "mine_"))
    results.rename(named)
    assert paired(tmp_path / "out", named, B)["comparisons"]


def test_the_newest_of_equal_runs_is_used_and_the_older_one_listed(tmp_path: Path) -> None:
    side = copied(A, tmp_path / "a")
    older = results_file(side)
    newer = again(side, "2030-01-01T00-00-00.000000")
    found = paired(tmp_path / "out", side, B)["sides"][0]
    assert set(found["results"].values()) == {str(newer)}
    assert found["superseded"] == [str(older)]


def test_sides_of_one_model_are_called_what_the_command_called_them(tmp_path: Path) -> None:
    other = copied(A, tmp_path / "again")
    found = paired(tmp_path / "out", A, other)
    assert [side["label"] for side in found["sides"]] == [str(A), str(other)]
    assert all(row["differing"] == 0 for row in found["comparisons"])
    assert all(row["difference"]["p"] == 1 for row in found["comparisons"])


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda folder: [A, folder / "nowhere"], "nowhere: no such file or folder → name a folder"),
        (lambda folder: [A, A], "is the same run as"),
        (lambda folder: [A, results_file(A)], "is the same run as"),
        (lambda folder: [A, folder], "no run of lm_eval → make one with lm_eval --output_path"),
        (lambda folder: [A, Path(__file__)], "not named as lm_eval names its files →"),
        (lambda folder: [A, A.parent], "runs of 2 models, small-a"),
    ],
)
def test_what_names_no_run_is_one_line(
    make: object, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(make)
    given = [*map(str, make(tmp_path)), "--outdir", str(tmp_path / "out")]
    assert main(["pair", *given]) == 2
    printed = capsys.readouterr()
    assert what in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


def test_runs_of_other_settings_in_one_folder_are_ambiguous(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    side = copied(A, tmp_path / "a")
    newer = again(side, "2030-01-01T00-00-00.000000")
    changed = json.loads(newer.read_text())
    changed["n-shot"] = dict.fromkeys(changed["n-shot"], 5)
    newer.write_text(json.dumps(changed))
    assert main(["pair", str(side), str(B), "--outdir", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err
    assert "two runs of prose that differ in generation (" in line
    assert f"name the results file of one, such as {newer}" in line
    assert main(["pair", str(newer), str(B), "--outdir", str(tmp_path / "out")]) == 0


def test_runs_without_samples_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    side = copied(A, tmp_path / "a")
    for path in side.rglob("samples_*"):
        path.unlink()
    assert main(["pair", str(side), str(B), "--outdir", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err
    assert "no samples of prose, quiz_colours, quiz_owners, stories, sums and 1 more" in line
    assert "→ run again with --log_samples" in line


def test_samples_without_their_results_file_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    side = copied(A, tmp_path / "a")
    results_file(side).unlink()
    for named in (side, samples_file(side, "sums")):
        assert main(["pair", str(named), str(B), "--outdir", str(tmp_path / "out")]) == 2
        assert "its results file is missing → restore that file" in capsys.readouterr().err


def test_a_task_of_which_one_side_has_no_samples_is_left_out(tmp_path: Path) -> None:
    side = copied(A, tmp_path / "a")
    samples_file(side, "sums").unlink()
    found = paired(tmp_path / "out", side, B)
    assert "sums" not in {row["task"] for row in found["comparisons"]}
    assert {"task": "sums", "measure": None, "reason": "only small-b has it"} in found[
        "not_compared"
    ]


def test_several_models_are_compared_pair_by_pair(tmp_path: Path) -> None:
    third = copied(A, tmp_path / "c")
    edit(third, lambda results: results.update(model_name="small-c"))
    found = paired(tmp_path / "out", A, B, third, "--task", "sums", "--metric", "exact_match")
    named = [(row["difference"]["a"], row["difference"]["b"]) for row in found["comparisons"]]
    expected = [("small-b", "small-a"), ("small-c", "small-a"), ("small-c", "small-b")]
    assert [pair for pair in expected for _ in range(2)] == named
    assert found["tests"] == 6
    (forth, back) = found["comparisons"][0], found["comparisons"][4]
    assert forth["difference"]["difference"] == -back["difference"]["difference"]
    assert forth["difference"]["p"] == back["difference"]["p"]
    assert forth["difference"]["p_holm"] >= forth["difference"]["p"]
