"""Where the files of a dataset are, and which files are ours to replace.

data/README.md                  the dataset card (`generators.datasets.card`)
data/heinw_A/questions.jsonl    one canonical row a line; its sha256 is the manifest's
data/heinw_A/events.jsonl       the logs of all worlds, each in time order
data/heinw_A/manifest.json      settings, version, counts and checksums
data/heinw_A/certificate.txt    what a verification found when the dataset was made
data/heinw_A/*.parquet          on the Hub besides (`generators.datasets.parquet`)
data/heinw_A.parts/2-of-4/      a part, with the first three (`generators.datasets.shards`), and
                                proof.json, what a verification found in it
data/heinw_A.tasks/             what datatrove keeps of tasks (`generators.engines`)
"""

from __future__ import annotations

import os
from pathlib import Path

from generators.errors import ConfigError

CARD = "README.md"
QUESTIONS, EVENTS = "questions.jsonl", "events.jsonl"
MANIFEST, CERTIFICATE = "manifest.json", "certificate.txt"
PROOF = "proof.json"
_OURS = frozenset(
    # The last two: what was downloaded from the Hub has them, see `generators.datasets.hub`.
    {QUESTIONS, EVENTS, MANIFEST, CERTIFICATE, PROOF, "questions.parquet", "events.parquet"}
)


def require_room(target: Path, *, overwrite: bool) -> None:
    """Refuse to write a folder where something is, before any work is done.

    Raises:
        ConfigError: `target` is there already, and `overwrite` is not set; or it is set, and would
            delete what is not ours.
    """
    if not os.path.lexists(target):
        return
    if not overwrite:
        raise ConfigError(f"{target}: exists already → give --overwrite or another --out")
    require_ours(target)


def require_ours(folder: Path) -> None:
    """Refuse to replace or delete a folder that holds anything but the files of a dataset.

    Raises:
        ConfigError: It is no folder, or something in it is not ours, by name or by kind.
    """
    advice = "move it away or name another --out"
    if folder.is_symlink() or not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder of ours → {advice}")
    for path in sorted(folder.iterdir()):
        if path.name not in _OURS or path.is_symlink() or not path.is_file():
            raise ConfigError(f"{path}: is not ours, and would be deleted → {advice}")
