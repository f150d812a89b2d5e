"""Whatever text comes from outside, reports keep the structure that harmless text gives them."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from postprocess.__main__ import main
from postprocess.comparison.charts import charts
from postprocess.export.tables import COLUMNS
from postprocess.export.writers import Export
from postprocess.figures.bars import BarRow, Bars
from postprocess.figures.curve import Curve, Point, Series
from postprocess.figures.forest import Forest, ForestRow
from postprocess.figures.heatmap import HeatCell, Heatmap, HeatPanel
from postprocess.figures.matrix import Matrix, MatrixPanel
from postprocess.figures.pareto import Pareto, ParetoPoint
from postprocess.figures.render import render as draw
from postprocess.figures.table import csv_text
from postprocess.measures import PAIRED
from postprocess.reading.known import Known
from postprocess.reading.results import find_runs
from postprocess.reading.runs import Run, load_run
from postprocess.rendering import html, markdown
from postprocess.rendering.answer_pages import ANSWERS
from postprocess.rendering.escaping import prose
from postprocess.schema.index import Figure, Index
from postprocess.schema.run import Metrics, Summary
from testing.measured_arms import run_two_arms
from testing.scripted import run_lm_eval
from tests.postprocess.rendering.payloads import IN_FILES, PAYLOADS
from tests.postprocess.rendering.poisoning import poisoned, poisoned_answers, poisoned_index

PLAIN = "plain"
FILES = ["D.md", "D.html", f"D{ANSWERS}"]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Reported:
    """Two arms, as the report knows them."""

    runs: list[Run]
    summaries: list[Summary]
    index: Index


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("arms")
    run_two_arms(folder / "reports", limit=24, store_sizes=[40, 80], collision_groups=[1, 4])
    assert main([str(folder / "reports"), "--outdir", str(folder / "out"), "--format", "json"]) == 0
    files = sorted((folder / "out").glob("*_metrics.json"))
    summaries = [Metrics.model_validate_json(path.read_bytes()) for path in files]
    index = Index.model_validate_json((folder / "out" / "index.json").read_bytes())
    (experiment,) = index.experiments
    assert len(experiment.differences) == len(PAIRED)
    labels = [arm.label for arm in experiment.arms]
    pictures = charts(experiment, dict(zip(labels, summaries, strict=True)))
    figures = [Figure(name=c.name, title=c.title, description=c.description) for c in pictures]
    assert len(figures) >= 4
    index = index.model_copy(
        update={"experiments": [experiment.model_copy(update={"figures": figures, "files": FILES})]}
    )
    runs = [load_run(found, [], Known()) for found in find_runs(folder / "reports").runs]
    return Reported(runs, list(summaries), index)


# --- Markdown ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outline:
    """Blocks of a document, what of it is more than text, and the rows of its tables."""

    blocks: list[tuple[str, str, int]]
    special: list[tuple[str, Any]]
    columns: list[int]


INERT = {"text", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}


def outline(text: str) -> Outline:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    lines = text.split("\n")
    tables = [token.map or [0, 0] for token in tokens if token.type == "table_open"]
    inline = [child for token in tokens for child in token.children or ()]
    return Outline(
        blocks=[(token.type, token.tag, token.level) for token in tokens],
        special=[(one.type, one.attrs) for one in inline if one.type not in INERT],
        # For a parser that counts every pipe, even those in code spans.
        columns=[line.count("|") for table in tables for line in lines[slice(*table)]],
    )


def require_same(text: str, theirs: Outline) -> None:
    ours = outline(text)
    assert ours.special == theirs.special
    assert ours.columns == theirs.columns
    assert ours.blocks == theirs.blocks
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not any(mark in text for mark in ("{{", "{%", "{#"))
    text.encode()


def markdown_pages(reported: Reported, text: str) -> str:
    """The page of an experiment, then the overview."""
    index = poisoned_index(reported.index, text)
    summaries = {one.run_id: poisoned(one, text) for one in reported.summaries}
    (experiment,) = index.experiments
    page = markdown.render_experiment(index, experiment, summaries)
    return f"{page}\n\n{markdown.render_overview(index, summaries)}"


@pytest.fixture(scope="module")
def plain_report(reported: Reported) -> Outline:
    return outline(markdown.render(poisoned(reported.summaries[-1], PLAIN)))


@pytest.fixture(scope="module")
def plain_index(reported: Reported) -> Outline:
    found = outline(markdown_pages(reported, PLAIN))
    assert [kind for kind, _ in found.special].count("image") >= 4
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_markdown_report_keeps_its_structure(
    payload: str, reported: Reported, plain_report: Outline
) -> None:
    require_same(markdown.render(poisoned(reported.summaries[-1], payload)), plain_report)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_markdown_index_keeps_its_structure(
    payload: str, reported: Reported, plain_index: Outline
) -> None:
    require_same(markdown_pages(reported, payload), plain_index)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_address_and_no_mention_in_prose(payload: str) -> None:
    # GitHub makes links of these without any brackets.
    assert not re.search(r"(?<!\\)://|(?<!\\):/|www\.|@|(?<!\\)#\d", prose(payload))


# --- HTML ----------------------------------------------------------------------------------------


class Structure(HTMLParser):
    """Tags with their attributes; the values of those that a reader only reads are left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = {"alt", "title", "data-name"}
        kept = [(name, None if name in shown else value) for name, value in attrs]
        self.found.append((tag, kept))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", []))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", [(data, None)]))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", [(decl, None)]))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", [(data, None)]))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", [(data, None)]))


def page(reported: Reported, text: str) -> str:
    summaries = {one.run_id: poisoned(one, text) for one in reported.summaries}
    index = poisoned_index(reported.index, text)
    (experiment,) = index.experiments
    pictures = {figure.name: b"<svg/>" for figure in experiment.figures}
    answers = poisoned_answers(text)
    return "".join(
        [
            html.render_overview(index, summaries),
            html.render_experiment(index, experiment, summaries, pictures, answers),
            html.render_answers(index, experiment, answers),
        ]
    )


@pytest.fixture(scope="module")
def plain_page(reported: Reported) -> list[tuple[str, Any]]:
    found = Structure(page(reported, PLAIN)).found
    tags = {tag for tag, _ in found}
    assert not tags & {"script", "iframe", "object", "embed", "form", "base", "link", "svg"}
    names = {name for _, attrs in found for name, _ in attrs}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "srcdoc"}
    policy = next(dict(a) for tag, a in found if tag == "meta" and "http-equiv" in dict(a))
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_page_keeps_its_structure(
    payload: str, reported: Reported, plain_page: list[tuple[str, Any]]
) -> None:
    made = page(reported, payload)
    assert Structure(made).found == plain_page
    assert all(c.isprintable() or c == "\n" for c in made)
    assert not any(mark in made for mark in ("{{", "{%", "{#"))
    made.encode()


# --- CSV -----------------------------------------------------------------------------------------


def require_table(text: str, columns: Iterable[str], numbers: Iterable[str]) -> list[list[str]]:
    """The rows of a CSV file: all as wide as the header, no cell a formula."""
    assert "\0" not in text
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == list(columns)
    for row in rows:
        assert len(row) == len(header)
        for name, cell in zip(header, row, strict=True):
            if name in numbers and cell:
                float(cell)
            else:
                assert not cell.startswith(FORMULA), (name, cell)
    return rows


def test_samples_csv_has_as_many_columns_in_every_row(reported: Reported) -> None:
    run = reported.runs[-1]
    answers = [
        replace(
            run.answers[number % len(run.answers)],
            id=text, query=text, query_kind=text, world_id=text, cue_type=text, response=text,
            cue_overlap=text, answers=(text, text), given_slots=(text,), group_id=text,
        )
        for number, text in enumerate(PAYLOADS)
    ]  # fmt: skip
    summary = poisoned(reported.summaries[-1], "=1+1")
    with Export(("csv",)) as export:
        export.add(replace(run, samples=replace(run.samples, answers=answers)), summary)
        ((name, pieces),) = export.files()
        text = b"".join(pieces).decode()
    assert name == "samples.csv"
    numbers = [one for one in COLUMNS if one not in COLUMNS[: COLUMNS.index("answerable") + 1]]
    rows = require_table(text, COLUMNS, numbers)
    assert len(rows) == len(PAYLOADS)
    place = COLUMNS.index("response")
    for row, payload in zip(rows, PAYLOADS, strict=True):
        shown = payload.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
        assert row[place] == (f"'{shown}" if shown.startswith(FORMULA) else shown)


def drawings(reported: Reported, texts: Iterable[str]) -> list[Any]:
    """Charts with one row or line for each text, of every kind."""
    said = {"title": "What <was> asked & why", "description": "Nothing."}
    texts = list(texts)
    points = (Point("a", 0.5, 0.4, 0.6, 9), Point("b", 0.25, None, None, 9))
    cell = HeatCell(0.5, 3)
    bars = {"correct": 3, "stale": 1}
    return [
        Forest("f", **said, rows=tuple(ForestRow(t, 0.1, 0.0, 0.2, 9, 9) for t in texts)),
        Curve("c", **said, series=tuple(Series(t, points, note=t) for t in texts), x_label="Lag"),
        Heatmap(
            *("h",),
            **said,
            panels=tuple(HeatPanel(t, ((cell,),)) for t in texts),
            depths=("0%",),
            lengths=("1",),
        ),
        Pareto("p", **said, points=tuple(ParetoPoint(t, 1e9, 0.5) for t in texts)),
        Matrix("m", **said, panels=tuple(MatrixPanel(t, 1, 2, 3, 4) for t in texts)),
        Bars("b", **said, rows=tuple(BarRow(t, bars, bars) for t in texts)),
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_data_of_figures_has_as_many_columns_in_every_row(payload: str, reported: Reported) -> None:
    for chart in drawings(reported, [payload]):
        text = csv_text(chart)
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert rows
        assert all(len(row) == len(header) for row in rows)
        cells = [cell for row in rows for cell in row if cell.startswith(FORMULA)]
        assert all(re.fullmatch(r"-\d[\d.e+-]*", cell) for cell in cells)
        assert "\0" not in text
        text.encode()


# --- SVG -----------------------------------------------------------------------------------------


def svg_structure(raw: bytes) -> tuple[set[str], set[str]]:
    """Tags and attributes of a picture; it refers to nothing outside itself."""
    assert b"<!ENTITY" not in raw
    root = ET.fromstring(raw)
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.split("}")[-1].startswith("on")
            if name.endswith("href"):
                assert value.startswith("#")
            assert "url(" not in value.replace("url(#", "")
    names = {name for element in root.iter() for name in element.attrib}
    return {element.tag for element in root.iter()}, names


@pytest.mark.parametrize("place", range(6))
def test_no_name_adds_anything_but_text_to_a_picture(place: int, reported: Reported) -> None:
    # A few to each picture, and all of them in one that is cheap to draw.
    texts = PAYLOADS if place == 0 else PAYLOADS[place::9][:12]
    chart, plain = drawings(reported, texts)[place], drawings(reported, [PLAIN, "other"])[place]
    tags, attributes = svg_structure(draw(chart).svg)
    plain_tags, plain_attributes = svg_structure(draw(plain).svg)
    assert tags <= plain_tags
    assert attributes <= plain_attributes | {"transform"}
    assert not tags & {"{http://www.w3.org/2000/svg}script", "{http://www.w3.org/2000/svg}a"}


# --- all the way from lm_eval's files ------------------------------------------------------------


def test_hostile_responses_and_a_hostile_model_end_to_end(tmp_path: Path) -> None:
    spoken = iter([*IN_FILES * 2])
    model = 'org/<script>1</script>[x](http://e.vil)|`{{7*7}}`"onload="x'
    run_lm_eval(
        tmp_path / "reports",
        lambda number, doc: next(spoken),
        model_args=f"pretrained={model}",
        n=len(IN_FILES),
    )
    out = tmp_path / "out"
    formats = "json,md,html,csv"
    assert main([str(tmp_path / "reports"), "--outdir", str(out), "--format", formats]) == 0
    pages = [(out / name).read_text(encoding="utf-8") for name in ("index.html", f"A{ANSWERS}")]
    structure = Structure("".join(pages)).found
    hrefs = [(dict(attrs).get("href") or "").partition("#")[0] for _, attrs in structure]
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {href for href in hrefs if href} <= written
    tags = {tag for tag, _ in structure}
    assert not tags & {"script", "iframe", "svg", "comment", "instruction", "form", "base", "link"}
    for name in ("index.md", *(n for n in written if n.endswith("_report.md"))):
        special = outline((out / name).read_text(encoding="utf-8")).special
        targets = {one["href"] for kind, one in special if kind == "link_open"}
        assert targets | {one["src"] for kind, one in special if kind == "image"} <= written
        assert {kind for kind, _ in special} <= {"link_open", "link_close", "image"}
    numbers = COLUMNS[COLUMNS.index("answerable") + 1 :]
    text = (out / "samples.csv").read_bytes().decode()
    assert len(require_table(text, COLUMNS, numbers)) == len(IN_FILES)
    for path in out.rglob("*.svg"):
        svg_structure(path.read_bytes())
