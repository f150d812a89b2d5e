"""`python -m generators audit`, on datasets of every scenario."""

from __future__ import annotations

import re
import sys

import pytest

import generators.audit
from generators.__main__ import main
from generators.audit.samples import OTHERS, draw
from generators.config import make_config
from generators.scenarios import SCENARIOS

SMALL = ("--n", "60", "--train-seeds", "2", "--test-seeds", "1")


@pytest.mark.slow
def test_a_small_audit_of_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["audit", "--scenario", "all", *SMALL])
    out = capsys.readouterr().out
    assert code == int("above its limit" in out)
    lines = out.splitlines()[2:]
    assert {line.split(" | ")[0] for line in lines} == {f"| {letter}" for letter in SCENARIOS}
    for line in lines:
        value, low, high = (float(number) for number in re.findall(r"\d\.\d{3}", line)[:3])
        assert 0 <= low <= value <= high <= 1
    for size in ("100", "300", "1,000"):
        assert sum(f", among {size} events | " in line for line in lines) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--train-seeds 0", "0 seeds to train on"),
        ("--n 0", "n=0"),
        ("""--metadata {"store_sizes":[100]}""", "'store_sizes' is no setting of scenario A"),
    ],
)
def test_what_cannot_be_audited_is_said_in_one_line(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--scenario", "A", *arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert message in err
    assert err.count("\n") == 1


def test_without_scikit_learn_the_cure_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    monkeypatch.delitem(sys.modules, "generators.audit.adversaries", raising=False)
    monkeypatch.delattr(generators.audit, "adversaries", raising=False)
    assert main(["audit", "--scenario", "A", "--n", "10"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "pip install 'hei-nw-tasks[audit]'" in err


@pytest.mark.parametrize("letter", SCENARIOS)
def test_a_sample_holds_all_evidence_and_no_more_than_the_store(letter: str) -> None:
    kind = SCENARIOS[letter]
    config = make_config(kind.config, {"n": 45})
    worlds = list(kind.worlds(config.model_copy(update={"seed": 3})))
    sample = draw(kind, config, [3])
    questions = [question for world in worlds for question in world.questions]
    assert [q.text for q in sample.questions] == [q.query for q in questions]
    assert [bool(q.answer) for q in sample.questions] == [q.answerable for q in questions]
    proofs = [event for event in sample.events if event.evidence]
    assert len(proofs) == sum(len(question.evidence) for question in questions)
    assert all(0 <= e.position < e.store_size and e.age >= 0 for e in sample.events)
    asked = sum(bool(question.evidence) for question in questions)
    assert len(sample.events) - len(proofs) <= OTHERS * asked
    for q, question in zip(sample.questions, questions, strict=True):
        assert not any(cue in q.masked for cue in question.cues if len(cue) > 1)
