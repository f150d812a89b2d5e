"""What the output folder of the harness holds, for runs that are disturbed.

arrange(out)              # files of the user's
...                       # runs are killed
kept(out)                 # what no later run may change
timeless(out)             # all of it, to compare with another folder
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d.-]+\d")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
# What tells when a run was, how long it took, and where; and how much the prompts shared that the
# last of its processes computed.
_OF_THE_PROCESS = re.compile(
    r"(\w*(_s|_s_stderr|time|seconds|date|latency|per_right_answer|seconds_per_\w+)(,\w+)?"
    r"|git_hash|run_id|files|sha256|path|use_cache|sharing|tokens_computed_share)"
)


def arrange(out: Path) -> None:
    """Put files of the user's where the harness writes."""
    for folder in (out, out / "lm_eval", out / "figures"):
        folder.mkdir(exist_ok=True)
        (folder / "notes.txt").write_text("mine")


def kept(out: Path) -> dict[str, bytes]:
    """What no later run may change: files of the user's, output of arms, answers in the cache."""
    found = {str(path): path.read_bytes() for path in out.rglob("notes.txt")}
    for path in (out / "lm_eval").glob("[!.]*/*"):
        found[str(path)] = path.read_bytes()
    for path in (out / "lm_eval").glob(".unfinished-*/*.db"):
        with closing(sqlite3.connect(path)) as answers:
            if answers.execute("SELECT 1 FROM sqlite_master WHERE name = 'answers'").fetchone():
                found |= {repr(k): v for k, v in answers.execute("SELECT key, value FROM answers")}
    return found


def timeless(out: Path) -> dict[str, Any]:
    """All files and folders by name, and what JSON and the user's files hold, but for the times."""
    found: dict[str, Any] = {}
    for path in sorted(out.rglob("*")):
        name = _DATE.sub("DATE", str(path.relative_to(out)))
        while name in found:  # of another arm
            name += "+"
        if path.suffix == ".json":
            value = json.loads(path.read_bytes())
            if path.name.startswith("results_"):
                del value["config"]["heinw"]  # of the process that computed the last answers
            found[name] = _timeless(value)
        elif path.suffix == ".jsonl":
            found[name] = [_timeless(json.loads(line)) for line in path.open("rb")]
        else:
            found[name] = path.read_text() if path.name == "notes.txt" else ""
    return found


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("unit") == "s":  # when one arm is faster than another
            return sorted(value)
        return {k: _timeless(v) for k, v in value.items() if not _OF_THE_PROCESS.fullmatch(k)}
    if isinstance(value, str):  # functions, of which lm_eval saves the address
        return _ADDRESS.sub("", value)
    return [_timeless(each) for each in value] if isinstance(value, list) else value
