"""Honest memories pass the conformance suite, and each cheat is caught by a check that is named."""

from __future__ import annotations

from typing import Any

import pytest

from hei_nw_tasks.memory.__main__ import main
from hei_nw_tasks.memory.conformance.subject import Subject
from hei_nw_tasks.memory.conformance.suite import CHECKS, results
from tests.hei_nw_tasks.memory.conformance import cheating, honest
from tests.hei_nw_tasks.memory.conformance.cheating import CAUGHT_BY

# These start a process of their own each.
_ELSEWHERE = ("determinism", "durable")


def outcomes(kind: type[Any], *names: str, **options: Any) -> dict[str, tuple[str, str]]:
    subject = Subject(f"{kind.__module__}:{kind.__qualname__}", **options)
    return {name: (one.status, one.text) for name, one in results(subject, names)}


def statuses(kind: type[Any], *names: str) -> dict[str, str]:
    return {name: status for name, (status, _) in outcomes(kind, *names).items()}


_ASLEEP = ("sleeps", "taken_off", "slept_alike")


def test_a_memory_that_does_everything_right_passes_all_checks():
    expected = dict.fromkeys(CHECKS, "holds") | dict.fromkeys(_ASLEEP, "n/a")
    assert statuses(honest.Honest) == expected
    assert statuses(honest.Dreamer, *_ASLEEP) == dict.fromkeys(_ASLEEP, "holds")


@pytest.mark.slow
def test_the_consolidator_of_the_suite_passes_the_checks_of_sleep():
    found = dict(results(Subject("episodic", {"rank": 2}), _ASLEEP))
    assert {name: one.status for name, one in found.items()} == dict.fromkeys(_ASLEEP, "holds")


def test_a_memory_that_makes_nothing_in_its_sleep_is_warned_of():
    found = outcomes(Dreamless, *_ASLEEP)
    assert found["sleeps"][0] == "warns"
    assert "mode B3 will be the model alone" in found["sleeps"][1]
    assert found["taken_off"][0] == "holds"
    assert found["slept_alike"][0] == "n/a"


class Dreamless(honest.Honest):
    def consolidate(self) -> None: ...


@pytest.mark.parametrize("kind", [honest.Asynchronous, honest.Rewriting, honest.by_words])
def test_the_smallest_memories_pass_what_applies_to_them(kind: type[Any]):
    quick = [name for name in CHECKS if name not in _ELSEWHERE]
    found = statuses(kind, *quick)
    assert set(found.values()) == {"holds", "n/a"}
    not_for_them = {"as_of", "scopes", "reopen", "refs", "delete", "requests", "traces", "update"}
    assert {n for n, s in found.items() if s == "n/a"} == not_for_them | {"idempotence", *_ASLEEP}


def test_a_memory_that_keeps_nothing_is_warned_of():
    found = outcomes(Silent)
    assert {n for n, (status, _) in found.items() if status == "warns"} == {"stored", "recalls"}
    assert "fails" not in {status for status, _ in found.values()}
    assert found["peeking"] == ("n/a", "it recalls nothing")


class Silent:
    def write(self, event: Any) -> bool:
        return False

    def recall(self) -> list[str]:
        return []


@pytest.mark.parametrize("cheat", CAUGHT_BY)
def test_a_cheat_is_caught(cheat: str):
    kind, check = CAUGHT_BY[cheat]
    options = {"timeout_s": 0.2} if kind is cheating.Hangs else {}
    status, text = outcomes(kind, check, **options)[check]
    assert status == "fails", text
    assert len(text.splitlines()) == 1


def test_a_cheat_fails_nothing_but_what_it_does():
    """Checks are told apart: a memory with one fault is not blamed for others."""
    quick = [name for name in CHECKS if name not in _ELSEWHERE]
    for kind, failing in (
        (cheating.IgnoresDelete, {"delete", "requests", "traces"}),
        (cheating.KeepsTheKeysIds, {"peeking"}),
        (cheating.OneFileForAllScopes, {"scopes"}),
    ):
        found = outcomes(kind, *quick)
        assert {n for n, (status, _) in found.items() if status == "fails"} == failing, kind


def test_after_a_call_that_hangs_no_other_is_made():
    found = outcomes(cheating.Hangs, "stored", "apart", "delete", timeout_s=0.2)
    ((status, text),) = found.values()
    assert status == "fails"
    assert "has not answered in memory_timeout=0.2 seconds" in text


def test_what_a_memory_raises_elsewhere_comes_back_as_its_line():
    ((_, outcome),) = results(Subject(f"{__name__}:Ends"), ["determinism"])
    assert outcome.status == "fails"
    assert "ends the process" in outcome.text


class Ends(honest.Honest):
    """Ends every process but the one that checks it."""

    def write(self, event: Any) -> Any:
        import multiprocessing
        import os

        if multiprocessing.parent_process() is not None:
            os._exit(3)
        return super().write(event)


NAME = f"{honest.__name__}:Honest"


def test_the_command_prints_a_line_a_check(capsys: pytest.CaptureFixture[str]):
    assert main(["check", NAME, "--only", "stored,told", "--memory_args", "depth=3"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["holds", "stored"], ["holds", "told"]]
    assert last == f"memory='{NAME}': 2 holds"


def test_the_command_ends_with_1_if_something_fails(capsys: pytest.CaptureFixture[str]):
    name = f"{cheating.__name__}:RecallsMoreThanK"
    assert main(["check", name, "--only", "budget"]) == 1
    line, _ = capsys.readouterr().out.splitlines()
    assert line.startswith("fails  budget")
    assert "recalls 11 items where 10 were asked for → return at most k" in line


def test_the_command_says_what_was_not_run(capsys: pytest.CaptureFixture[str]):
    name = f"{cheating.__name__}:Hangs"
    assert main(["check", name, "--only", "recalls,told", "--memory_timeout", "0.2"]) == 1
    _, last = capsys.readouterr().out.splitlines()
    assert last == f"memory='{name}': 1 fails, 1 not run"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere:Memory"], "memory='nowhere:Memory': cannot be imported"),
        (["check", "episodik"], "did you mean 'episodic'?"),
        (["check", NAME, "--memory_args", "size=3"], "takes depth"),
    ],
)
def test_what_cannot_be_loaded_is_one_line_and_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "name a memory"),
        (["check", NAME, "--only", "colour"], "'colour' is none of time, stored"),
        (["check", NAME, "--memory_timeout", "0"], "'0' is no number of seconds above 0"),
        ([], "check"),
    ],
)
def test_wrong_options_are_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_the_checks_are_listed(capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*CHECKS]
    assert all(len(line.split()) > 4 for line in lines)
