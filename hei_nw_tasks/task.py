"""The functions that the task YAMLs name: the adapter between lm_eval and this project.

    lm_eval ... --tasks heinw_A --metadata '{"n": 64, "confounders_ratio": 0}'

reaches `load_dataset(letter="A", n=64, confounders_ratio=0, pretrained=…, version=1.0, …)`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

# Registers the filter that the YAMLs name.
import hei_nw_tasks.filters  # noqa: F401
from hei_nw_tasks.metrics import score
from hei_nw_tasks.one_line import hide_traceback
from hei_nw_tasks.response import measurements, overflowed
from hei_nw_tasks.shadowing import use_ours

if TYPE_CHECKING:
    from datasets import DatasetDict

# Only loggers below "lm_eval" are shown by its command line.
_log = logging.getLogger("lm_eval.hei_nw_tasks")


def load_dataset(
    letter: str, manifest: MutableMapping[str, Any] | None = None, **metadata: Any
) -> DatasetDict:
    """Make or read the dataset of a task. lm_eval calls this with the metadata of the run.

    Args:
        letter: Scenario, from the task's YAML.
        manifest: Filled with the manifest of the dataset. lm_eval passes the object in the task's
            metadata, which it writes into the results.
        metadata: Settings of `generators.config.Config`, or `dataset` with a folder or Hub id;
            lm_eval adds the model arguments (scenario E measures its lengths with the tokenizer
            that they name), version and config_source.

    Returns:
        Splits `test` (questions) and `events` (the logs they are about).

    Raises:
        PackageClashError: Another package named `generators` is in the way of ours.
        HeinwError: A setting is misspelt or cannot be used, or the dataset is damaged. The
            message is one line, and all that a command line shows.
    """
    use_ours("generators")
    from generators.console import visible
    from generators.datasets.source import doubt_about, foreign_settings, tables_from
    from generators.datasets.tables import to_datasets
    from generators.errors import HeinwError
    from hei_nw_tasks.counting import loader
    from hei_nw_tasks.memory import stores

    try:
        tables, source = tables_from(letter, metadata, loader(metadata))
    except HeinwError:
        hide_traceback(HeinwError)
        raise
    # `tokenizer` is also an argument of most models, and so no sign of a mistake.
    foreign = [name for name in foreign_settings(letter, metadata) if name != "tokenizer"]
    if foreign:
        _log.warning("heinw_%s: not a setting of this scenario: %s", letter, ", ".join(foreign))
    stores.register(tables)
    record = tables.manifest.model_dump(mode="json") | {"source": source}
    if source != "generated":
        doubt = record["doubt"] = doubt_about(tables, metadata, loader(metadata))
        if doubt:
            _log.warning("heinw_%s: %s is not proven: %s", letter, visible(source), visible(doubt))
    if manifest is not None:
        manifest.update(record)
    _log.info(
        "heinw_%s: %d questions about %d events, seed %d, rows sha256 %s (%s)",
        *(letter, tables.manifest.rows, tables.manifest.events, tables.manifest.config.seed),
        *(tables.manifest.rows_sha256[:12], visible(source)),
    )
    return to_datasets(tables)


def target(doc: Mapping[str, Any]) -> str:
    """The canonical answer, or what the instruction asks for if there is none."""
    return str(doc["answers"][0]) if doc["answerable"] else "unknown"


def process_results(doc: Mapping[str, Any], results: Sequence[str | None]) -> dict[str, float]:
    """Score one document; no metrics if the filter left the document out.

    The measurements of the `heinw` model join the scores. A prompt that did not fit the model has
    no scores.
    """
    response = results[0]
    if response is None:
        return {}
    scores = {} if overflowed(response) else score(doc, response)
    return {**scores, **measurements(response, doc)}
