"""Parts made one by one, in any order, join to the bytes of a single run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.__main__ import main
from generators.datasets.joining import join
from generators.datasets.shards import Shard, parts_folder, write_part
from generators.datasets.storage import read
from generators.datasets.tables import build
from generators.errors import ConfigError, DatasetError
from generators.scenario_a.config import EpisodeConfig
from generators.scenarios import scenario
from generators.verify.remaking import doubt_of_part, fingerprint

CONFIG = EpisodeConfig(n=57, seed=5)
Captured = pytest.CaptureFixture[str]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=10, deadline=None)
@given(total=st.integers(1, 6), order=st.randoms())
def test_parts_join_to_the_bytes_of_one_run(
    tmp_path_factory: pytest.TempPathFactory, total: int, order: object
):
    out = tmp_path_factory.mktemp("parts")
    numbers = list(range(1, total + 1))
    order.shuffle(numbers)  # type: ignore[attr-defined]
    for number in numbers:
        write_part("A", CONFIG, Shard(number, total), out)
    assert read(join(out, "A"), "A") == build("A", CONFIG)
    assert not parts_folder(out, "A").exists()


def test_the_command_gives_the_same_files_either_way(tmp_path: Path, capsys: Captured):
    # Enough for the balance of the first 64 questions to be in the certificate.
    run = ["--scenario", "A", "--n", "157", "--seed", "5"]
    assert main([*run, "--out", str(tmp_path / "one")]) == 0
    for number in (3, 1, 2):
        assert main([*run, "--out", str(tmp_path / "many"), "--shard", f"{number}/3"]) == 0
    assert main(["join", str(tmp_path / "many")]) == 0
    one, many = files(tmp_path / "one" / "heinw_A"), files(tmp_path / "many" / "heinw_A")
    assert one == many
    cards = [(tmp_path / name / "README.md").read_bytes() for name in ("one", "many")]
    assert cards[0] == cards[1]
    assert "certificate.txt" in many
    assert capsys.readouterr().err == ""


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        write_part("A", CONFIG, Shard(number, 3), tmp_path)
    return parts_folder(tmp_path, "A")


def test_a_missing_part_is_named(parts: Path):
    shutil.rmtree(parts / "2-of-3")
    with pytest.raises(DatasetError, match="lacks 2/3 → make them with --shard"):
        join(parts.parent, "A")


def test_parts_of_different_totals_do_not_join(parts: Path):
    write_part("A", CONFIG, Shard(1, 2), parts.parent)
    with pytest.raises(DatasetError, match="lacks"):
        join(parts.parent, "A")


def test_parts_of_different_settings_do_not_join(parts: Path):
    other = CONFIG.model_copy(update={"seed": 6})
    write_part("A", other, Shard(2, 3), parts.parent, overwrite=True)
    with pytest.raises(DatasetError, match="parts are of different datasets"):
        join(parts.parent, "A")


@pytest.mark.parametrize(
    "name", ["2-of-3/questions.jsonl", "3-of-3/events.jsonl", "1-of-3/events.jsonl"]
)
@pytest.mark.parametrize("missing", [True, False])
def test_a_damaged_part_is_named_and_nothing_is_joined(parts: Path, name: str, missing: bool):
    if missing:
        (parts / name).unlink()
    else:
        (parts / name).write_bytes((parts / name).read_bytes()[:-5])
    with pytest.raises(DatasetError, match=f"{name}: .* → make this part anew"):
        join(parts.parent, "A")
    assert [path.name for path in parts.parent.iterdir()] == [parts.name]


def test_an_interrupted_part_is_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_part("A", CONFIG, Shard(1, 3), tmp_path, watch=stop)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_joining_does_not_replace_a_dataset_unasked(parts: Path):
    kept = parts.with_name("kept")
    shutil.copytree(parts, kept)
    join(parts.parent, "A")
    shutil.copytree(kept, parts)
    with pytest.raises(ConfigError, match="exists already"):
        join(parts.parent, "A")
    assert parts.exists()
    join(parts.parent, "A", overwrite=True)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2"])
def test_fractions_that_are_no_part_are_refused(text: str, tmp_path: Path, capsys: Captured):
    with pytest.raises(SystemExit) as caught:
        main(["--scenario", "A", "--out", str(tmp_path), f"--shard={text}"])
    assert caught.value.code == 2
    assert "--shard" in capsys.readouterr().err


def test_more_parts_than_worlds_are_refused(tmp_path: Path, capsys: Captured):
    run = ["--scenario", "A", "--n", "20", "--out", str(tmp_path), "--shard", "1/3"]
    assert main(run) == 2
    assert "are about 2 worlds → ask for at most 2 parts" in capsys.readouterr().err


def test_a_folder_without_parts_has_nothing_to_join(tmp_path: Path, capsys: Captured):
    assert main(["join", str(tmp_path)]) == 2
    assert "holds no parts" in capsys.readouterr().err


def test_a_part_that_was_found_wrong_is_not_joined(parts: Path, capsys: Captured):
    proof = json.loads((parts / "2-of-3" / "proof.json").read_text())
    proof["violations"]["ambiguous"] = 1
    (parts / "2-of-3" / "proof.json").write_text(json.dumps(proof))
    before = sorted(parts.parent.rglob("*"))
    assert main(["join", str(parts.parent)]) == 1
    certificate = capsys.readouterr().out
    assert certificate.startswith("Certificate of heinw_A: FAILED")
    assert "violations    ambiguous 1," in certificate
    assert sorted(parts.parent.rglob("*")) == before


def test_a_part_that_could_not_be_made_again_is_not_joined(parts: Path, capsys: Captured):
    proof = json.loads((parts / "3-of-3" / "proof.json").read_text())
    assert proof["doubt"] is None
    (parts / "3-of-3" / "proof.json").write_text(json.dumps(proof | {"doubt": "log x differs"}))
    assert main(["join", str(parts.parent)]) == 1
    assert "made again    NO: log x differs" in capsys.readouterr().out
    assert sorted(path.name for path in parts.parent.iterdir()) == [parts.name]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"odds": 1}', b"\xff", None])
def test_a_proof_that_is_not_of_its_part_is_named(
    parts: Path, content: bytes | None, capsys: Captured
):
    path = parts / "2-of-3" / "proof.json"
    other = (parts / "1-of-3" / "proof.json").read_bytes()
    path.write_bytes(other if content is None else content)
    assert main(["join", str(parts.parent)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"heinw: {path}: ")
    assert err.endswith(" → make this part anew\n")
    assert err.count("\n") == 1


def test_worlds_that_come_out_otherwise_when_made_again_are_doubted():
    worlds = list(scenario("A").worlds(CONFIG, 2, 4))
    made = [fingerprint(world) for world in worlds]
    assert doubt_of_part("A", CONFIG, 2, made) is None
    assert doubt_of_part("A", CONFIG, 1, made) is not None
    worlds[1].questions[0].answers.append("unknown")
    changed = [fingerprint(world) for world in worlds]
    expected = f"log {worlds[1].world_id} differs when it is made again"
    assert doubt_of_part("A", CONFIG, 2, changed) == expected
