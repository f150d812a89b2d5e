"""Whatever a model, a file name or a dataset says, the report keeps its shape."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from postprocess import errors
from postprocess.__main__ import main
from postprocess.rendering import escaping, markdown
from postprocess.schema.run import Metrics

PAYLOADS = [
    *("|", "||", "a | b", "\\|", "\\\\|", "`", "``", "` `", "```\n# x\n```", "~~~", "\\`", "a`|`b"),
    *("<script>alert(1)</script>", "<!-- ", "-->", "</code></td></table>", "<b>", "&lt;", "&#124;"),
    *("[x](http://evil.example)", "![x](y)", "http://evil.example", "www.evil.example", "@someone"),
    *(
        "# title",
        "\n# title\n",
        "\n\n---\n\n",
        "\n|a|b|\n|-|-|\n|c|d|\n",
        "> quote",
        "- item",
        "1. x",
    ),
    *(
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{# x #}",
        "{{",
        "{{{",
        "}}",
        "${x}",
        "$x$",
        "*x*",
        "__x__",
        "~~x~~",
    ),
    *(
        "\x1b[31mred\x1b[0m",
        "\u202egnp.exe",
        "\u2066x\u2069",
        "\u200b",
        "\u2028",
        "\r\n",
        "\x00",
        "\t",
    ),
    *(
        "",
        " ",
        "  x  ",
        " `x` ",
        "x" * 5000,
        "|" * 300,
        "`" * 300,
        "é" * 161,
        "😀" * 161,
        "[^1]: x",
    ),
]
INERT = {"text", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}


@pytest.fixture(scope="session")
def metrics(saved_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    """What a real run came to."""
    folder = tmp_path_factory.mktemp("metrics")
    assert main([str(saved_run), "--outdir", str(folder), "--format", "json"]) == 0
    (path,) = folder.glob("*_metrics.json")
    return Metrics.model_validate_json(path.read_text())


def poisoned(metrics: Metrics, payload: str) -> Metrics:
    """The same numbers, with the payload wherever text comes from outside."""
    strata = {
        field: [row.model_copy(update={"name": payload}) for row in getattr(metrics, field)]
        for field in ("by_query_kind", "by_cue_type", "by_cue_overlap", "by_given_slots")
    }
    texts = ("id", "query", "query_kind", "response")
    errors = [
        kind.model_copy(
            update={
                "examples": [
                    replace(
                        item,
                        **dict.fromkeys(texts, payload),
                        answers=tuple(payload for _ in item.answers),
                    )
                    for item in kind.examples
                ]
            }
        )
        for kind in metrics.errors
    ]
    found = metrics.provenance
    provenance = found.model_copy(
        update=dict.fromkeys(
            (
                *("model", "model_type", "model_args", "revision", "model_sha", "dtype", "device"),
                *("quantization", "gen_kwargs", "dataset_source", "generator_version", "command"),
                *("rows_sha256_recorded", "rows_sha256_recomputed", "events_sha256", "batch_size"),
                *("chat_template_sha256", "system_instruction_sha256"),
            ),
            payload,
        )
        | {
            "dataset_config": {payload: payload},
            "versions": dict.fromkeys(found.versions, payload),
            "files": [file.model_copy(update={"path": payload}) for file in found.files],
            "superseded": [payload],
        }
    )
    return metrics.model_copy(update=strata | {"errors": errors, "provenance": provenance})


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def shape(text: str) -> list[tuple[str, str, int]]:
    """The blocks of a document, without what is written in them."""
    return [(token.type, token.tag, token.level) for token in parsed(text)]


def check(metrics: Metrics, payload: str) -> str:
    text = markdown.render(poisoned(metrics, payload))
    assert shape(text) == shape(markdown.render(poisoned(metrics, "plain")))
    inline = [child for token in parsed(text) for child in token.children or ()]
    assert {token.type for token in inline} <= INERT
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not any(mark in text for mark in ("{{", "{%", "{#"))
    columns = 0
    for line in text.splitlines():
        # A table's row has as many cells as its header, even for a parser that counts every pipe.
        if line.startswith("|"):
            columns = columns or line.count("|")
            assert line.count("|") == columns, line
        else:
            columns = 0
    return text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_stays_text(metrics: Metrics, payload: str) -> None:
    check(metrics, payload)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.text(st.sampled_from(" \n`|\\<>[](){}%#*_~-=!&$@:./ax\u202e\x1b"), max_size=40))
def test_any_text_stays_text(metrics: Metrics, payload: str) -> None:
    check(metrics, payload)


@example(" ")
@example("  ")
@example(" x")
@given(st.text(min_size=1, max_size=escaping.LONGEST_TEXT))
def test_a_code_span_shows_the_whole_text(text: str) -> None:
    (paragraph,) = [token for token in parsed(f"x {escaping.code(text)} y") if token.children]
    children = paragraph.children or []
    assert [token.type for token in children] == ["text", "code_inline", "text"]
    shown = errors.visible(text).replace("{{", "⟨U+007B⟩{").replace("{%", "⟨U+007B⟩%")
    if "{" not in text:
        assert children[1].content == shown


def test_long_responses_are_cut_and_say_so(metrics: Metrics) -> None:
    text = check(metrics, "y" * 1000)
    assert "y" * escaping.LONGEST_TEXT + "` … 840 more characters" in text


def test_at_most_three_examples_of_a_kind_but_all_are_counted(metrics: Metrics) -> None:
    text = markdown.render(metrics)
    wrong = [item for item in metrics.items if item.outcome != "correct"]
    kinds = {item.outcome for item in wrong}
    assert len(kinds) >= 4
    for kind in kinds:
        count = sum(item.outcome == kind for item in wrong)
        assert f"`{kind}`: {count} in total" in text
    examples = sum(min(3, sum(i.outcome == kind for i in wrong)) for kind in kinds)
    assert text.count("\n  - got ") == examples


def test_a_run_without_errors_says_so(metrics: Metrics) -> None:
    right = metrics.model_copy(update={"errors": []})
    assert "None: every response is right." in markdown.render(right)
