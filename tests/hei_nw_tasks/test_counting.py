"""Lengths are measured with the tokenizer of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from generators.errors import ConfigError
from hei_nw_tasks.counting import loader
from hei_nw_tasks.task import load_dataset


def test_prompts_fit_by_the_tokenizer_of_the_model(checkpoint: Path) -> None:
    manifest: dict[str, object] = {}
    loaded = load_dataset("E", manifest, n=100, pretrained=str(checkpoint), device="cpu")
    assert manifest["config"]["tokenizer"] == str(checkpoint)  # type: ignore[index]
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    logs: dict[str, list[str]] = {}
    for event in loaded["events"]:
        logs.setdefault(event["world_id"], []).append(event["text"])
    instruction = (
        "Answer the question about past events. Give the value that is asked for and nothing "
        "else; if several values are asked for, separate them by commas. If the answer cannot be "
        "known, answer: unknown\n\n"
    )
    lengths = set()
    for row in loaded["test"]:
        log = "\n".join(logs[row["world_id"]][: row["store_size"]])
        prompt = f"{instruction}{log}\n\nQuestion: {row['query']}\nAnswer:"
        tokens = len(tokenizer(prompt)["input_ids"]) + 64
        assert 0.98 * row["target_tokens"] <= tokens <= row["target_tokens"]
        lengths.add(row["target_tokens"])
    assert lengths == {1000, 2000, 4000, 8000}


def test_special_tokens_are_counted_once_a_prompt(checkpoint: Path) -> None:
    counter = loader({})(str(checkpoint))
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    for text in ("Question: Who?", "Ada\nBrook"):
        assert counter.count([text])[0] + counter.added == len(tokenizer(text)["input_ids"])


def test_a_tokenizer_that_cannot_be_loaded_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"tokenizer='.*nothing': cannot be loaded") as caught:
        load_dataset("E", n=5, pretrained=str(tmp_path / "nothing"))
    assert "\n" not in str(caught.value)
    assert '{"tokenizer": null}' in str(caught.value)
    assert len(load_dataset("E", n=5, pretrained="x", tokenizer=None)["test"]) == 5


def test_a_tokenizer_is_loaded_for_the_scenario_that_needs_it_only(tmp_path: Path) -> None:
    assert len(load_dataset("A", n=5, pretrained=str(tmp_path / "nothing"))["test"]) == 5


def test_arguments_that_select_files_reach_the_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def from_pretrained(name: str, **options: Any) -> None:
        asked.append({"name": name, **options})
        raise OSError("seen enough")

    monkeypatch.setattr(AutoTokenizer, "from_pretrained", from_pretrained)
    chosen = {"gguf_file": "small.gguf", "revision": "v2", "subfolder": "a"}
    others = {"dtype": "bfloat16", "trust_remote_code": False, "n": 5}
    for run in (chosen | others, others):
        with pytest.raises(ConfigError, match="seen enough"):
            load_dataset("E", pretrained="org/model", **run)
    assert asked == [{"name": "org/model", **chosen}, {"name": "org/model"}]
