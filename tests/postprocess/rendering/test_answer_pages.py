"""The page of answers shows what the samples files hold."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from postprocess.errors import ReportError
from postprocess.reading.shown import memory_of, read_shown
from postprocess.rendering.answer_pages import MOST_LINES, _cut, _cut_lines
from tests.postprocess.saved import experiment_of, metrics_of, samples_of


def shown_prompt(row: dict[str, Any]) -> str:
    return str(row["arguments"]["gen_args_0"]["arg_0"])


@pytest.mark.parametrize("name", ["A-1", "E"])
def test_questions_answers_and_evidence_are_those_of_the_samples(
    name: str, saved_arms: Path, arms_report: Path
) -> None:
    experiment = experiment_of(arms_report, name)
    rows = {
        arm["label"]: {row["doc"]["id"]: row for row in samples_of(saved_arms, arm["run_id"])}
        for arm in experiment["arms"]
    }
    text = (arms_report / f"{name}_answers.html").read_text()
    sections = re.findall(r'<section id="q\d+">(.*?)</section>', text, re.S)
    assert sections
    marked = 0
    for section in sections:
        (id_,) = re.findall(r"question ([0-9a-f]+)</span>", section)
        articles = re.findall(r"<article>(.*?)</article>", section, re.S)
        assert len(articles) == len(rows)
        for article, (label, by_id) in zip(articles, rows.items(), strict=True):
            assert label in article
            if id_ not in by_id:
                assert "Not asked" in article
                continue
            row = by_id[id_]
            assert html.escape(row["doc"]["query"], quote=False) in html.unescape(section)
            for line in re.findall(r"<mark>(.*?)</mark>", article):
                assert html.unescape(line) in row["doc"]["episode_text"].split("\n")
                assert html.unescape(line) in shown_prompt(row)
                marked += 1
            if label == "oracle" and row["doc"]["evidence"]:
                assert article.count("<mark>") == len(row["doc"]["episode_text"].split("\n"))
    assert marked > 3


def test_every_kind_of_error_leads_to_an_example(arms_report: Path) -> None:
    text = (arms_report / "A-1_answers.html").read_text()
    table = text[: text.index("</table>")]
    for arm in experiment_of(arms_report, "A-1")["arms"]:
        metrics = metrics_of(arms_report, arm["run_id"])
        row = table[table.index(f'<th scope="row">{arm["label"]}</th>') :].partition("</tr>")[0]
        for kind in metrics["errors"]:
            cell = re.search(
                rf'data-name="{kind["outcome"]}"><a href="#q(\d+)">{kind["count"]}</a>', row
            )
            assert cell is not None
            section = text[text.index(f'<section id="q{cell[1]}">') :].partition("</section>")[0]
            article = section[section.index(f"<h3>{arm['label']} ") :].partition("</article>")[0]
            assert f'<span class="wrong">{kind["outcome"]}</span>' in article


def test_a_memory_is_what_stands_before_the_question_and_not_without_it() -> None:
    before = "Give it.\n\nQuestion: Who?\nAnswer: Ida\n\n"
    prompt = f"{before}On 3 May.\nOn 4 May.\n\nQuestion: Who?\nAnswer:"
    assert memory_of(prompt, "Who?", before) == ["On 3 May.", "On 4 May."]
    assert memory_of(f"{before}Question: Who?\nAnswer:", "Who?", before) == []
    assert memory_of(prompt, "Where?", before) is None
    assert memory_of(prompt, "Who?", "Another.\n\n") is None


def test_evidence_is_never_cut_away() -> None:
    lines = [f"line {number}" for number in range(100)]
    kept, after = _cut_lines(lines, ("line 57",))
    assert [line.text for line in kept] == [*lines[:MOST_LINES], "line 57"]
    assert (kept[-1].is_evidence, kept[-1].skipped, after) == (True, 57 - MOST_LINES, 42)


def test_a_long_text_says_how_much_is_missing() -> None:
    assert _cut("abc", 10) == ["abc"]
    assert _cut("a" * 6 + "b" * 6, 4) == ["aa", "… 8 characters …", "bb"]


def test_a_file_that_changed_meanwhile_ends_the_report(saved_run: Path, tmp_path: Path) -> None:
    (saved,) = saved_run.rglob("samples_*.jsonl")
    first, second, *_ = saved.read_bytes().split(b"\n")
    path = tmp_path / "samples.jsonl"
    path.write_bytes(first + b"\n" + second)
    id_ = json.loads(first)["doc"]["id"]
    assert read_shown(path, 0, id_).response == json.loads(first)["resps"][0][0]
    with pytest.raises(ReportError, match="changed while it was read"):
        read_shown(path, len(first) + 1, "another question")
    with pytest.raises(ReportError, match="changed while it was read"):
        read_shown(path, len(first) + 20, id_)
