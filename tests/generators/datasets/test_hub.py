"""Pushing, against a stand-in for the Hub's client that records what it is asked to do."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import Features, load_dataset
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from generators.__main__ import main
from generators.datasets.hub import as_pushed, uploads
from generators.datasets.source import config_from, tables_from
from generators.datasets.storage import write
from generators.datasets.tables import build

Captured = pytest.CaptureFixture[str]
RUN = ["--scenario", "A", "--n", "5", "--push-to-hub", "org/heinw"]


class Hub:
    """Repositories by id, and the calls that were made."""

    def __init__(self, *existing: str) -> None:
        self.existing = set(existing)
        self.calls: list[tuple[str, Any]] = []
        self.uploaded: list[str] = []
        self.error: Exception | None = None

    def __call__(self) -> Hub:
        return self

    def repo_exists(self, repo: str, *, repo_type: str) -> bool:
        assert repo_type == "dataset"
        self.calls.append(("exists", repo))
        if self.error:
            raise self.error
        return repo in self.existing

    def create_repo(self, repo: str, *, repo_type: str, private: bool, exist_ok: bool) -> None:
        assert (repo_type, exist_ok) == ("dataset", True)
        self.calls.append(("create", private))

    def create_branch(self, repo: str, *, branch: str, repo_type: str, exist_ok: bool) -> None:
        self.calls.append(("branch", branch))

    def upload_folder(
        self,
        *,
        repo_id: str,
        repo_type: str,
        folder_path: Path,
        revision: str | None,
        create_pr: bool,
        allow_patterns: list[str],
        commit_message: str,
    ) -> Any:
        self.calls.append(("upload", (revision, create_pr)))
        self.uploaded = [name for name in allow_patterns if (folder_path / name).is_file()]
        return SimpleNamespace(commit_url="commit", pr_url="pull" if create_pr else None)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub()
    monkeypatch.setattr(huggingface_hub, "HfApi", made)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: "hf_secret")
    return made


def test_a_new_repository_is_private_and_gets_every_file(
    hub: Hub, tmp_path: Path, capsys: Captured
):
    assert main([*RUN, "--out", str(tmp_path)]) == 0
    assert hub.calls == [("exists", "org/heinw"), ("create", True), ("upload", (None, False))]
    on_disk = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    tables = {"heinw_A/questions.parquet", "heinw_A/events.parquet"}
    assert set(hub.uploaded) == on_disk | tables
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "commit"
    assert "hf_secret" not in printed


def test_a_dry_run_lists_exactly_what_a_push_uploads(hub: Hub, tmp_path: Path, capsys: Captured):
    assert main([*RUN, "--out", str(tmp_path / "dry"), "--dry-run"]) == 0
    assert hub.calls == []
    lines = capsys.readouterr().out.splitlines()
    listed = [
        line.split()[1] for line in lines[lines.index("Would push to org/heinw (private):") + 1 :]
    ]
    assert main([*RUN, "--out", str(tmp_path / "wet")]) == 0
    assert listed == hub.uploaded
    assert len(listed) == 7


@pytest.mark.parametrize(
    ("style", "config"), [("log", "heinw_C"), ("dialogue", "heinw_C_dialogue")]
)
def test_what_is_pushed_is_parquet_for_the_viewer_and_jsonl_for_the_tasks(
    style: str, config: str, tmp_path: Path
):
    out, copy = tmp_path / "data", tmp_path / "copy"
    settings = {"n": 20, "seed": 3, "style": style}
    made = build("C", config_from("C", settings))
    write(made, out)
    with as_pushed(out) as folder:
        shutil.copytree(folder, copy)
    assert not folder.exists()
    for name, date, rows in (
        (config, "as_of", made.rows()),
        (f"{config}_events", "date", made.event_rows()),
    ):
        loaded = load_dataset(str(copy), name, split="test", cache_dir=str(tmp_path / "cache"))
        assert [{**row, date: row[date].isoformat()} for row in loaded] == list(rows)
        path = copy / "heinw_C" / ("questions.parquet" if name == config else "events.parquet")
        # The card's types are the file's: the viewer casts nothing.
        assert Features.from_arrow_schema(pq.read_schema(path)) == loaded.features
        card = yaml.safe_load((copy / "README.md").read_text().split("---")[1])
        (entry,) = [entry for entry in card["configs"] if entry["config_name"] == name]
        assert entry["data_files"] == [{"split": "test", "path": f"heinw_C/{path.name}"}]
    read_again, _ = tables_from("C", {"dataset": str(copy)})
    assert list(read_again.rows()) == list(made.rows())
    assert (copy / "heinw_C" / "questions.jsonl").read_bytes() == (
        out / "heinw_C" / "questions.jsonl"
    ).read_bytes()


def test_the_card_names_nothing_that_is_not_pushed(tmp_path: Path):
    for letter in "AB":
        write(build(letter, config_from(letter, {"n": 5})), tmp_path)
    with as_pushed(tmp_path) as folder:
        card = yaml.safe_load((folder / "README.md").read_text().split("---")[1])
        named = {file["path"] for entry in card["configs"] for file in entry["data_files"]}
        assert named <= set(uploads(folder))
        assert len(named) == 4


def test_without_a_token_nothing_is_generated(
    hub: Hub, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    assert main([*RUN, "--out", str(tmp_path / "data")]) == 2
    assert "no Hub token here → run `hf auth login`" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_an_existing_repository_needs_a_word(hub: Hub, tmp_path: Path, capsys: Captured):
    hub.existing.add("org/heinw")
    assert main([*RUN, "--out", str(tmp_path / "data")]) == 2
    assert "exists already → give --revision BRANCH, --create-pr or --overwrite" in (
        capsys.readouterr().err
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("flags", "calls", "printed"),
    [
        (["--overwrite"], [("create", True), ("upload", (None, False))], "commit"),
        (["--create-pr"], [("create", True), ("upload", (None, True))], "pull"),
        (
            ["--revision", "v2", "--no-private"],
            [("create", False), ("branch", "v2"), ("upload", ("v2", False))],
            "commit",
        ),
    ],
)
def test_ways_to_push_to_an_existing_repository(
    hub: Hub, tmp_path: Path, capsys: Captured, flags: list[str], calls: list[Any], printed: str
):
    hub.existing.add("org/heinw")
    assert main([*RUN, *flags, "--out", str(tmp_path)]) == 0
    assert hub.calls[1:] == calls
    assert capsys.readouterr().out.splitlines()[-1] == printed


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (HFValidationError("bad"), "is no Hub id → give ORG/NAME"),
        (LocalEntryNotFoundError("No connection.\nAnd more."), "the Hub says no (No connection.)"),
        (OSError("unreachable"), "the Hub says no (unreachable)"),
    ],
)
def test_a_hub_that_refuses_is_one_line(
    hub: Hub, tmp_path: Path, capsys: Captured, error: Exception, message: str
):
    hub.error = error
    assert main([*RUN, "--out", str(tmp_path / "data")]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "flags",
    [
        ["--dry-run"],
        ["--create-pr"],
        ["--revision", "x"],
        ["--push-to-hub", "o/x", "--shard", "1/1"],
    ],
)
def test_flags_that_go_together(flags: list[str], tmp_path: Path, capsys: Captured):
    with pytest.raises(SystemExit) as caught:
        main(["--scenario", "A", "--out", str(tmp_path), *flags])
    assert caught.value.code == 2
    assert "--push-to-hub" in capsys.readouterr().err
