"""The heinw model, through lm_eval, on a small real checkpoint."""

from __future__ import annotations

import ast
import importlib.util
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.model import LM

from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.errors import ConfigError
from generators.records import World
from hei_nw_tasks import register
from hei_nw_tasks.model.heinw import Heinw
from hei_nw_tasks.model.settings import Settings, split
from hei_nw_tasks.response import MeasuredResponse
from tests.hei_nw_tasks.model.running import NOMINAL, answers, evaluate, prompt, record

SMALL = {"n": 6, "lengths": [1000], "store_sizes": [40, 80], "collision_groups": [1, 4]}


@pytest.fixture(autouse=True)
def _registered() -> None:
    register()


def worlds(letter: str, metadata: dict[str, Any]) -> dict[str, World]:
    tables = build(letter, config_from(letter, metadata))
    return {world.world_id: world for world in tables.worlds}


@pytest.mark.parametrize("baseline", ["none", "oracle", "recent", "long-context", "rag"])
def test_every_arm_shows_what_it_should_on_every_scenario(baseline: str, checkpoint: Path):
    arguments = {
        "pretrained": str(checkpoint),
        "baseline": baseline,
        "retriever": "bm25",
        "memory_tokens": 300,
        "k": 3,
    }
    # A whole log of C takes the model longer than all the others together.
    letters = "ABDE" if baseline == "long-context" else "ABCDE"
    results = evaluate(
        "heinw",
        arguments,
        [f"heinw_{letter}" for letter in letters],
        SMALL,
        batch_size=8,
        gen_kwargs="max_gen_toks=3",
    )
    for letter in letters:
        rows = answers(results, f"heinw_{letter}")
        assert len(rows) == 6
        logs = worlds(letter, SMALL) if letter != "E" else None
        for row in rows.values():
            doc, measured = row["doc"], record(row)
            before, _, _ = prompt(row).partition(f"Question: {doc['query']}")
            assert prompt(row).endswith(f"Question: {doc['query']}\nAnswer:")
            lines = before.split("unknown\n\n", 1)[1].splitlines()
            shown = [line for line in lines if line]
            assert measured["shown"] == len(shown)
            assert row["overflow"] == 0.0
            assert row["prompt_tokens"] > row["generated_tokens"] > 0
            assert row["total_flops"] == row["prefill_flops"] + row["decode_flops"]
            if logs is None:
                continue
            visible = logs[doc["world_id"]].store(doc["store_size"])
            texts = [event.text for event in visible]
            assert max(event.date.isoformat() for event in visible) <= doc["as_of"]
            evidence = [event.text for event in visible if event.event_id in doc["evidence"]]
            assert shown == [text for text in texts if text in set(shown)], "not in time order"
            if baseline == "none":
                assert shown == []
            elif baseline == "oracle":
                assert shown == evidence
            elif baseline == "long-context":
                assert shown == texts
            elif baseline == "recent":
                assert shown == texts[len(texts) - len(shown) :]
                assert 0 < row["memory_tokens"] <= 300
            else:
                assert len(shown) == 3
                assert len(measured["retrieved"]) == 10
                by_id = {event.event_id: event.text for event in visible}
                assert {by_id[name] for name in measured["retrieved"][:3]} == set(shown)
            if evidence:
                part = len(set(evidence) & set(shown)) / len(evidence)
                assert row["evidence_shown"] == part
                assert ("recall_any@5" in row) == (baseline == "rag")
    means = results["results"]["heinw_A"]
    assert means["total_flops,all"] > 0
    assert ("recall_any@5,all" in means) == (baseline == "rag")
    assert results["config"]["heinw"]["baseline"] == baseline


def test_without_a_memory_it_is_the_hf_model(checkpoint: Path):
    model = {"pretrained": str(checkpoint)}
    plain = evaluate("hf", model, ["heinw_A"], {"n": 12}, batch_size=8)
    ours = evaluate("heinw", model, ["heinw_A"], {"n": 12}, batch_size=8)
    theirs = answers(plain, "heinw_A")
    for name, row in answers(ours, "heinw_A").items():
        assert prompt(row) == prompt(theirs[name])
        assert row["resps"] == theirs[name]["resps"]
        assert row["prompt_hash"] == theirs[name]["prompt_hash"]
        assert row["doc_hash"] == theirs[name]["doc_hash"]
    for metric, value in plain["results"]["heinw_A"].items():
        if metric.split(",")[0] in ("correct", "exact_match", "f1", "abstained"):
            assert ours["results"]["heinw_A"][metric] == value


@pytest.mark.parametrize("baseline", ["none", "long-context"])
def test_batches_and_prefixes_change_neither_answers_nor_costs(baseline: str, checkpoint: Path):
    def rows(**arguments: Any) -> dict[str, Any]:
        model = {"pretrained": str(checkpoint), "baseline": baseline, **arguments}
        size = model.pop("batch_size")
        results = evaluate(
            "heinw", model, ["heinw_A"], {"n": 6}, batch_size=size, gen_kwargs="max_gen_toks=8"
        )
        return {
            name: [row["resps"], record(row)["overflow"], *(row[column] for column in NOMINAL)]
            for name, row in answers(results, "heinw_A").items()
        }

    alone = rows(batch_size=1, shared_prefix=False)
    assert rows(batch_size=4) == alone


@pytest.mark.parametrize(
    ("arguments", "shared"),
    [
        ({"baseline": "recent", "memory_tokens": 400}, True),  # the same events for many questions
        ({"baseline": "rag", "retriever": "bm25", "k": 20}, False),  # other events for each
        ({"baseline": "rag", "retriever": "bm25", "k": 20, "shared_prefix": True}, True),
    ],
)
def test_prefixes_are_shared_where_that_spares_much_or_on_request(
    arguments: dict[str, Any], shared: bool, checkpoint: Path
):
    model = {"pretrained": str(checkpoint), **arguments}
    results = evaluate("heinw", model, ["heinw_A"], {"n": 10, "cue_overlap": "lexical"})
    assert results["config"]["heinw"]["shared_prefix"] is shared


class KilledError(Exception):
    pass


def test_the_run_says_how_much_sharing_saved_and_starts_anew_with_another_arm(checkpoint: Path):
    arguments = {"pretrained": str(checkpoint)}
    model = Heinw.create_from_arg_obj(
        {**arguments, "baseline": "long-context"}, {"batch_size": 8, "device": "cpu"}
    )
    settings = {"n": 10}
    results = evaluate(model, arguments, ["heinw_A"], settings)
    saved = results["config"]["heinw"]
    costs = [record(row)["compute"] for row in answers(results, "heinw_A").values()]
    prompts = sum(cost["prompt_tokens"] for cost in costs)
    assert saved["shared_prefix"] is True
    assert saved["prompt_tokens"] == prompts
    assert 0 < saved["prefix_tokens_computed"] < prompts / 2
    rates = saved["flop_rates"]
    for cost in costs:
        tokens = cost["prompt_tokens"]
        linear = rates["linear"] * tokens + rates["head"]
        assert cost["prefill_flops"] == linear + rates["pair"] * tokens**2
    model.use_arm(split({**arguments, "baseline": "none"})[0], arguments)
    saved = evaluate(model, arguments, ["heinw_A"], settings)["config"]["heinw"]
    assert (saved["shared_prefix"], saved["prefix_tokens_computed"]) == (False, None)
    assert saved["flop_rates"] == rates


@pytest.mark.slow
def test_a_killed_run_goes_on_and_no_other_model_or_arm_is_answered_from_its_cache(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    generated: list[str] = []
    limit = [1000]
    respond = MeasuredResponse.__new__

    def count(cls: Any, text: str, measured: Any) -> Any:
        # Reading from the cache comes here as well, with a record that has its batch.
        generated.append(text)
        if len(generated) > limit[0]:
            raise KilledError
        return respond(cls, text, measured)

    def run(cache: str | None, **arguments: Any) -> dict[str, Any]:
        generated.clear()
        model = {"pretrained": str(checkpoint), "baseline": "oracle", **arguments}
        results = evaluate(
            *("heinw", model, ["heinw_D"], {**SMALL, "n": 12}),
            batch_size=4,
            use_cache=cache,
            gen_kwargs="max_gen_toks=5",
        )
        return {
            name: [row["resps"], *(row[column] for column in NOMINAL)]
            for name, row in answers(results, "heinw_D").items()
        }

    undisturbed = run(None)
    cache = str(tmp_path / "cache" / "answers")
    monkeypatch.setattr(MeasuredResponse, "__new__", count)
    limit[0] = 5
    with pytest.raises(KilledError):
        run(cache)
    limit[0] = 1000
    monkeypatch.setattr(MeasuredResponse, "__new__", respond)
    answered: list[int] = []
    from hei_nw_tasks.model.huggingface import MeasuredHF

    before = MeasuredHF.answer

    def answer(self: Any, requests: list[Any], done: Any) -> None:
        answered.append(len(requests))
        before(self, requests, done)

    monkeypatch.setattr(MeasuredHF, "answer", answer)
    assert run(cache) == undisturbed
    assert answered == [12 - 5]
    answered.clear()
    assert run(cache) == undisturbed
    assert answered == []
    run(cache, baseline="long-context")
    assert answered == [12]
    answered.clear()
    run(cache, dtype="bfloat16")
    assert answered == [12]


def test_chat_templates_and_system_instructions(checkpoint: Path):
    results = evaluate(
        "heinw",
        {"pretrained": str(checkpoint), "baseline": "long-context"},
        ["heinw_A"],
        {"n": 4},
        batch_size=4,
        apply_chat_template=True,
        system_instruction="Be brief.",
        gen_kwargs="max_gen_toks=2",
    )
    for row in answers(results, "heinw_A").values():
        system, user = prompt(row).split("<|im_start|>user\n")
        assert "Be brief." in system
        assert "answer: unknown" in system
        events, question = user.split("\n\nQuestion: ")
        assert len(events.splitlines()) == row["doc"]["store_size"]
        assert question.startswith(row["doc"]["query"])


@pytest.mark.parametrize(
    ("room", "reason"),
    [
        (8, r"prompt and answer need [1-9],\d{3} tokens, the window has 1,000"),
        (2000, "the answer's room of 2,000 tokens alone exceeds the window of 1,000"),
    ],
)
def test_a_prompt_that_does_not_fit_is_not_asked_and_not_scored(
    room: int, reason: str, checkpoint: Path, caplog: pytest.LogCaptureFixture
):
    arguments = {"pretrained": str(checkpoint), "baseline": "long-context", "max_length": 1000}
    with caplog.at_level(logging.WARNING, "lm_eval.hei_nw_tasks"):
        results = evaluate(
            *("heinw", arguments, ["heinw_A"], {"n": 12}), gen_kwargs=f"max_gen_toks={room}"
        )
    rows = results["samples"]["heinw_A"]
    assert {tuple(row["metrics"]) for row in rows if row["filter"] == "all"} == {("overflow",)}
    assert all(not row["metrics"] for row in rows if row["filter"] != "all")
    assert all(row["resps"] == [[""]] for row in rows)
    assert results["results"]["heinw_A"]["overflow,all"] == 1.0
    for row in rows:
        missing = record(row)["compute"]["missing"]["total_flops"]
        assert re.fullmatch(f"{reason}: nothing was generated", missing)
    (warning,) = [line for name, _, line in caplog.record_tuples if name.endswith("hei_nw_tasks")]
    assert re.fullmatch(f"heinw: 12 of 12 questions do not fit: {reason}", warning)


def test_requests_of_other_tasks_pass_untouched_and_are_noted_once(
    checkpoint: Path, caplog: pytest.LogCaptureFixture
):
    from lm_eval.api.instance import Instance

    model = Heinw.create_from_arg_obj(
        {"pretrained": str(checkpoint), "baseline": "oracle"}, {"device": "cpu", "batch_size": 2}
    )
    requests = [
        Instance("generate_until", {"text": text}, (text, {"max_gen_toks": 3}), 0, ("other", i, 1))
        for i, text in enumerate(["One", "Two two", "Three"])
    ]
    with caplog.at_level(logging.WARNING, "lm_eval.hei_nw_tasks"):
        first = model.generate_until(requests)
        assert model.generate_until(requests) == first
    assert all(type(response) is str for response in first)
    assert [request.arguments[0] for request in requests] == ["One", "Two two", "Three"]
    assert len([line for line in caplog.messages if "other tasks (other)" in line]) == 1
    assert isinstance(model, LM)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"baseline": "magic"}, "baseline='magic'"),
        ({"baseline": "rag", "retriever": "bm52"}, "did you mean 'bm25'"),
        ({"inner": "hg"}, "lm_eval has no such model"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, Any], message: str, checkpoint: Path):
    with pytest.raises(ConfigError, match=message) as caught:
        Heinw.create_from_arg_obj({"pretrained": str(checkpoint), **arguments}, {"device": "cpu"})
    assert "\n" not in str(caught.value)


def test_no_argument_of_another_model_is_taken_for_a_misspelt_one_of_ours():
    for module in ("api_models", "huggingface", "vllm_causallms"):
        # Read, not imported: vLLM is not installed beside this package's torch.
        spec = importlib.util.find_spec(f"lm_eval.models.{module}")
        assert spec is not None
        tree = ast.parse(Path(str(spec.origin)).read_text(encoding="utf-8"))
        made = [
            function.args
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name == "__init__"
        ]
        names = {one.arg for args in made for one in (*args.args, *args.kwonlyargs)} - {"self"}
        assert len(names) > 10
        assert split({"baseline": "none", **dict.fromkeys(names)}) == (
            Settings(),
            dict.fromkeys(names),
        )


def test_an_embedder_that_cannot_be_loaded(checkpoint: Path, tmp_path: Path):
    arguments = {"baseline": "rag", "embedder": str(tmp_path / "nothing")}
    with pytest.raises(ConfigError, match=r"cannot be loaded.*retriever=bm25"):
        evaluate("heinw", {"pretrained": str(checkpoint), **arguments}, ["heinw_A"], {"n": 2})


def test_a_mode_that_needs_a_memory(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        Heinw.create_from_arg_string("pretrained=x,mode=B1")
    assert caught.value.code == 64
    assert "mode B1 needs a memory: memory=NAME" in capsys.readouterr().err


def test_a_question_whose_log_was_not_loaded(checkpoint: Path):
    from lm_eval.api.instance import Instance

    model = Heinw.create_from_arg_obj({"pretrained": str(checkpoint)}, {"device": "cpu"})
    doc = {
        **{"id": "q", "scenario": "A", "world_id": "nowhere", "store_size": 3},
        **{"query": "Who?", "evidence": []},
    }
    request = Instance("generate_until", doc, ("Question: Who?\nAnswer:", {}), 0, ("t", 0, 1))
    with pytest.raises(ConfigError, match=r"'nowhere'.*--cache_requests refresh"):
        model.generate_until([request])


def test_records_are_plain_json_in_the_samples(checkpoint: Path):
    results = evaluate("heinw", {"pretrained": str(checkpoint)}, ["heinw_A"], {"n": 2})
    for row in answers(results, "heinw_A").values():
        measured = record(row)
        assert json.loads(json.dumps(measured)) == measured
        compute = measured["compute"]
        keys = set(compute) - {"basis", "missing"}
        assert {key for key in keys if compute[key] is not None} == set(compute["basis"])
        assert {key for key in keys if compute[key] is None} == set(compute["missing"])


def test_what_is_drawn_at_random_is_not_kept(checkpoint: Path, tmp_path: Path):
    def responses(seed: int) -> list[str]:
        results = evaluate(
            *("heinw", {"pretrained": str(checkpoint), "baseline": "oracle"}, ["heinw_A"]),
            {"n": 6},
            batch_size=6,
            use_cache=str(tmp_path / "answers"),
            gen_kwargs="do_sample=True,temperature=5.0,max_gen_toks=8",
            torch_random_seed=seed,
        )
        return [row["resps"][0][0] for row in answers(results, "heinw_A").values()]

    assert responses(1) != responses(2)


def test_requests_kept_from_other_settings_are_refused(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lm_eval.caching.cache.PATH", str(tmp_path))

    def run(seed: int) -> dict[str, Any]:
        model = {"pretrained": str(checkpoint), "baseline": "oracle"}
        settings = {"n": 4, "seed": seed}
        return evaluate("heinw", model, ["heinw_A"], settings, cache_requests=True, batch_size=4)

    first = answers(run(7), "heinw_A")
    again = answers(run(7), "heinw_A")
    assert [row["resps"] for row in again.values()] == [row["resps"] for row in first.values()]
    with pytest.raises(ConfigError, match="--cache_requests refresh"):
        run(8)
