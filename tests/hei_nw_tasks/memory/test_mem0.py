"""mem0 as a memory: real, with a local Qdrant, vectors of a real encoder, and no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from generators.errors import ConfigError
from hei_nw_tasks.memory.protocol import Budget, Usage
from hei_nw_tasks.memory.replayed import Forgotten
from hei_nw_tasks.memory.systems import made_with, memory_class
from tests.hei_nw_tasks.memory.outside import (
    SETTINGS,
    K,
    check_recalled,
    end_of_day,
    items_of,
    no_network,
    opened,
    replayed,
    small_store,
    texts_of,
)

__all__ = ["no_network"]
pytestmark = pytest.mark.usefixtures("no_network")

# Items that are less similar are left out, as mem0 has it.
THRESHOLD = 0.1


@pytest.mark.parametrize("scenario", sorted(SETTINGS))
def test_recalls_the_nearest_of_the_events_that_were_told_and_not_forgotten(
    tmp_path: Path, scenario: str
) -> None:
    store = small_store(scenario)
    (made,) = replayed("mem0", [store], tmp_path / "m")
    assert all(event.stored for event in made.written)
    assert (made.calls, made.tokens, made.lost) == (0, 0, 0)
    # Its history keeps what is deleted.
    assert made.forgotten == Forgotten(asked=1, deleted=1, on_disk=1)
    (forgotten,) = store.events[4].forgets
    assert any(items_of(made).values())
    for question in store.questions:
        told = store.events[: question.store_size]
        left = [event for event in told if event.event_id != forgotten]
        check_recalled(items_of(made)[question.id], question.query, left, THRESHOLD)


def test_asked_about_the_past_it_says_nothing_of_the_time_after(tmp_path: Path) -> None:
    store = small_store("A")
    with opened("mem0", tmp_path, threshold=0.0) as memory:
        assert memory.capabilities.as_of
        for episode in store.episodes():
            memory.write(episode)
        for size in (1, 7, 16):
            last, query = store.events[size - 1], store.questions[0].query
            past = [event for event in store.events if event.date <= last.date]
            found = memory.recall(query, end_of_day(last), Budget(K)).items
            assert found
            check_recalled(found, query, past, least=0)


def test_an_event_can_be_replaced_and_deleted(tmp_path: Path) -> None:
    store = small_store("A")
    first, second = store.episodes()[:2]
    with opened("mem0", tmp_path, threshold=0.0) as memory:
        (ref,) = memory.write(first).refs
        assert memory.refs() == [ref]
        assert memory.update(ref, second).refs == (ref,)
        found = memory.recall(second.text, end_of_day(store.events[1]), Budget(K))
        assert [(item.text, item.event_id) for item in found.items] == [(second.text, second.id)]
        assert found.usage.flops > 0
        memory.delete(ref)
        assert memory.refs() == []


def test_two_users_of_a_folder_do_not_see_each_other(tmp_path: Path) -> None:
    stores = [small_store("A"), small_store("A", world=1)]
    together = replayed("mem0", stores, tmp_path / "both")
    for number, store in enumerate(stores):
        (alone,) = replayed("mem0", [store], tmp_path / str(number))
        assert texts_of(together[number]) == texts_of(alone)
        assert all(not found.foreign for found in together[number].recalled.values())


def test_what_is_recalled_is_the_same_again_and_when_reopened(tmp_path: Path) -> None:
    store = small_store("D")
    (once,) = replayed("mem0", [store], tmp_path / "1")
    (again,) = replayed("mem0", [store], tmp_path / "2")
    (reopened,) = replayed("mem0", [store], tmp_path / "3", reopen=True)
    assert texts_of(once) == texts_of(again) == texts_of(reopened)


class _Server(ThreadingHTTPServer):
    """Answers a chat with facts, one for each message that has a full stop; keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Chat)
        self.got: list[dict[str, Any]] = []
        self.answers: list[list[str]] = []


class _Chat(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append(body | {"path": self.path, "key": self.headers["Authorization"]})
        facts = [{"id": str(i), "text": text} for i, text in enumerate(self.server.answers.pop(0))]
        message = {"role": "assistant", "content": json.dumps({"memory": facts})}
        usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
        answer = {
            **{"id": "1", "object": "chat.completion", "created": 0, "model": body["model"]},
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": usage,
        }
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def _chat_server(*answers: list[str]) -> Iterator[_Server]:
    with _Server() as server:
        server.answers = list(answers)
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_model_takes_facts_out_of_events_and_what_it_costs_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    store = small_store("A")
    first, second = store.episodes()[:2]
    with _chat_server(["Ada owns a bicycle", "Ada owns a kite"], []) as server:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        with opened("mem0", tmp_path, infer=True, base_url=url, model="tiny") as memory:
            taken = memory.write(first)
            assert taken.stored
            assert len(taken.refs) == 2
            assert set(taken.refs) == set(memory.refs())
            assert taken.usage == Usage(calls=1, tokens=100)
            nothing = memory.write(second)
            assert (nothing.stored, nothing.refs, nothing.usage.calls) == (False, (), 1)
            found = memory.recall("What does Ada own?", first.at, Budget(K)).items
            assert {item.text for item in found} == {"Ada owns a bicycle", "Ada owns a kite"}
            assert {item.event_id for item in found} == {None}
            assert not memory.capabilities.provenance
            assert not memory.capabilities.as_of
    request = server.got[0]
    assert (request["path"], request["model"]) == ("/v1/chat/completions", "tiny")
    assert request["key"] == "Bearer secret"
    prompt = request["messages"][-1]["content"]
    assert first.text in prompt
    assert f"Observation Date: {first.at.date().isoformat()}" in prompt


def test_a_model_without_a_server_or_with_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"add base_url=.*;model=NAME"):
        made_with("mem0", {"infer": True})()
    monkeypatch.setenv("OPENROUTER_API_KEY", "secret")
    with pytest.raises(ConfigError, match="OPENROUTER_API_KEY is set"):
        made_with("mem0", {"infer": True, "base_url": "http://127.0.0.1/v1", "model": "m"})()


def test_nothing_is_reported_to_its_authors() -> None:
    memory_class("mem0")
    from mem0.memory import telemetry

    assert not telemetry.MEM0_TELEMETRY
    assert telemetry.client_telemetry.posthog is None


def test_without_the_extra_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "hei_nw_tasks.memory.mem0", raising=False)
    monkeypatch.setitem(sys.modules, "mem0", None)
    with pytest.raises(ConfigError, match=r"pip install 'hei-nw-tasks\[mem0\]'"):
        memory_class("mem0")
