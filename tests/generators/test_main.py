from __future__ import annotations

from pathlib import Path

import pytest

from generators.__main__ import main
from generators.dataset import build
from generators.scenario_a.config import EpisodeConfig
from generators.storage import read

Captured = pytest.CaptureFixture[str]


def test_generate_and_verify(tmp_path: Path, capsys: Captured):
    out = tmp_path / "data"
    settings = ["--n", "40", "--seed", "3"]
    settings += ["--metadata", '{"confounders_ratio": 2, "lag_bins": [0, 2, 9]}']
    assert main(["--scenario", "A", *settings, "--out", str(out)]) == 0
    assert "heinw_A: 40 questions about" in capsys.readouterr().out
    config = EpisodeConfig(n=40, seed=3, confounders_ratio=2.0, lag_bins=(0, 2, 9))
    assert read(out, "A") == build("A", config)
    for folder in (out, out / "heinw_A"):
        assert main(["verify", str(folder)]) == 0
        assert "Certificate of heinw_A: passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "Q"], "scenario 'Q' is unknown"),
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


@pytest.mark.parametrize("metadata", ["", "{", "[1]", "3"])
def test_metadata_that_is_no_json_object_is_refused(
    metadata: str, tmp_path: Path, capsys: Captured
):
    with pytest.raises(SystemExit) as caught:
        main(["--scenario", "A", "--metadata", metadata, "--out", str(tmp_path / "data")])
    assert caught.value.code == 2
    assert "--metadata" in capsys.readouterr().err


def test_verify_a_folder_without_a_dataset(tmp_path: Path, capsys: Captured):
    assert main(["verify", str(tmp_path)]) == 2
    assert "holds no dataset" in capsys.readouterr().err


def test_verify_fails_on_damage(tmp_path: Path, capsys: Captured):
    main(["--scenario", "A", "--n", "5", "--out", str(tmp_path)])
    path = tmp_path / "heinw_A" / "questions.jsonl"
    path.write_bytes(path.read_bytes()[:-2])
    assert main(["verify", str(tmp_path)]) == 2
    assert "write the dataset anew" in capsys.readouterr().err
