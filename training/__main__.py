"""Makes the embedded reader from nothing: tokenizer, data, training, widening, more training.

    python -m training --folder .training

takes some hours on two CPU cores. Everything is kept in the folder; what is there is not made
again, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from training.data import STAGES

SHARDS = (40, 40, 40, 30)
# Step of the widened model's training from which on the stages have these weights.
_LATER = ((0, (0.2, 0.45, 0.35, 0.0)), (800, (0.15, 0.25, 0.35, 0.25)))
WIDE = (
    *("--steps", "1900", "--rate", "1.5e-3", "--tokens", "5600", "--careful", "2"),
    *("--curriculum", json.dumps(_LATER)),
)


def main() -> None:
    """Run all steps, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(".training"))
    folder: Path = parser.parse_args().folder
    if not (folder / "tokenizer").exists():
        _run("tokenize_texts", "--folder", str(folder))
    for stage, shards in zip(range(len(STAGES)), SHARDS, strict=True):
        own = ("--folder", str(folder), "--stage", str(stage))
        _run("data", *own, "--first", "0", "--last", str(shards))
    _run("train", "--folder", str(folder), "--name", "narrow")
    if not (folder / "wide" / "start").exists():
        _run("widen", "--folder", str(folder), "--narrow", "narrow", "--wide", "wide")
    begin = ("--begin", str(folder / "wide" / "start"))
    _run("train", "--folder", str(folder), "--name", "wide", *begin, *WIDE)
    _run("evaluate", "--pretrained", str(folder / "wide" / "export"))


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.{module}", *arguments], check=True)


if __name__ == "__main__":
    main()
