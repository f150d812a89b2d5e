"""Train the tokenizer on texts from several training pools.

python -m training.tokenize_texts --folder .training
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from training.tokenizer import make_tokenizer

_POOLS = 16
_CONTEXTS = 60
# Repetitions of the fixed vocabulary, so that its words become whole tokens.
_EMPHASIS = 40
_TEXTS = (
    "import sys, json; from training.data import texts_of_pools;"
    "print(json.dumps(list(texts_of_pools(int(sys.argv[1]), int(sys.argv[2])))))"
)


def language() -> list[str]:
    """Return the lines of the word files that no value is drawn from."""
    folder = files("generators").joinpath("words")
    names = (
        "verbs.txt",
        "settings.txt",
        "relations.json",
        "filler.txt",
        "remarks.txt",
        "chatter.txt",
    )
    text = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    words = (re.findall(r"[^\W\d_]+", line) for line in text.splitlines())
    return [" " + " ".join(line) for line in words]


def main() -> None:
    """Gather the texts, each pool in a process of its own, and train."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    texts: list[str] = language() * _EMPHASIS
    for seed in range(_POOLS):
        command = [sys.executable, "-c", _TEXTS, str(seed), str(_CONTEXTS)]
        texts += json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    make_tokenizer(texts, folder / "tokenizer")


if __name__ == "__main__":
    main()
