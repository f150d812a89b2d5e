"""Makes the embedded reader from nothing: tokenizer, data, training, evaluation.

    python -m training --folder .training

takes some hours on two CPU cores. Everything is kept in the folder; what is there is not made
again, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from training.data import STAGES

SHARDS = (40, 40, 40, 30)


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
    _run("train", "--folder", str(folder))
    _run("evaluate", "--pretrained", str(folder / "export"))


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.{module}", *arguments], check=True)


if __name__ == "__main__":
    main()
