"""Joins the parts of a dataset to the files that one run would have written, certificate and all.

Files are concatenated, and what was found in the parts is added up. What is here reads one block
at a time, and of a proof some hundred bytes a question.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from generators import __version__
from generators.datasets.layout import EVENTS, MANIFEST, PROOF, QUESTIONS
from generators.datasets.reading import LONGEST_LINE, read_file, read_manifest
from generators.datasets.shards import Shard, parts_folder, require_own_parts
from generators.datasets.storage import (
    put_dataset,
    require_place,
    write_certificate,
    write_manifest,
)
from generators.datasets.tables import Manifest, canonical_line, event_row
from generators.errors import DatasetError
from generators.scenarios import scenario
from generators.staging import one_line
from generators.verify.accumulating import Proof
from generators.verify.certificate import FailedError, certified

_BLOCK = 1 << 20


def join(out: Path, letter: str, *, overwrite: bool = False) -> Path:
    """Join all parts of a scenario's dataset to what one run would have written.

    Returns:
        The folder of the scenario; the parts are gone.

    Raises:
        FailedError: The dataset does not pass its verification; the parts are left.
        DatasetError: A part is missing, damaged, of another dataset, or another part.
        ConfigError: The dataset is there already and `overwrite` is not set, or something among
            the parts or in the place of the dataset is not ours.
    """
    require_place(letter, out, overwrite=overwrite)
    folder = parts_folder(out, letter)
    with one_line(folder):
        parts = _require_all(folder, require_own_parts(folder))
    manifests = {shard: read_manifest(folder / shard.folder / MANIFEST) for shard in parts}
    same = {"rows": 0, "events": 0, "rows_sha256": "", "events_sha256": ""}
    first, *others = (made.model_copy(update=same) for made in manifests.values())
    if first.scenario != letter or any(other != first for other in others):
        raise DatasetError(f"{folder}: the parts are of different datasets → make them anew")
    for shard, manifest in manifests.items():
        _require_part(folder / shard.folder, shard, manifest)

    def fill(target: Path) -> None:
        sums = {
            key: _concatenate(
                [(folder / s.folder / name, getattr(m, key)) for s, m in manifests.items()],
                target / name,
            )
            for name, key in ((QUESTIONS, "rows_sha256"), (EVENTS, "events_sha256"))
        }
        counts = {
            key: sum(getattr(manifest, key) for manifest in manifests.values())
            for key in ("rows", "events")
        }
        manifest = first.model_copy(update=counts | sums)
        write_manifest(target, manifest)
        proof = Proof()
        for shard, made in manifests.items():
            proof.extend(_read_proof(folder / shard.folder, made))
        certificate = certified(manifest, proof)
        if not certificate.passed:
            raise FailedError(certificate)
        write_certificate(target, str(certificate))

    made = put_dataset(letter, out, fill, overwrite=overwrite)
    with one_line(folder):
        for shard in parts:
            shutil.rmtree(folder / shard.folder)
    with suppress(OSError):  # somebody is making parts of another total
        folder.rmdir()
    return made


def _require_all(folder: Path, found: list[Shard]) -> list[Shard]:
    if not found:
        raise DatasetError(f"{folder}: holds no parts → make them with --shard 1/N … N/N")
    total = found[0].total
    if any(shard.total != total for shard in found):
        raise DatasetError(f"{folder}: lacks parts of one total → make them with --shard")
    # Not a set of all numbers: a name may claim a total of any size.
    missing = next((n for n, shard in enumerate(found, 1) if shard.number != n), None)
    if missing is None and len(found) < total:
        missing = len(found) + 1
    if missing is not None:
        raise DatasetError(f"{folder}: lacks {missing}/{total} → make them with --shard")
    return found


def _require_part(folder: Path, shard: Shard, manifest: Manifest) -> None:
    """Refuse a part that is another one by its number of questions or its first log: a copy, say.

    The rest is proven by `generators.verify`, once the parts are joined.
    """
    if manifest.generator_version != __version__:
        raise DatasetError(
            f"{folder}: made by version {manifest.generator_version}, not {__version__} "
            "→ join with that version, or make the parts anew"
        )
    letter, config = manifest.scenario, manifest.config
    number, _ = shard.worlds(letter, config)
    (world,) = scenario(letter).worlds(config, number, number + 1)
    begin = b"".join(canonical_line(event_row(event)) for event in world.events)
    held = next(_blocks(folder / EVENTS, len(begin)), b"")
    if manifest.rows != shard.rows(letter, config) or held != begin:
        raise DatasetError(
            f"{folder}: is not part {shard.number}/{shard.total} → make this part anew"
        )


def _read_proof(folder: Path, manifest: Manifest) -> Proof:
    path, advice = folder / PROOF, "make this part anew"
    # Less than what a row takes.
    content = read_file(path, (manifest.rows + 1) * LONGEST_LINE, advice)
    try:
        proof = Proof.model_validate_json(content)
    except ValidationError as error:
        raise DatasetError(f"{path}: {error.errors()[0]['msg']} → {advice}") from None
    proven = (proof.rows_sha256, proof.events_sha256, len(proof.strata), len(proof.cue_types))
    if proven != (manifest.rows_sha256, manifest.events_sha256, manifest.rows, manifest.rows):
        raise DatasetError(f"{path}: is not of this part → {advice}")
    return proof


def _concatenate(parts: list[tuple[Path, str]], target: Path) -> str:
    """Join files, given with the sha256 that each should have; returns the sha256 of the whole."""
    whole = hashlib.sha256()
    with target.open("wb") as out:
        for path, expected in parts:
            own = hashlib.sha256()
            for block in _blocks(path, _BLOCK):
                out.write(block)
                own.update(block)
                whole.update(block)
            if own.hexdigest() != expected:
                raise DatasetError(f"{path}: is damaged → make this part anew")
    return whole.hexdigest()


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(size):
                yield block
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror} → make this part anew") from None
