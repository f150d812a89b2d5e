"""What is compared, what is left out, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from postprocess.schema.pair import Pairing
from tests.postprocess.pair.saved_pairs import (
    A,
    B,
    Row,
    copied,
    edit,
    one,
    paired,
    rewrite,
    rows,
    samples_file,
    values,
)


@pytest.fixture
def a(tmp_path: Path) -> Path:
    """A copy of the first side, to do with as one likes."""
    return copied(A, tmp_path / "a")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Folder and file of everything that two runs can be compared in."""
    out = tmp_path_factory.mktemp("whole")
    return out, paired(out, A, B)


def reasons(pairing: dict[str, Any]) -> dict[tuple[str, str | None], str]:
    return {(row["task"], row["measure"]): row["reason"] for row in pairing["not_compared"]}


def test_every_metric_that_is_a_number_of_a_document_is_compared_in_every_filter(
    whole: tuple[Path, dict[str, Any]],
) -> None:
    found = whole[1]
    assert [
        (row["task"], row["difference"]["metric"], row["filter"]) for row in found["comparisons"]
    ] == [
        ("quiz_colours", "acc", "none"),
        ("quiz_colours", "acc_norm", "none"),
        ("quiz_owners", "acc", "none"),
        ("quiz_owners", "acc_norm", "none"),
        ("stories", "exact_match", "stripped"),
        ("sums", "exact_match", "strict-match"),
        ("sums", "exact_match", "flexible-extract"),
        ("words", "acc", "none"),
        ("quiz", "acc", "none"),
    ]
    said = reasons(found)
    assert said["stories", "bleu,stripped"].startswith("a document has no single number, but [")
    assert said["words", "perplexity,none"] == (
        "lm_eval's score is not the mean of its documents but perplexity"
    )
    assert {"word_perplexity,none", "bits_per_byte,none"} == {
        str(measure) for task, measure in said if task == "prose"
    }
    assert found["warnings"] == [
        "stories: documents share their story (10 texts in 30 documents): if answers depend on it,"
        " intervals are too short without --cluster story"
    ]
    Pairing.model_validate(found)


def test_flips_are_the_documents_that_one_side_alone_got_right(
    whole: tuple[Path, dict[str, Any]],
) -> None:
    found = one(whole[1], "sums", "exact_match", "strict-match")
    of_a, of_b = (values(side, "sums", "exact_match", "strict-match") for side in (A, B))
    assert {flip["doc_hash"] for flip in found["flips"]} == {
        key for key in of_a if of_a[key] != of_b[key]
    }
    lines = [samples_file(side, "sums").read_bytes().splitlines() for side in (B, A)]
    for flip in found["flips"]:
        assert flip["value_a"] == of_b[flip["doc_hash"]] != of_a[flip["doc_hash"]]
        assert flip["doc_hash"].encode() in lines[0][flip["line_a"] - 1]
        assert flip["doc_hash"].encode() in lines[1][flip["line_b"] - 1]
        assert flip["prompt"].startswith("Question: ")
        assert flip["target"].startswith("#### ")
        right = flip["answer_a"] if flip["value_a"] else flip["answer_b"]
        assert right == flip["target"].removeprefix("#### ")


def test_of_a_choice_the_flip_shows_what_the_choices_were_worth(
    whole: tuple[Path, dict[str, Any]],
) -> None:
    flip = one(whole[1], "quiz_colours", "acc", "none")["flips"][0]
    (row,) = [row for row in rows(B, "quiz_colours") if row["doc_id"] == flip["doc_id"]]
    expected = ", ".join(
        f'" {choice}": {resp[0]}'
        for choice, resp in zip(row["doc"]["choices"], row["filtered_resps"], strict=True)
    )
    assert flip["answer_a"] == expected


def test_tasks_groups_metrics_and_filters_can_be_chosen(tmp_path: Path) -> None:
    found = paired(tmp_path, A, B, "--task", "quiz", "--metric", "acc")["comparisons"]
    assert [row["task"] for row in found] == ["quiz_colours", "quiz_owners", "quiz"]
    found = paired(tmp_path, A, B, "--task", "sums,words", "--metric", "exact_match,strict-match")[
        "comparisons"
    ]
    assert [(row["task"], row["filter"]) for row in found] == [("sums", "strict-match")]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--task", "gsm8k"], "no task 'gsm8k' to compare: no run has it → name one of prose"),
        (["--task", "sums", "--metric", "acc"], "no metric 'acc' → name one of exact_match,flex"),
        (
            ["--task", "stories", "--metric", "bleu"],
            "nothing to compare (stories bleu,stripped: a document has no single number, but [",
        ),
        (
            ["--task", "words", "--metric", "perplexity"],
            "nothing to compare (words perplexity,none: lm_eval's score is not the mean",
        ),
        (
            ["--task", "stories", "--cluster", "passage"],
            "has no field 'passage' → --cluster takes one of its fields (answer, question, story",
        ),
        (["--cluster", "story_id"], "document 0 of prose has no field 'story_id'"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    arguments: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["pair", str(A), str(B), *arguments, "--outdir", str(out)]) == 2
    line = capsys.readouterr().err
    assert what in line
    assert line.count("\n") == 1
    assert not out.exists()


def test_documents_of_one_run_alone_are_counted_and_bounded(a: Path, tmp_path: Path) -> None:
    rewrite(a, "sums", lambda found: [row for row in found if row["doc_id"] >= 4])
    pairing = paired(tmp_path / "out", a, B, "--task", "sums")
    found = one(pairing, "sums", "exact_match", "strict-match")
    of_a = values(a, "sums", "exact_match", "strict-match")
    of_b = values(B, "sums", "exact_match", "strict-match")
    missing = [value for key, value in of_b.items() if key not in of_a]
    assert found["difference"]["n"] == 26
    assert (found["unpaired"]["a"], found["unpaired"]["b"]) == (4, 0)
    assert found["unpaired"]["mean_a"] == sum(missing) / 4
    assert found["unpaired"]["mean_b"] is None
    # All 30 of b against the 26 of a, with the other 4 of a all right, or all wrong.
    right_a, right_b = sum(of_a.values()), sum(of_b.values())
    assert found["unpaired"]["least"] == pytest.approx((right_b - right_a - 4) / 30)
    assert found["unpaired"]["most"] == pytest.approx((right_b - right_a) / 30)
    (warning,) = pairing["warnings"]
    assert "4 documents are in small-b alone and 0 in small-a alone: left out" in warning


def test_pairs_are_found_by_hash_wherever_documents_stand(a: Path, tmp_path: Path) -> None:
    before = paired(tmp_path / "1", A, B, "--task", "stories")["comparisons"]

    def shuffled(found: list[Row]) -> list[Row]:
        return [{**row, "doc_id": n} for n, row in enumerate(reversed(found))]

    rewrite(a, "stories", shuffled)
    after = paired(tmp_path / "2", a, B, "--task", "stories")["comparisons"]
    assert after[0]["difference"] == before[0]["difference"]
    assert after[0]["only_a"] == before[0]["only_a"]


def test_equal_documents_are_paired_by_their_id_and_are_one_draw(tmp_path: Path) -> None:
    sides = [copied(side, tmp_path / side.name) for side in (A, B)]

    def repeated(found: list[Row]) -> list[Row]:
        # The last three documents have the first one's content.
        same = {key: found[0][key] for key in ("doc", "doc_hash", "prompt_hash", "target_hash")}
        return [{**row, **same} if row["doc_id"] >= 27 else row for row in found]

    for side in sides:
        rewrite(side, "stories", repeated)
    pairing = paired(tmp_path / "out", *sides, "--task", "stories")
    found = one(pairing, "stories", "exact_match", "stripped")
    assert (found["difference"]["n"], found["difference"]["worlds"]) == (30, 27)
    assert (found["only_a"], found["only_b"]) == _alone(*sides)
    assert "stories: 4 documents equal others: they are paired by doc_id and hash" in str(
        pairing["warnings"]
    )


def _alone(a: Path, b: Path) -> tuple[int, int]:
    """Documents that b, and that a, alone got right, by their position."""
    both = [
        (one["exact_match"], two["exact_match"])
        for one, two in zip(rows(b, "stories"), rows(a, "stories"), strict=True)
    ]
    return sum(x > y for x, y in both), sum(x < y for x, y in both)


def test_what_the_runs_differ_in_is_said(
    a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def other_prompts(found: list[Row]) -> list[Row]:
        return [{**row, "prompt_hash": f"{row['doc_id']:064d}"} for row in found]

    def other_settings(results: Row) -> None:
        results["n-shot"]["sums"] = 5
        results["versions"]["sums"] = 2.0
        results["chat_template_sha"] = "f00"

    rewrite(a, "sums", other_prompts)
    edit(a, other_settings)
    warnings = paired(tmp_path / "out", a, B, "--task", "sums,words")["warnings"]
    assert warnings == [
        "sums: TASK VERSIONS differ: 3.0 (small-b), 2.0 (small-a)",
        "sums: NUMBERS OF DEMONSTRATIONS (n-shot) differ: 0 (small-b), 5 (small-a)",
        "sums, words: chat templates differ: none (small-b), f00 (small-a)",
        "sums: PROMPTS DIFFER in all documents between small-b and small-a",
    ]
    printed = capsys.readouterr().err
    assert all(f"warning: {warning}\n" in printed for warning in warnings)
    page = (tmp_path / "out" / "pair.md").read_text()
    assert "> **Warning.** sums: TASK VERSIONS differ: 3.0 (small-b), 2.0 (small-a)" in page


def test_documents_with_other_right_answers_are_not_compared(a: Path, tmp_path: Path) -> None:
    def other(found: list[Row]) -> list[Row]:
        return [{**row, "target_hash": "0" * 64} if row["doc_id"] == 3 else row for row in found]

    rewrite(a, "sums", other)
    found = paired(tmp_path / "out", a, B)
    assert "sums" not in {row["task"] for row in found["comparisons"]}
    assert "1 of 30 documents have another right answer" in reasons(found)["sums", None]


def test_a_metric_that_is_better_when_lower_names_the_lower_one(a: Path, tmp_path: Path) -> None:
    sides = [a, copied(B, tmp_path / "b")]
    for side, value in zip(sides, (1.0, 0.0), strict=True):

        def scored(found: list[Row], value: float = value) -> list[Row]:
            return [{**row, "exact_match": float(row["doc_id"] < 25) * value} for row in found]

        def lower(results: Row) -> None:
            results["higher_is_better"]["stories"]["exact_match"] = False

        rewrite(side, "stories", scored)
        edit(side, lower)
    found = one(
        paired(tmp_path / "out", *sides, "--task", "stories"), "stories", "exact_match", "stripped"
    )
    assert found["lower_is_better"] is True
    assert found["difference"]["difference"] < 0
    assert found["verdict"].startswith("small-b is better: −83.3 points (95% CI ")


def test_numbers_that_are_no_shares_are_compared_as_they_are(a: Path, tmp_path: Path) -> None:
    sides = [a, copied(B, tmp_path / "b")]
    for side, shift in zip(sides, (0.0, 7.5), strict=True):

        def scored(found: list[Row], shift: float = shift) -> list[Row]:
            return [
                {**row, "exact_match": 100.0 * (row["doc_id"] % 3) + shift * (row["doc_id"] % 2)}
                for row in found
            ]

        rewrite(side, "stories", scored)
    found = one(
        paired(tmp_path / "out", *sides, "--task", "stories"), "stories", "exact_match", "stripped"
    )
    assert found["unit"] == "number"
    assert found["difference"]["difference"] == pytest.approx(3.75)
    assert found["difference"]["margin"] is found["difference"]["equivalent"] is None
    assert found["only_a"] is found["difference"]["p_mcnemar"] is None
    assert found["differing"] == 15 == len(found["flips"])
    assert "small-b is better: +3.75 (95% CI +" in found["verdict"]


def test_documents_without_a_number_are_left_out_of_their_metric(a: Path, tmp_path: Path) -> None:
    def hollow(found: list[Row]) -> list[Row]:
        return [{**row, "acc": float("nan")} if row["doc_id"] < 2 else row for row in found]

    rewrite(a, "quiz_colours", hollow)
    pairing = paired(tmp_path / "out", a, B, "--task", "quiz_colours")
    found = one(pairing, "quiz_colours", "acc", "none")
    assert (found["difference"]["n"], found["unpaired"]["a"]) == (22, 2)
    assert one(pairing, "quiz_colours", "acc_norm", "none")["difference"]["n"] == 24


def test_a_group_that_weights_its_tasks_equally_is_not_pooled(a: Path, tmp_path: Path) -> None:
    edit(a, lambda results: results["results"]["quiz"].update({"acc,none": 0.123}))
    found = paired(tmp_path / "out", a, B, "--task", "quiz")
    assert {row["task"] for row in found["comparisons"]} == {"quiz_colours", "quiz_owners"}
    assert "is not the mean over the documents of its tasks" in reasons(found)["quiz", "acc,none"]


def test_a_cluster_that_was_asked_for_is_not_asked_for_again(tmp_path: Path) -> None:
    by_text = paired(tmp_path / "1", A, B, "--task", "stories", "--cluster", "story")
    by_id = paired(tmp_path / "2", A, B, "--task", "stories", "--cluster", "story_id")
    assert by_text["warnings"] == by_id["warnings"] == []
    assert by_text["comparisons"][0]["difference"]["worlds"] == 10
    assert by_text["comparisons"] == by_id["comparisons"]


def test_few_clusters_have_no_test_and_no_interval(a: Path, tmp_path: Path) -> None:
    other = copied(B, tmp_path / "b")
    for side in (a, other):
        rewrite(side, "stories", lambda found: [row for row in found if row["doc_id"] < 12])
    given = [a, other, "--task", "stories", "--cluster", "story_id"]
    (found,) = paired(tmp_path / "out", *given)["comparisons"]
    assert found["difference"]["worlds"] == 4
    assert found["difference"]["p"] is found["difference"]["interval"] is None
    assert "4 independent draws are fewer than 5: no test, no interval." in found["verdict"]


def test_of_our_own_tasks_a_world_is_a_cluster(
    saved_run: Path, saved_short_run: Path, tmp_path: Path
) -> None:
    given = [saved_run, saved_short_run, "--metric", "correct,all"]
    pairing = paired(tmp_path, *given)
    (found,) = pairing["comparisons"]
    short = [row for row in rows(saved_short_run, "heinw_A") if row["filter"] == "all"]
    scored = [row for row in short if "correct" in row["metrics"]]
    assert found["difference"]["n"] == len(scored)
    assert found["difference"]["worlds"] == len({row["doc"]["world_id"] for row in scored})
    assert found["difference"]["worlds"] < len(scored)
    assert f"0 documents are in {saved_short_run} alone" in pairing["warnings"][-1]
