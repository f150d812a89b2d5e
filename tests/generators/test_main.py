from __future__ import annotations

from pathlib import Path

import pytest

from generators.__main__ import main
from generators.datasets import storage
from generators.datasets.storage import read
from generators.datasets.tables import build
from generators.scenario_a.config import EpisodeConfig
from generators.scenarios import SCENARIOS
from generators.verify import adversaries

Captured = pytest.CaptureFixture[str]


def test_generate_and_verify(tmp_path: Path, capsys: Captured):
    out = tmp_path / "data"
    settings = ["--n", "40", "--seed", "3"]
    settings += ["--metadata", '{"confounders_ratio": 2, "lag_bins": [0, 2, 9]}']
    assert main(["--scenario", "A", *settings, "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "heinw_A: 40 questions about" in printed.out
    assert printed.err == ""  # the progress bar is for terminals
    config = EpisodeConfig(n=40, seed=3, confounders_ratio=2.0, lag_bins=(0, 2, 9))
    assert read(out, "A") == build("A", config)
    for folder in (out, out / "heinw_A"):
        assert main(["verify", str(folder)]) == 0
        certificate = capsys.readouterr().out
        assert "Certificate of heinw_A: passed" in certificate
    assert (out / "heinw_A" / "certificate.txt").read_text() == certificate


def test_all_scenarios_in_one_folder(tmp_path: Path):
    assert main(["--scenario", "all", "--n", "10", "--out", str(tmp_path)]) == 0
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"README.md", *(f"heinw_{letter}" for letter in SCENARIOS)}


def test_a_dataset_that_fails_its_verification_is_not_written(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adversaries, "CHANCE", 1e-9)
    assert main(["--scenario", "A", "--n", "50", "--out", str(tmp_path / "data")]) == 1
    assert "Certificate of heinw_A: FAILED" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()


def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "canonical_line", interrupted)
    assert main(["--scenario", "A", "--n", "5", "--out", str(tmp_path)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "Q"], "scenario 'Q' is unknown"),
        (["--scenario", "A,Q"], "scenario 'Q' is unknown"),
        (["--scenario", "A", "--n", "0"], "n=0"),
        (["--scenario", "A", "--metadata", '{"confounders_ratio": -1}'], "confounders_ratio=-1"),
        (["--scenario", "A", "--metadata", '{"lag_bins": [3, 2]}'], "lag_bins"),
        (["--scenario", "A", "--metadata", '{"store_size": 3}'], "store_size=3"),
        (
            ["--scenario", "A", "--metadata", '{"confounders_ratio": 900}'],
            "lower confounders_ratio",
        ),
        (["--scenario", "A", "--metadata", '{"lagbins": [0, 2]}'], "did you mean 'lag_bins'"),
        (
            ["--scenario", "A", "--metadata", '{"colour": 1}'],
            "'colour' is no setting of scenario A",
        ),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], message: str, tmp_path: Path, capsys: Captured
):
    out = tmp_path / "data"
    assert main([*arguments, "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("heinw: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not out.exists()


@pytest.mark.parametrize("metadata", ["", "{", "[1]", "3", "[[[[", "[" * 100_000, "9" * 9999])
def test_metadata_that_is_no_json_object_is_refused(
    metadata: str, tmp_path: Path, capsys: Captured
):
    with pytest.raises(SystemExit) as caught:
        main(["--scenario", "A", "--metadata", metadata, "--out", str(tmp_path / "data")])
    assert caught.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("heinw: argument --metadata: ")
    assert printed.count("\n") == 1
    assert len(printed) < 400


def test_verify_a_folder_without_a_dataset(tmp_path: Path, capsys: Captured):
    assert main(["verify", str(tmp_path)]) == 2
    assert "holds no dataset" in capsys.readouterr().err


def test_verify_fails_on_damage(tmp_path: Path, capsys: Captured):
    main(["--scenario", "A", "--n", "5", "--out", str(tmp_path)])
    path = tmp_path / "heinw_A" / "questions.jsonl"
    path.write_bytes(path.read_bytes()[:-2])
    assert main(["verify", str(tmp_path)]) == 2
    assert "write the dataset anew" in capsys.readouterr().err
