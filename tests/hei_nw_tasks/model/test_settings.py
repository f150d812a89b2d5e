"""Which arguments are the arm's, which are the model's, and what tells runs apart."""

from __future__ import annotations

from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.registry import ARMS, RagOptions
from hei_nw_tasks.model.settings import SPEED_ARGUMENTS, Settings, arm_arguments, split

RAG = {"k": 7, "embedder": "org/e", "query_prefix": "q", "passage_prefix": "p", "embed_cache": "c"}
OPTIONS = ("memory_tokens", "k", "retriever", "embedder", "query_prefix", "passage_prefix")


def identity(**arguments: Any) -> dict[str, Any]:
    return split(arguments)[0].identity()


def test_the_arguments_that_do_not_name_the_model():
    own = {"inner", "mode", "baseline", "shared_prefix", "embed_cache"}
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
            **dense,
            "retriever": retriever,
        }
    words = identity(baseline="rag", retriever="bm25", **given)
    assert {name for name, value in words.items() if value is None} == {
        *("memory_tokens", "embedder", "query_prefix", "passage_prefix")
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


@pytest.mark.parametrize("mode", ["B1", "B2", "B3"])
def test_modes_that_need_a_memory_system(mode: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        split({"pretrained": "x", "mode": mode})
    assert caught.value.code == 64
    assert f"mode {mode} needs a memory system" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in ARMS if name != "rag"])
def test_an_arm_is_made_from_its_options(name: str):
    settings, _ = split({"baseline": name, "memory_tokens": 3})
    arm = settings.make_arm(len)
    assert type(arm).__name__.lower() == {"none": "nomemory"}.get(name, name.replace("-", ""))
    if name == "recent":
        assert arm._budget == 3  # type: ignore[attr-defined]
