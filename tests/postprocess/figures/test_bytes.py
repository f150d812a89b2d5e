"""The same chart gives the same bytes, whoever draws it; SVG is safe to put into a page."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from postprocess.figures.chart import Chart
from postprocess.figures.matrix import Matrix
from postprocess.figures.render import render
from postprocess.figures.sheet import settings
from postprocess.figures.table import csv_text
from tests.postprocess.figures.charts_for_tests import CHARTS, FOREST, HOSTILE, labelled

ROOT = Path(__file__).resolve().parents[3]
XLINK = "{http://www.w3.org/1999/xlink}href"
HOSTILE_SETTINGS = """
backend: TkAgg
text.usetex: True
text.parse_math: True
font.family: monospace
font.size: 31
svg.fonttype: none
svg.hashsalt: something else
savefig.bbox: tight
savefig.dpi: 33
savefig.transparent: True
figure.facecolor: red
axes.facecolor: 0.3
axes.grid: True
axes.formatter.use_locale: True
axes.prop_cycle: cycler('color', ['r'])
lines.linewidth: 9
lines.marker: x
path.sketch: 1, 100, 2
xtick.direction: in
xtick.minor.visible: True
"""
DIGESTS = """
import hashlib, json, sys
from postprocess.figures.render import render
from postprocess.figures.sheet import settings
from postprocess.figures.table import csv_text
from tests.postprocess.figures.charts_for_tests import CHARTS
out = {}
for chart in CHARTS:
    made = render(chart)
    whole = made.svg + made.png + made.csv.encode()
    out[chart.name] = hashlib.sha256(whole).hexdigest()
print(json.dumps(out))
"""


def svg_of(chart: Chart) -> bytes:
    with settings():
        return chart.draw().svg(chart)


def digest(chart: Chart) -> str:
    made = render(chart)
    return hashlib.sha256(made.svg + made.png + made.csv.encode()).hexdigest()


@pytest.mark.slow
def test_the_same_bytes_again_and_in_a_process_with_other_settings(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(HOSTILE_SETTINGS)
    here = {chart.name: digest(chart) for chart in CHARTS}
    assert here == {chart.name: digest(chart) for chart in reversed(CHARTS)}
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS],
        cwd=ROOT,
        env=os.environ
        | {
            "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
            "PYTHONHASHSEED": "4711",
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C",
            "SOURCE_DATE_EPOCH": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == here


def test_the_users_settings_are_back_afterwards() -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 31, "svg.fonttype": "none"}):
        before = dict(matplotlib.rcParams)
        render(FOREST)
        assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_png_has_the_promised_width_and_says_nothing_of_its_maker(chart: Chart) -> None:
    made = render(chart)
    assert made.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(made.png[16:20]) == 1400
    assert b"tEXt" not in made.png
    assert b"matplotlib" not in made.png + made.svg
    assert len(made.svg) < 150_000


def assert_harmless(svg: bytes) -> None:
    text = svg.decode()
    assert "<!" not in text
    assert "<?" not in text
    ids: list[str] = []
    for element in ET.fromstring(svg).iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert tag in {
            *("svg", "g", "path", "defs", "use", "clipPath", "rect", "pattern", "title", "desc"),
        }
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            if name == XLINK or name == "href":
                assert value.startswith("#")
            assert all(inner.startswith("#") for inner in re.findall(r"url\((.*?)\)", value))
            ids += [value] if name == "id" else []
        assert tag in ("title", "desc") or not (element.text or "").strip()
    assert len(ids) == len(set(ids))
    targets = re.findall(r'(?:url\(#|href="#)([^")]*)', text)
    assert set(targets) <= set(ids)


@pytest.mark.parametrize("chart", labelled(HOSTILE), ids=lambda chart: type(chart).__name__)
def test_hostile_labels_stay_text(chart: Chart) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that is missing would warn
        svg = svg_of(chart)
    assert_harmless(svg)
    csv_text(chart).encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_stay_text(text: str) -> None:
    svg = svg_of(Matrix("m", text, text, ()))
    assert_harmless(svg)
    title = ET.fromstring(svg).findtext("{http://www.w3.org/2000/svg}title")
    assert title is not None
    if text.isprintable():
        assert title == text


def test_two_pictures_in_one_page_share_no_id() -> None:
    first, second = (
        set(re.findall(r' id="([^"]*)"', svg_of(Matrix(name, "t", "d", ())).decode()))
        for name in ("one", "two")
    )
    assert first
    assert not first & second


@pytest.mark.parametrize("name", ["", "a b", "../x", "ä", "x\n", "a/b", 'a"b'])
def test_a_name_that_is_no_file_stem_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="file stem"):
        Matrix(name, "t", "d", ())
