"""The M0 harness, called as its plan calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generators.datasets.tables import build
from generators.scenario_a.config import EpisodeConfig
from hei_nw_tasks.__main__ import main

Captured = pytest.CaptureFixture[str]


def test_b0_scenario_a_tiny(checkpoint: Path, tmp_path: Path, capsys: Captured):
    out = tmp_path / "baseline"
    arguments = ["--mode", "B0", "--scenario", "A", "--n", "8", "--seed", "7", "--dump"]
    model = ["--model_args", f"pretrained={checkpoint}", "--device", "cpu", "--batch_size", "8"]
    assert main([*arguments, *model, "--outdir", str(out)]) == 0
    (metrics,) = out.glob("*_A_B0_metrics.json")
    (report,) = out.glob("*_A_B0_report.md")
    (records,) = out.glob("*_records.jsonl")
    expected = build("A", EpisodeConfig(n=8, seed=7))
    provenance = json.loads(metrics.read_text())
    assert expected.manifest.rows_sha256 in json.dumps(provenance)
    assert "| Lag (days) |" in report.read_text()
    assert "confounders" in report.read_text()
    assert [json.loads(line) for line in records.read_text().splitlines()] == list(expected.rows())
    assert "lag_7-30" in capsys.readouterr().out


@pytest.mark.parametrize("mode", ["B1", "B2", "B3"])
def test_modes_that_need_a_memory_say_so_and_exit_with_64(
    mode: str, tmp_path: Path, capsys: Captured
):
    assert main(["--mode", mode, "--scenario", "A", "--outdir", str(tmp_path / "out")]) == 64
    printed = capsys.readouterr()
    assert f"mode {mode} needs a memory system" in printed.err
    assert all(name in printed.err for name in ("B0", "B1", "B2", "B3"))
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "A", "--n", "0"], "n=0"),
        (["--scenario", "A", "--metadata", '{"lagbins": [0, 1]}'], "did you mean 'lag_bins'"),
    ],
)
def test_bad_input_is_found_before_a_model_is_loaded(
    arguments: list[str], message: str, tmp_path: Path, capsys: Captured
):
    nowhere = ["--model_args", "pretrained=/nowhere", "--outdir", str(tmp_path / "out")]
    assert main([*arguments, *nowhere]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments", [["--scenario", "Z"], ["--scenario", "A", "--baseline", "magic"], []]
)
def test_unknown_choices_are_refused(arguments: list[str], capsys: Captured):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "--scenario" in capsys.readouterr().err


def test_lists_of_arms_and_scenarios_share_one_model(
    checkpoint: Path, tmp_path: Path, capsys: Captured
):
    out = tmp_path / "baseline"
    arguments = ["--scenario", "A,C", "--baseline", "none,long-context,rag", "--n", "6"]
    model = ["--model_args", f"pretrained={checkpoint},retriever=bm25,k=2", "--device", "cpu"]
    assert main([*arguments, *model, "--batch_size", "6", "--outdir", str(out)]) == 0
    printed = capsys.readouterr()
    assert [f"arm {n} of 3" in printed.out for n in (1, 2, 3)] == [True] * 3
    found = {}
    for path in out.glob("*_metrics.json"):
        metrics = json.loads(path.read_text())
        means = {key: quantity["mean"] for key, quantity in metrics["compute"].items()}
        found[metrics["scenario"], metrics["baseline"]] = means
    index = json.loads((out / "index.json").read_text())
    assert [len(one["arms"]) for one in index["experiments"]] == [3, 3]
    assert found.keys() == {(s, b) for s in "AC" for b in ("none", "long-context", "rag")}
    for letter in "AC":
        none, rag = found[letter, "none"], found[letter, "rag"]
        everything = found[letter, "long-context"]
        assert none["memory_tokens"] == 0 < rag["memory_tokens"] < everything["memory_tokens"]
        assert none["total_flops"] < rag["total_flops"] < everything["total_flops"]
        assert none["kv_cache_bytes"] < rag["kv_cache_bytes"] < everything["kv_cache_bytes"]
