"""The M0 harness, called as its plan calls it."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.registry import model_registry

from generators.datasets.tables import build
from generators.scenario_a.config import EpisodeConfig
from hei_nw_tasks.__main__ import main
from hei_nw_tasks.task import target
from testing.scripted import ScriptedModel

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
    assert f"mode {mode} needs a memory" in printed.err
    assert all(name in printed.err for name in ("B0", "B1", "B2", "B3"))
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--mode", "B3", "--memory", "none"], 64, "with `consolidate`, which none has not"),
        (["--mode", "B2", "--memory", "episodic", "--model", "gguf"], 64, "inner=gguf does not"),
        (["--mode", "B2", "--memory", "episodic", "--cycles", "0"], 2, "is no number of cycles"),
        (["--mode", "B1", "--memory", "episodic", "--cycles", "2"], 2, "is of modes B2 and B3"),
        (["--mode", "B2", "--memory", "episodic", "--drift", "reading"], 2, "is of mode B3"),
        (["--mode", "B1", "--memory", "episodic", "--drift", "arc"], 2, "is of mode B3"),
    ],
)
def test_sleep_that_cannot_be_is_refused_before_anything_is_written(
    arguments: list[str], code: int, message: str, tmp_path: Path, capsys: Captured
):
    model = ["--model_args", "pretrained=/nowhere", "--outdir", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as caught:
        main(["--scenario", "A", "--n", "2", *arguments, *model])
    assert caught.value.code == code
    assert message in capsys.readouterr().err
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
    assert error.count("\n") == 2  # the stage, and the message
    assert not (tmp_path / "out").exists()


def test_a_model_that_cannot_be_loaded_is_one_line(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    model = ["--model_args", f"pretrained={tmp_path}/nothing/here"]
    assert main(["--scenario", "A", "--n", "2", *model, "--outdir", str(tmp_path / "out")]) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "heinw:" in line]
    assert f"pretrained={tmp_path}/nothing/here" in line
    assert "cannot be loaded" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "metadata",
    [
        "[[[[",
        "[" * 100_000,
        '{"n": 1e30}',
        f'{{"n": {"9" * 5000}}}',
        '{"n": NaN}',
        '{"n": {"a": [1]}}',
        '{"lag_bins": [0, 100000000]}',
        '{"lag_bins": [0, 1e308]}',
        '{"store_size": 10000000000}',
        f'{{"dataset": "{"x" * 5000}"}}',
        '{"dataset": "a\\u0000b"}',
        '{"dataset": "~nouser"}',
        '{"lag_bins\\u001b": 1}',
    ],
)
def test_no_metadata_is_a_traceback_or_more_than_a_line(
    metadata: str, tmp_path: Path, capsys: Captured
):
    nowhere = ["--model_args", "pretrained=/nowhere", "--outdir", str(tmp_path / "out")]
    try:
        code = main(["--scenario", "A", "--metadata", metadata, *nowhere])
    except SystemExit as caught:  # of argparse, after the usage
        code = caught.code
    assert code == 2
    error = capsys.readouterr().err
    line = error.splitlines()[-1]
    assert line.startswith(("heinw: ", "python -m hei_nw_tasks: error: argument --metadata: "))
    assert line.isprintable()
    assert len(line) < 500
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--scenario", "Z"], "--scenario"),
        (["--scenario", "A", "--baseline", "magic"], "--baseline: 'magic'"),
        ([], "--scenario"),
    ],
)
def test_unknown_choices_are_refused(arguments: list[str], named: str, capsys: Captured):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert named in capsys.readouterr().err


def test_lists_of_arms_and_scenarios_share_one_model(
    checkpoint: Path, tmp_path: Path, capsys: Captured
):
    out = tmp_path / "baseline"
    arguments = ["--scenario", "A,E", "--baseline", "none,long-context,rag", "--n", "6"]
    model = ["--model_args", f"pretrained={checkpoint},retriever=bm25,k=2", "--device", "cpu"]
    short = ["--gen_kwargs", "max_gen_toks=4", "--num_fewshot", "1", "--batch_size", "6"]
    settings = ["--metadata", '{"lengths": [1000]}']
    assert main([*arguments, *settings, *model, *short, "--outdir", str(out)]) == 0
    printed = capsys.readouterr()
    assert [f"arm {n} of 3" in printed.out for n in (1, 2, 3)] == [True] * 3
    found = {}
    for path in out.glob("*_metrics.json"):
        metrics = json.loads(path.read_text())
        means = {key: quantity["mean"] for key, quantity in metrics["compute"].items()}
        found[metrics["scenario"], metrics["baseline"]] = means
        assert metrics["provenance"]["num_fewshot"] == 1
        assert means["generated_tokens"] <= 4
    index = json.loads((out / "index.json").read_text())
    assert [len(one["arms"]) for one in index["experiments"]] == [3, 3]
    assert found.keys() == {(s, b) for s in "AE" for b in ("none", "long-context", "rag")}
    for letter in "AE":
        none, rag = found[letter, "none"], found[letter, "rag"]
        everything = found[letter, "long-context"]
        assert none["memory_tokens"] == 0 < rag["memory_tokens"] < everything["memory_tokens"]
        assert none["total_flops"] < rag["total_flops"] < everything["total_flops"]
        assert none["kv_cache_bytes"] < rag["kv_cache_bytes"] < everything["kv_cache_bytes"]


class Stopped(ScriptedModel):
    """Answers question by question, and is stopped once, at answer `left`, or gives another one."""

    left: ClassVar[int]
    stop: ClassVar[Callable[[], str | None]]
    asked: ClassVar[list[str]]

    def __init__(self, **_: Any) -> None:
        super().__init__(lambda _, doc: target(doc))

    @classmethod
    def create_from_arg_obj(cls, *_: Any) -> Stopped:
        return cls()

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        said = super().generate_until(requests)
        for request, answer in zip(requests, said, strict=True):
            Stopped.left -= 1
            if Stopped.left == 0:
                answer = Stopped.stop() or answer
            Stopped.asked.append(request.args[0])
            self.cache_hook.add_partial("generate_until", request.args, answer)
        return said


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Stopped]]:
    """A model type of lm_eval, and standard output as it was before."""
    monkeypatch.setitem(model_registry._objs, "stopped", Stopped)
    Stopped.left, Stopped.asked = -1, []
    before = sys.stdout
    yield Stopped
    sys.stdout = before


def run_arms(out: Path) -> int:
    arms = ["--baseline", "none,oracle,long-context", "--scenario", "A", "--n", "6"]
    return main([*arms, "--model", "stopped", "--model_args", "x=1", "--outdir", str(out)])


def scores(out: Path) -> dict[str, Any]:
    """What the index says of each arm, without the run's time."""
    index = json.loads((out / "index.json").read_text())
    return {
        f"{experiment['scenario']} {arm['baseline']}": [
            arm["scores"],
            arm["questions"],
            arm["compute"],
        ]
        for experiment in index["experiments"]
        for arm in experiment["arms"]
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """The scores of the run that is stopped in several ways, and its questions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(model_registry._objs, "stopped", Stopped)
        Stopped.left, Stopped.asked = -1, []
        out = tmp_path_factory.mktemp("undisturbed")
        assert run_arms(out) == 0
        assert len(Stopped.asked) == 3 * 6
        return scores(out), Stopped.asked


def closed_output() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    sys.stdout = os.fdopen(writing, "w")


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("stop", "code", "word"),
    [
        (interrupt, 130, "interrupted"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), 143, "terminated"),
        (closed_output, 141, "the output was closed"),
    ],
)
def test_finished_arms_are_reported_and_the_same_command_goes_on(
    stop: Callable[[], None],
    code: int,
    word: str,
    undisturbed: tuple[dict[str, Any], list[str]],
    stopped: type[Stopped],
    tmp_path: Path,
    capsys: Captured,
) -> None:
    expected, questions = undisturbed
    out = tmp_path / "stopped"
    stopped.left, stopped.stop = 6 + 3, staticmethod(stop)
    capsys.readouterr()
    assert run_arms(out) == code
    # A closed output is met when the arm's table is printed.
    finished = 2 if stop is closed_output else 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"heinw: {word}; {finished} of 3 arms are finished and in {out} "
        "→ the same command goes on from there"
    )
    arms = ["none", "oracle"][:finished]
    assert scores(out) == {key: expected[key] for key in expected if key.split()[1] in arms}
    (unfinished,) = (out / "lm_eval").glob(".*")
    left = {path.name for path in unfinished.iterdir()}
    assert left == {*(f"{arm}.finished" for arm in arms), "answers_rank0.db"}

    sys.stdout = sys.__stdout__
    assert run_arms(out) == 0
    assert scores(out) == expected
    assert sorted(stopped.asked) == sorted(questions)
    assert not list((out / "lm_eval").glob(".*"))


def test_a_report_that_cannot_be_written_does_not_repeat_the_arms(
    stopped: type[Stopped], tmp_path: Path, capsys: Captured
) -> None:
    in_the_way = tmp_path / "index.html"
    in_the_way.mkdir()
    assert run_arms(tmp_path) == 2
    assert "index.html is a folder" in capsys.readouterr().err.splitlines()[-1]
    in_the_way.rmdir()
    stopped.asked = []
    assert run_arms(tmp_path) == 0
    assert stopped.asked == []
    assert len(scores(tmp_path)) == 3


def test_what_lm_eval_cannot_save_is_no_finished_arm(
    stopped: type[Stopped], tmp_path: Path, capsys: Captured
) -> None:
    # Half of a surrogate pair is in no encoding: as with a full disk, lm_eval writes half a file.
    stopped.left, stopped.stop = 6 + 3, staticmethod(lambda: "\ud800")
    assert run_arms(tmp_path) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("heinw:")]
    assert "could not save the arm oracle" in line
    assert f"1 of 3 arms are finished and in {tmp_path} → the same command goes on" in line
    assert {key.split()[1] for key in scores(tmp_path)} == {"none"}


def test_another_command_does_not_go_on_with_these_answers(
    stopped: type[Stopped], tmp_path: Path
) -> None:
    stopped.left, stopped.stop = 3, staticmethod(interrupt)
    arms = ["--scenario", "A", "--model", "stopped", "--outdir", str(tmp_path)]
    assert main([*arms, "--n", "6"]) == 130
    stopped.asked = []
    assert main([*arms, "--n", "6", "--seed", "1"]) == 0
    assert main([*arms, "--n", "6", "--num_fewshot", "1"]) == 0
    assert len(stopped.asked) == 12
    assert main([*arms, "--n", "6"]) == 0
    assert len(stopped.asked) == 12 + 4
    # What is finished begins anew.
    assert main([*arms, "--n", "6"]) == 0
    assert len(stopped.asked) == 12 + 4 + 6


def test_without_a_device_the_one_that_exists_is_taken(checkpoint: Path, tmp_path: Path) -> None:
    arguments = ["--scenario", "A", "--n", "2", "--gen_kwargs", "max_gen_toks=1"]
    model = ["--model_args", f"pretrained={checkpoint}"]
    assert main([*arguments, *model, "--outdir", str(tmp_path)]) == 0
