"""Train the embedded reader from scratch: tokenizer, data, training, widening, more training.

    python -m training --folder .training
    python -m training --folder .training --begin hei_nw_tasks/reader/checkpoint

This takes some hours on two CPU cores. A checkpoint to begin with is trained further instead, on
what changed in the generators since; that takes an hour. All results are kept in the folder and not
made again, so a stopped run resumes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from training.data import STAGES
from training.export import TOKENIZER_FILES

SHARDS = (40, 40, 40, 30)
# (step of the widened model's training, weights of the stages from then on)
_LATER = ((0, (0.2, 0.45, 0.35, 0.0)), (800, (0.15, 0.25, 0.35, 0.25)))
WIDE = (
    *("--steps", "1900", "--rate", "1.5e-3", "--tokens", "5600", "--careful", "2"),
    *("--curriculum", json.dumps(_LATER)),
)
# A checkpoint that goes on learns from few shards of each stage, at a rate that falls throughout.
MORE_SHARDS = (4, 2, 2, 2)
MORE = (
    *("--steps", "500", "--tail", "500", "--rate", "8e-4", "--tokens", "2600", "--threads", "1"),
    *("--curriculum", json.dumps(((0, (0.42, 0.35, 0.16, 0.07)),))),
)


def main() -> None:
    """Run all steps, each in its own process."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(".training"))
    parser.add_argument("--begin", type=Path, help="checkpoint to go on from, with its tokenizer")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    trained = go_on(folder, arguments.begin) if arguments.begin else from_scratch(folder)
    _run("training.evaluate", "--pretrained", str(trained))


def from_scratch(folder: Path) -> Path:
    """Train a reader and return the folder of its checkpoint."""
    if not (folder / "tokenizer").exists():
        _run("training.tokenize_texts", "--folder", str(folder))
    _make_shards(folder, SHARDS)
    _run("training.train", "--folder", str(folder), "--name", "narrow")
    if not (folder / "wide" / "start").exists():
        _run("training.widen", "--folder", str(folder), "--narrow", "narrow", "--wide", "wide")
    begin = ("--begin", str(folder / "wide" / "start"))
    _run("training.train", "--folder", str(folder), "--name", "wide", *begin, *WIDE)
    return folder / "wide" / "export"


def go_on(folder: Path, begin: Path) -> Path:
    """Train a reader further and return the folder of the new checkpoint."""
    (folder / "tokenizer").mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copy(begin / name, folder / "tokenizer" / name)
    _make_shards(folder, MORE_SHARDS)
    train = ("training.train", "--folder", str(folder), "--name", "more", "--begin", str(begin))
    _run("torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", *train, *MORE)
    return folder / "more" / "export"


def _make_shards(folder: Path, counts: Sequence[int]) -> None:
    for stage, shards in zip(range(len(STAGES)), counts, strict=True):
        own = ("--folder", str(folder), "--stage", str(stage))
        _run("training.data", *own, "--first", "0", "--last", str(shards))


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
