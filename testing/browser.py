"""A page in a real Chromium without a window, driven over its own debugging protocol.

    with Browser() as browser:
        text = browser.open("http://127.0.0.1:7575", until=["heinw_A"])

It waits for the page itself to say that the words are there; nothing is polled, and nothing sleeps.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 120.0  # seconds, for a page on a busy machine
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--remote-debugging-port=0"),
)
_WAIT = """new Promise(done => {
    const words = %s;
    const look = () => {
        const text = document.body ? document.body.innerText : "";
        if (words.every(word => text.includes(word))) done(text);
    };
    new MutationObserver(look).observe(
        document, {subtree: true, childList: true, characterData: true});
    look();
})"""


def chromium() -> str | None:
    """The program, if there is one on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of a browser.

    Args:
        width: Of the page, in pixels.
        height: Of the page, in pixels.
    """

    def __init__(self, width: int = 1280, height: int = 900) -> None:
        program = chromium()
        assert program is not None, f"none of {', '.join(NAMES)} is on this machine"
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        size = f"--window-size={width},{height}"
        profile = f"--user-data-dir={self._profile.name}"
        self._process = subprocess.Popen(
            [program, *_FLAGS, size, profile], stderr=subprocess.PIPE, text=True
        )
        self._stack, self._calls = ExitStack(), 0

    def __enter__(self) -> Browser:
        from websockets.sync.client import connect

        assert self._process.stderr is not None
        address = next(line for line in self._process.stderr if "DevTools listening on" in line)
        self._socket = self._stack.enter_context(connect(address.split()[-1], max_size=None))
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._profile.cleanup()

    def open(self, url: str, until: list[str]) -> str:
        """Opens a page; returns its visible text as soon as that has all of some words."""
        # A page that differs by its fragment alone would not be loaded again.
        self._call("Page.navigate", url="about:blank", session=True)
        self._call("Page.navigate", url=url, session=True)
        expression = _WAIT % json.dumps(until)
        while True:
            found = self._call(
                "Runtime.evaluate",
                expression=expression,
                awaitPromise=True,
                returnByValue=True,
                session=True,
            )
            # Where the page is replaced while it is looked at, the promise is lost.
            if "exceptionDetails" not in found and "value" in found.get("result", {}):
                return str(found["result"]["value"])

    def picture(self, path: Path) -> None:
        """Saves what the page looks like as PNG."""
        shot = self._call("Page.captureScreenshot", format="png", session=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _call(self, method: str, session: bool = False, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": parameters}
        if session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=_PATIENCE))
            if answer.get("id") == self._calls:
                return dict(answer.get("result", {}))
