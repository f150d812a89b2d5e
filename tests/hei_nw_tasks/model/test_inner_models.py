"""Models whose insides are not seen: lm_eval's dummy, and a chat server of the tests' own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from generators.datasets.source import config_from
from generators.datasets.tables import build
from hei_nw_tasks import register
from hei_nw_tasks.task import target
from tests.hei_nw_tasks.model.running import answers, evaluate, prompt, record


@pytest.fixture(autouse=True)
def _registered() -> None:
    register()


def test_a_model_that_tells_nothing_has_a_record_of_reasons(monkeypatch: pytest.MonkeyPatch):
    # lm_eval's dummy model looks for a tokeniser on the Hub after the run.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    results = evaluate("heinw", {"inner": "dummy", "baseline": "oracle"}, ["heinw_A"], {"n": 6})
    for row in answers(results, "heinw_A").values():
        compute = record(row)["compute"]
        assert row["resps"] == [["lol"]]
        assert compute["total_flops"] is None
        assert compute["missing"]["total_flops"] == "the wrapped model does not tell it"
        assert "total_flops" not in row
        assert row["overflow"] == 0.0
        if row["doc"]["evidence"]:
            assert row["doc"]["episode_text"] in prompt(row)


class Server(BaseHTTPRequestHandler):
    """Answers a chat's last turn as it is told to, and keeps what it was sent."""

    sent: ClassVar[list[dict[str, Any]]] = []
    reply: ClassVar[Callable[[str], str]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.sent.append(body)
        reply = type(self).reply(body["messages"][-1]["content"])
        said = {"choices": [{"index": 0, "message": {"role": "assistant", "content": reply}}]}
        raw = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Server.sent, Server.reply = [], lambda turn: "unknown"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    server.shutdown()


def test_a_chat_server_gets_messages_with_the_memory_in_the_user_s_turn(address: str):
    results = evaluate(
        "heinw",
        {
            "inner": "local-chat-completions",
            "base_url": address,
            "model": "any",
            "baseline": "long-context",
        },
        ["heinw_A"],
        {"n": 5},
        apply_chat_template=True,
    )
    rows = answers(results, "heinw_A")
    chats = [body["messages"] for body in Server.sent]
    assert len(chats) == len(rows) == 5
    turns = {messages[-1]["content"] for messages in chats}
    for row in rows.values():
        (turn,) = {turn for turn in turns if f"\n\nQuestion: {row['doc']['query']}\n" in turn}
        events = turn.partition("\n\nQuestion: ")[0].splitlines()
        assert len(events) == row["doc"]["store_size"]
        assert json.loads(prompt(row))[-1]["content"] == turn
        assert row["resps"] == [["unknown"]]
    assert {messages[0]["role"] for messages in chats} == {"system"}


@pytest.mark.parametrize("baseline", [None, "oracle"])
@pytest.mark.parametrize(
    "reply",
    [
        "<think>\nThe log may say Nobody.\n\nNo, it says:\n{}\n</think>\n\nThe answer is {}.",
        "\n\n\n{}",
    ],
)
def test_a_chat_server_may_think_aloud_or_begin_with_blank_lines(
    reply: str, baseline: str | None, address: str
):
    rows = build("A", config_from("A", {"n": 8})).rows()
    golds = {f"Question: {row['query']}\nAnswer:": target(row) for row in rows}
    Server.reply = lambda turn: reply.replace("{}", golds[turn[turn.index("Question: ") :]])
    arguments = {"base_url": address, "model": "any"}
    if baseline:
        arguments |= {"inner": "local-chat-completions", "baseline": baseline}
    results = evaluate(
        "heinw" if baseline else "local-chat-completions",
        arguments,
        ["heinw_A"],
        {"n": 8},
        apply_chat_template=True,
    )
    assert results["results"]["heinw_A"]["correct,all"] == 1.0
    assert results["results"]["heinw_A"]["abstained,all"] == 1.0
    assert all("Question:" not in (body.get("stop") or []) for body in Server.sent)
    for row in answers(results, "heinw_A").values() if baseline else ():
        compute = record(row)["compute"]
        if row["doc"]["evidence"]:
            assert compute["memory_tokens"] is None
            assert compute["missing"]["memory_tokens"] == "no tokeniser to count with"
        else:
            assert compute["memory_tokens"] == 0  # nothing was shown
