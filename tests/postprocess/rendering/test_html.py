"""The page: one file that asks nobody for anything, with the numbers of the index."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hei_nw_tasks.metrics import PRIMARY
from postprocess.figures import labels
from tests.postprocess.saved import index_of


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(arms_report: Path) -> Page:
    return Page((arms_report / "index.html").read_text())


def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "form"}
    assert not any(name.startswith("on") for _, found in page.tags for name in found)
    assert all("style" not in found for _, found in page.tags)
    for image in page.of("img"):
        assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
        assert image["alt"]
    for link in page.of("a"):
        assert re.fullmatch(r"#[A-E](-\d)?|[\w.-]+_(metrics\.json|report\.md)", link["href"] or "")


def test_the_policy_allows_this_style_sheet_alone(arms_report: Path, page: Page) -> None:
    text = (arms_report / "index.html").read_text()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [m["content"] for m in page.of("meta") if "http-equiv" in m]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_links_lead_to_files_and_sections(arms_report: Path, page: Page) -> None:
    ids = {found["id"] for _, found in page.tags if "id" in found}
    for link in page.of("a"):
        target = link["href"] or ""
        assert target[1:] in ids if target.startswith("#") else (arms_report / target).exists()


def test_on_a_phone_every_value_stands_beside_the_name_of_its_column(
    arms_report: Path, page: Page
) -> None:
    """Tables become cards there: the head is hidden, and a cell shows the name it carries."""
    for table in re.findall(r"<table>.*?</table>", (arms_report / "index.html").read_text(), re.S):
        head, *rows = re.findall(r"<tr>.*?</tr>", table, re.S)
        _, *names = re.findall(r"<th>(.*?)</th>", head)
        assert rows
        for row in rows:
            assert re.findall(r'<td data-name="([^"]*)">', row) == names
            assert row.count("<td") == len(names)
    (style,) = re.findall(r"<style>(.*?)</style>", (arms_report / "index.html").read_text(), re.S)
    phone = style[style.index("@media (max-width") : style.index("@media print")]
    rules = dict(re.findall(r"^  ([^{]+?) \{ (.*?) \}$", phone, re.M))
    assert "display: block" in rules[".scroll tr, .scroll th, .scroll td"]
    assert "white-space: normal" in rules[".scroll th, .scroll td"]
    assert rules[".scroll td::before"].startswith("content: attr(data-name)")
    assert page.of("div")
    assert {found["class"] for found in page.of("div")} == {"scroll", "pictures"}


def test_the_first_screen_names_the_models(arms_report: Path, page: Page) -> None:
    first = page.text[: page.text.index("Task version")]
    for one in index_of(arms_report)["experiments"]:
        assert f"{one['model']}{one['verdict']}" in first


def test_pictures_verdicts_and_arms_are_those_of_the_index(arms_report: Path, page: Page) -> None:
    experiments = index_of(arms_report)["experiments"]
    figures = [figure for one in experiments for figure in one["figures"]]
    assert len(page.of("img")) == len(figures) > 12
    for figure, image in zip(figures, page.of("img"), strict=True):
        svg = (arms_report / "figures" / f"{figure['name']}.svg").read_bytes()
        assert base64.b64decode((image["src"] or "").partition(",")[2]) == svg
    for one in experiments:
        assert page.text.count(one["verdict"]) == 2
        for arm in one["arms"]:
            assert f"{100 * arm['scores'][PRIMARY]['mean']:.1f}%" in page.text
        for found in one["differences"]:
            points = labels.points(found["difference"])
            assert f"{found['a']} − {found['b']}" in page.text
            assert points in page.text


def test_markdown_shows_the_same(arms_report: Path) -> None:
    text = (arms_report / "index.md").read_text()
    for one in index_of(arms_report)["experiments"]:
        for figure in one["figures"]:
            assert f"(figures/{figure['name']}.png)" in text
        for arm in one["arms"]:
            assert f"| {100 * arm['scores'][PRIMARY]['mean']:.1f}%" in text
    assert "## Not compared" in text
