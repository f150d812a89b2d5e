"""What `pair` prints and writes for people."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from postprocess.__main__ import main
from tests.postprocess.pair.saved_pairs import A, B, Row, copied, edit, one, paired, rewrite
from tests.postprocess.rendering.payloads import IN_FILES


def test_each_comparison_is_a_line_with_its_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairing = paired(tmp_path, A, B, "--task", "sums")
    out = capsys.readouterr().out.splitlines()
    row = one(pairing, "sums", "exact_match", "strict-match")
    assert out[0].startswith(f"sums exact_match,strict-match, small-b − small-a: {row['verdict']}")
    assert f"{row['only_a']} right in small-b alone, {row['only_b']} in small-a alone." in out[0]
    assert "McNemar" in out[0]
    assert out[2:] == [str(tmp_path / "pair.json"), str(tmp_path / "pair.md")]


def test_the_page_has_a_row_for_each_comparison_and_the_flips(tmp_path: Path) -> None:
    pairing = paired(tmp_path, A, B)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse((tmp_path / "pair.md").read_text())
    tables = [token for token in tokens if token.type == "table_open"]
    headings = [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    of_tasks = [row for row in pairing["comparisons"] if not row["pooled"]]
    assert len(tables) == 2 + len([row for row in of_tasks if row["flips"]])
    assert headings[:2] == ["Paired comparison", "Differences"]
    assert len(headings) == 4 + len(of_tasks)
    cells = sum(token.type == "tr_open" for token in tokens)
    shown = sum(min(10, row["only_a"]) + min(10, row["only_b"]) for row in of_tasks)
    heads = len(tables)
    assert cells == heads + len(pairing["sides"]) + len(pairing["comparisons"]) + shown


def structure(page: str) -> list[str]:
    return [token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page)]


def test_no_text_of_a_model_or_a_file_changes_the_page(tmp_path: Path) -> None:
    """Each flip says something hostile; the page keeps the structure that plain text gives it."""
    pages = []
    for name, texts in (("plain", ["plain"]), ("hostile", IN_FILES)):
        sides = [copied(side, tmp_path / name / side.name) for side in (A, B)]

        def poisoned(found: list[Row], texts: object = texts) -> list[Row]:
            assert isinstance(texts, list | tuple)
            for place, row in enumerate(found):
                text = texts[place % len(texts)]
                row["filtered_resps"], row["target"] = [text], text
                row["arguments"]["gen_args_0"]["arg_0"] = text
            return found

        def renamed(results: Row, texts: object = texts) -> None:
            assert isinstance(texts, list | tuple)
            results["model_name"] += texts[0]

        for side in sides:
            rewrite(side, "stories", poisoned)
            edit(side, renamed)
        out = tmp_path / name / "out"
        paired(out, *sides, "--task", "stories")
        pages.append((out / "pair.md").read_text())
    assert structure(pages[0]) == structure(pages[1])
    assert "\x1b" not in pages[1]
    assert "\u202e" not in pages[1]


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("1", "2"):
        paired(tmp_path / name, A, B, "--task", "quiz")
    for file in ("pair.json", "pair.md"):
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


def test_a_word_is_needed_for_each_side(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["pair", str(A)])
    assert stopped.value.code == 2
    assert "B" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["pair", "--help"])
    assert stopped.value.code == 0


def test_the_guide_shows_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paired(tmp_path, A, B, "--task", "sums")
    guide = (Path(__file__).parents[3] / "docs" / "pair.md").read_text(encoding="utf-8")
    for line in capsys.readouterr().out.splitlines()[:2]:
        assert line in guide
