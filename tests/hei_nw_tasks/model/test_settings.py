"""Which arguments are the arm's, which are the model's, and what tells runs apart."""

from __future__ import annotations

from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.options import MemoryOptions, RagOptions
from hei_nw_tasks.memory.recalling import FromEvidence
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.model.settings import SPEED_ARGUMENTS, Settings, arm_arguments, split

RAG = {"k": 7, "embedder": "org/e", "query_prefix": "q", "passage_prefix": "p", "embed_cache": "c"}
OF_MEMORIES = (
    *("memory", "memory_args", "memory_seed", "scopes", "reopen"),
    *("cycle", "sleep_tokens", "sleep_flops", "drift"),
)
OPTIONS = (
    *("memory_tokens", "k", "retriever", "embedder", "query_prefix", "passage_prefix"),
    *OF_MEMORIES,
)


def identity(**arguments: Any) -> dict[str, Any]:
    return split(arguments)[0].identity()


def test_the_arguments_that_do_not_name_the_model():
    own = {"inner", "mode", "baseline", "shared_prefix", "embed_cache"}
    own |= {"memory_folder", "memory_timeout"}
    assert arm_arguments() == own | set(OPTIONS)
    assert {"batch_size", "max_batch_size", "device"} == SPEED_ARGUMENTS


def test_ours_and_those_of_the_inner_model_are_separated():
    given = {"baseline": "rag", **RAG, "retriever": "hybrid", "shared_prefix": False}
    theirs = {"pretrained": "org/model", "dtype": "float32", "model": 1, "options": "theirs"}
    settings, others = split({**given, **theirs})
    assert settings == Settings(
        baseline="rag", shared_prefix=False, options=RagOptions(**RAG, retriever="hybrid")
    )
    assert others == theirs


def test_an_identity_has_the_options_that_have_an_effect():
    nothing = dict.fromkeys(OPTIONS)
    given = {**RAG, "memory_tokens": 99}
    for name in ("none", "long-context", "oracle"):
        start = {"mode": "B0", "baseline": name, "inner": "hf"}
        assert identity(baseline=name, **given) == {**start, **nothing}
    recent = identity(baseline="recent", inner="vllm", **given)
    expected = {"mode": "B0", "baseline": "recent", "inner": "vllm", **nothing, "memory_tokens": 99}
    assert recent == expected
    dense = {name: value for name, value in RAG.items() if name != "embed_cache"}
    for retriever in ("dense", "hybrid", "mine:Retriever"):
        found = identity(baseline="rag", retriever=retriever, **given)
        assert found == {
            **{"mode": "B0", "baseline": "rag", "inner": "hf", "memory_tokens": None},
            **dict.fromkeys(OF_MEMORIES),
            **dense,
            "retriever": retriever,
        }
    words = identity(baseline="rag", retriever="bm25", **given)
    assert {name for name, value in words.items() if value is None} == {
        *("memory_tokens", "embedder", "query_prefix", "passage_prefix", *OF_MEMORIES)
    }
    assert list(words)[:3] == ["mode", "baseline", "inner"]


def test_defaults():
    assert identity()["baseline"] == "none"
    assert identity(baseline="recent")["memory_tokens"] == 512
    assert (identity(baseline="rag")["k"], identity(baseline="rag")["retriever"]) == (5, "dense")
    assert split({})[0].shared_prefix is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"baseline": "magic"}, "baseline='magic': is no memory arm → use none, recent"),
        ({"k": 0}, "k=0: input should be greater than or equal to 1"),
        ({"baseline": "oracle", "memory_tokens": 0}, "memory_tokens=0"),
        ({"shared_prefix": "maybe"}, "shared_prefix='maybe'"),
        ({"retreiver": "bm25"}, "did you mean 'retriever'"),
        ({"inner": "heinw"}, "cannot wrap itself"),
        ({"mode": "B9"}, "mode='B9': the modes are B0"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, Any], message: str):
    with pytest.raises(ConfigError, match=message) as caught:
        split(arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "B1"}, "mode B1 needs a memory: memory=NAME"),
        ({"mode": "B2"}, "mode B2 needs a memory: memory=NAME"),
        ({"mode": "B3", "memory": "none"}, "with `consolidate`, which none has not"),
        ({"mode": "B2", "memory": "model"}, "memory=model changes the model itself"),
        (
            {"mode": "B3", "memory": "episodic", "inner": "local-completions"},
            "(inner=local-completions does not have them in this process)",
        ),
        ({"mode": "B2", "memory": "episodic", "peft": "x"}, "peft=x is on it already"),
    ],
)
def test_modes_that_cannot_run_as_asked(
    arguments: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as caught:
        split({"pretrained": "x", **arguments})
    assert caught.value.code == 64
    shown = capsys.readouterr().err
    assert message in shown
    assert "none, episodic, mem0, langgraph, model" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"memory": "episodic"}, "memory='episodic': B0 has none → add mode=B1"),
        ({"mode": "B1", "memory": "none", "baseline": "rag"}, "baseline='rag': is of mode B0"),
        ({"mode": "B1", "memory": "none", "scopes": 0}, "scopes=0"),
        ({"mode": "B1", "memory": "none", "reopen": "often"}, "reopen='often'"),
        ({"mode": "B1", "memory": "none", "memory_timeout": 0}, "memory_timeout=0"),
        ({"mode": "B2", "memory": "episodic", "cycle": 0}, "cycle=0: input should be greater"),
        ({"mode": "B3", "memory": "episodic", "sleep_tokens": 0}, "sleep_tokens=0"),
        ({"mode": "B3", "memory": "episodic", "sleep_flops": 0}, "sleep_flops=0"),
        ({"mode": "B2", "memory": "episodic", "drift": "reading"}, "drift=reading: is of mode B3"),
        ({"mode": "B3", "memory": "episodic", "drift": "arc_easy"}, "drift='arc_easy'"),
        ({"mode": "B2", "memory": "episodic", "scopes": 2}, "scopes=2: each world sleeps alone"),
    ],
)
def test_memories_that_are_asked_for_in_a_wrong_way(arguments: dict[str, Any], message: str):
    with pytest.raises(ConfigError, match=message):
        split(arguments)


def test_a_memory_is_known_by_its_options_and_its_version():
    given = {"mode": "B1", "memory": "none", "memory_args": "a=1;b=x", "memory_folder": "f"}
    settings, _ = split({**given, "k": 3, "memory_timeout": 5})
    assert isinstance(settings.options, MemoryOptions)
    assert (settings.name, settings.options.memory_args) == ("none", {"a": 1, "b": "x"})
    known = settings.identity()
    assert known["memory_version"]
    assert "memory_folder" not in known
    assert {name: known[name] for name in ("mode", "memory", "k", "scopes", "reopen")} == {
        **{"mode": "B1", "memory": "none", "k": 3, "scopes": 1, "reopen": "never"}
    }


def test_what_tells_runs_asleep_apart():
    given = {"memory": "episodic", "cycle": 2, "sleep_tokens": 9, "memory_args": "order=shuffled"}
    b1, b2, b3 = (split({"mode": mode, **given})[0].identity() for mode in ("B1", "B2", "B3"))
    asleep = ("cycle", "sleep_tokens", "sleep_flops")
    assert [b1[name] for name in asleep] == [None, None, None]
    assert [b2[name] for name in asleep] == [b3[name] for name in asleep] == [2, 9, None]
    assert (b2["k"], b3["k"]) == (5, None), "nothing is recalled in B3"
    assert b3["memory_args"] == {"order": "shuffled"}


@pytest.mark.parametrize("name", ARMS)
def test_an_arm_is_made_from_its_options(name: str):
    settings, _ = split({"baseline": name, "memory_tokens": 3, "retriever": "bm25", "k": 2})
    recaller = settings.recaller(len, None, "model")
    assert isinstance(recaller, FromEvidence) == (name == "oracle")
    budget = settings.options.budget()
    expected = {"recent": (None, 3), "rag": (10, None)}.get(name, (None, None))
    assert (budget.k, budget.tokens) == expected
