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


PAGES = ("index", "A-1", "D", "E", "A-1_answers", "E_answers")


@pytest.fixture(scope="module")
def pages(arms_report: Path) -> dict[str, Page]:
    return {name: Page((arms_report / f"{name}.html").read_text()) for name in PAGES}


def test_nothing_is_fetched_and_nothing_runs(pages: dict[str, Page]) -> None:
    linked = (
        r"#[\w-]+",
        r"(index|[A-E](-\d)?(_answers)?)\.html(#q\d+)?",
        r"[\w.-]+_(metrics\.json|report\.md)",
    )
    for page in pages.values():
        assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "form"}
        assert not any(name.startswith("on") for _, found in page.tags for name in found)
        assert all("style" not in found for _, found in page.tags)
        for image in page.of("img"):
            assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
            assert image["alt"]
        for link in page.of("a"):
            assert re.fullmatch("|".join(linked), link["href"] or ""), link


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_this_style_sheet_alone(
    name: str, arms_report: Path, pages: dict[str, Page]
) -> None:
    text = (arms_report / f"{name}.html").read_text()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [m["content"] for m in pages[name].of("meta") if "http-equiv" in m]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_links_lead_to_files_and_sections(arms_report: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.of("a")
        for link in page.of("a"):
            file, _, section = (link["href"] or "").partition("#")
            target = arms_report / (file or f"{name}.html")
            assert target.exists()
            if section:
                ids = {found["id"] for _, found in Page(target.read_text()).tags if "id" in found}
                assert section in ids


def test_the_overview_leads_to_every_page(arms_report: Path, pages: dict[str, Page]) -> None:
    linked = {(link["href"] or "").partition("#")[0] for link in pages["index"].of("a")}
    for one in index_of(arms_report)["experiments"]:
        assert one["files"] == [f"{one['id']}{end}" for end in (".md", ".html", "_answers.html")]
        assert {name for name in one["files"] if name.endswith(".html")} <= linked
        assert all((arms_report / name).exists() for name in one["files"])


@pytest.mark.parametrize("name", ["index", "A-1", "A-1_answers"])
def test_on_a_phone_every_value_stands_beside_the_name_of_its_column(
    name: str, arms_report: Path, pages: dict[str, Page]
) -> None:
    """Tables become cards there: the head is hidden, and a cell shows the name it carries."""
    text = (arms_report / f"{name}.html").read_text()
    cards = re.findall(r'<div class="scroll cards">\s*(<table>.*?</table>)', text, re.S)
    assert cards
    for table in cards:
        head, *rows = re.findall(r"<tr>.*?</tr>", table, re.S)
        _, *names = re.findall(r"<th>(.*?)</th>", head)
        assert rows
        for row in rows:
            assert re.findall(r'<td data-name="([^"]*)">', row) == names
            assert row.count("<td") == len(names)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    phone = style[style.index("@media (max-width") : style.index("@media print")]
    rules = dict(re.findall(r"^  ([^{]+?) \{ (.*?) \}$", phone, re.M))
    assert "display: block" in rules[".cards tr, .cards th, .cards td"]
    assert "white-space: normal" in rules[".cards th, .cards td"]
    assert rules[".cards td::before"].startswith("content: attr(data-name)")
    # What stays a table scrolls inside itself.
    assert text.count("<table>") == len(re.findall(r'<div class="scroll (?:cards|matrix)">', text))


def test_the_first_screen_names_the_models(arms_report: Path, pages: dict[str, Page]) -> None:
    text = pages["index"].text
    first = text[: text.index("At a glance")]
    for one in index_of(arms_report)["experiments"]:
        assert f"{one['model']}{one['verdict']}" in first


def test_the_matrix_and_the_ranking_show_every_arm(
    arms_report: Path, pages: dict[str, Page]
) -> None:
    text = pages["index"].text
    matrix = text[text.index("At a glance") : text.index("By headline")]
    ranked = text[text.index("By headline") :]
    for one in index_of(arms_report)["experiments"]:
        row = matrix[matrix.index(f"\n{one['model']}{one['id']}") :].partition("\n")[2]
        headlines = []
        for arm in one["arms"]:
            assert f"{100 * arm['scores'][PRIMARY]['mean']:.1f}%" in row
            headlines.append(f"{100 * arm['scores']['headline']['mean']:.1f}%")
        assert all(headline in ranked for headline in headlines)


def test_pictures_verdicts_and_arms_are_those_of_the_index(
    arms_report: Path, pages: dict[str, Page]
) -> None:
    for one in index_of(arms_report)["experiments"]:
        if one["id"] not in pages:
            continue
        page = pages[one["id"]]
        assert len(page.of("img")) == len(one["figures"]) >= 4
        for figure, image in zip(one["figures"], page.of("img"), strict=True):
            svg = (arms_report / "figures" / f"{figure['name']}.svg").read_bytes()
            assert base64.b64decode((image["src"] or "").partition(",")[2]) == svg
        assert page.text.count(one["verdict"]) == 1
        for arm in one["arms"]:
            assert f"{100 * arm['scores'][PRIMARY]['mean']:.1f}%" in page.text
        for found in one["differences"]:
            points = labels.points(found["difference"])
            assert f"{found['a']} − {found['b']}" in page.text
            assert points in page.text


def test_markdown_shows_the_same(arms_report: Path) -> None:
    overview = (arms_report / "index.md").read_text()
    for one in index_of(arms_report)["experiments"]:
        text = (arms_report / f"{one['id']}.md").read_text()
        assert f"({one['id']}.md)" in overview
        for figure in one["figures"]:
            assert f"(figures/{figure['name']}.png)" in text
        for arm in one["arms"]:
            assert f"| {100 * arm['scores'][PRIMARY]['mean']:.1f}%" in text
            assert f"| {100 * arm['scores'][PRIMARY]['mean']:.1f}%" in overview
    assert "## Not compared" in overview
