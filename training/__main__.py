"""Train the embedded reader from scratch: tokenizer, data, training, widening, more training.

    python -m training --folder .training

This takes some hours on two CPU cores. All results are kept in the folder and not made again, so a
stopped run resumes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from training.data import STAGES

SHARDS = (40, 40, 40, 30)
# (step of the widened model's training, weights of the stages from then on)
_LATER = ((0, (0.2, 0.45, 0.35, 0.0)), (800, (0.15, 0.25, 0.35, 0.25)))
WIDE = (
    *("--steps", "1900", "--rate", "1.5e-3", "--tokens", "5600", "--careful", "2"),
    *("--curriculum", json.dumps(_LATER)),
)


def main() -> None:
    """Run all steps, each in its own process."""
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
