"""Judge whether a report on damaged files is honest: its numbers are those of the undamaged ones.

Not compared is what nothing protects, as lm_eval writes it once and without a hash: names,
versions, model arguments, generation settings, seeds and settings of the dataset (including the
edges of the lag bins: a report with other bins is compared with an undamaged one with these bins),
the mode and the details of an arm, the shared share of the prompts; in a compute record the sources
of its numbers, and `batch_size`, `batch_latency_s` and `peak_memory_bytes`, which are no metrics of
lm_eval; and whatever follows from the model's identity: if that is damaged, arms of one model look
like arms of two models, and are not compared.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from generators.errors import HeinwError
from hei_nw_tasks.compute.costs import COSTS
from postprocess.reporting import Options, report

_AVERAGED = [cost.name for cost in COSTS.values() if cost.in_table]
Verdict = Literal["refused", "left out", "equal", "incomplete"]

# A report's claims about the model.
CLAIMS = (
    *("counts", "aggregate", "own", "hot_patch", "by_query_kind", "by_cue_type", "by_given_slots"),
    "by_cue_overlap",
    *("outcomes_answerable", "outcomes_unanswerable", "without_lag"),
    *("interference", "depth_length", "retrieval", "latency", "economics"),
)
_OF_HARD_NEGATIVES = (*("distractor_error", "with_hard_negatives", "without_hard_negatives"),)
_OF_ARMS = (*("questions", "overflowed", "complete", "scores", "ranking", "latency", "economics"),)
_NOT_OF_DIFFERENCES = ("a", "b", "p_holm")


class DishonestError(AssertionError):
    """A number differs from the undamaged run's, or an error message is malformed."""


class Judge:
    """Report on a folder, and compare with the undamaged report.

    Args:
        root: Folder of the runs, still undamaged.
        outdir: Folder for reports; emptied every time.
    """

    def __init__(self, root: Path, outdir: Path) -> None:
        self._root, self._outdir = root, outdir
        self._binned: dict[tuple[float, ...], dict[str, Any]] = {}
        error = self._report(("json",), None)
        if error is not None:
            raise ValueError(error)
        self._whole, self._index = self._runs(), self._found_index()
        if not self._whole or not all(run["counts"]["complete"] for run in self._whole.values()):
            raise ValueError(f"{root} is not whole")
        shutil.copytree(root, undamaged := outdir.with_name(f"{outdir.name}-undamaged"))
        self._undamaged = undamaged

    def verdict(self, formats: Sequence[str] = ("json",)) -> Verdict:
        """Judge the report on the folder as it is now.

        Raises:
            DishonestError: The report is none of the verdicts.
        """
        error = self._report(formats, None)
        if error is not None:
            _require(not self._outdir.exists(), "a refused report left files")
            _require(error.isprintable() and " → " in error, f"not one line: {error!r}")
            return "refused"
        found, index = self._runs(), self._found_index()
        lost = self._whole.keys() - found.keys()
        _require(not found.keys() - self._whole.keys(), "a run that does not exist")
        superseded = [path for run in found.values() for path in run["provenance"]["superseded"]]
        listed = bool(superseded or index["left_out"])
        _require(listed or not lost, f"silently without {sorted(lost)}")
        for date, run in found.items():
            self._compare_run(run, self._whole[date])
        self._compare_index(index, found)
        if index["left_out"]:
            return "left out"
        whole = all(run["counts"]["complete"] for run in found.values())
        return "equal" if whole else "incomplete"

    def _report(self, formats: Sequence[str], bins: Sequence[float] | None) -> str | None:
        """Report on the runs; return the error if there was one."""
        shutil.rmtree(self._outdir, ignore_errors=True)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                report(Options(self._root, self._outdir, formats=formats, lag_bins=bins))
        except HeinwError as error:
            return str(error)
        return None

    def _runs(self) -> dict[str, dict[str, Any]]:
        files = sorted(self._outdir.glob("*_metrics.json"))
        runs = [json.loads(path.read_bytes()) for path in files]
        return {run["run_date"]: run for run in runs}

    def _found_index(self) -> dict[str, Any]:
        index: dict[str, Any] = json.loads((self._outdir / "index.json").read_bytes())
        return index

    def _compare_run(self, run: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        if not run["counts"]["complete"]:
            _require(run["verdict"].startswith("INCOMPLETE: "), "the verdict is silent about it")
            _require(run["warnings"][0].startswith("INCOMPLETE: "), "no warning is about it")
            known = {item["doc_id"]: item for item in whole["items"]}
            for item in run["items"]:
                # Without means to compare them with, nothing protects costs.
                same = item | {"measured": {}} == known[item["doc_id"]] | {"measured": {}}
                _require(same, f"another item {item['doc_id']}")
            return
        for key in CLAIMS:
            _same(f"{key}", run[key], whole[key])
        _same("items", _protected(run["items"]), _protected(whole["items"]))
        for kind, theirs in zip(run["errors"], whole["errors"], strict=True):
            _same("outcome", (kind["outcome"], kind["count"]), (theirs["outcome"], theirs["count"]))
            _same("example", _protected(kind["examples"]), _protected(theirs["examples"]))
        for key in _OF_HARD_NEGATIVES:
            _same(f"hard_negatives.{key}", run["hard_negatives"][key], whole["hard_negatives"][key])
        for key in _AVERAGED:
            _same_quantity(key, run["compute"][key], whole["compute"][key])
        if whole["latency"]["n"]:  # its answers say which arm they are of
            _same("baseline", run["baseline"], whole["baseline"])
        if run["gate"] and whole["gate"]:
            _same("gate", run["gate"], whole["gate"])
        self._compare_bins(run, whole)

    def _compare_bins(self, run: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        ours, theirs = _edges(run["lag_bins"]), _edges(whole["lag_bins"])
        if ours != theirs:
            whole = self._with_bins(ours)[run["run_date"]]
        _same("lag_bins", run["lag_bins"], whole["lag_bins"])

    def _with_bins(self, edges: tuple[float, ...]) -> dict[str, Any]:
        """Report on the undamaged runs with other lag bins."""
        if edges not in self._binned:
            folders = self._root, self._outdir
            self._root, self._outdir = self._undamaged, self._outdir.with_name("binned")
            self._report(("json",), edges)
            self._binned[edges] = self._runs()
            self._root, self._outdir = folders
        return self._binned[edges]

    def _compare_index(self, index: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        arms, pairs = _of_index(index)
        whole_arms, whole_pairs = _of_index(self._index)
        for date, arm in arms.items():
            _require(arm["complete"] == found[date]["counts"]["complete"], "the index is silent")
            if arm["complete"]:
                for key in _OF_ARMS:
                    _same(f"index {key}", arm[key], whole_arms[date][key])
                for key in _AVERAGED:
                    _same_quantity(key, arm["compute"][key], whole_arms[date]["compute"][key])
        _require(arms.keys() == found.keys(), "the index has other runs than the report")
        alike = len(index["experiments"]) == len(self._index["experiments"])
        alike = alike and len(arms) == len(whole_arms) and all(a["complete"] for a in arms.values())
        for compared, pair in pairs.items():
            if all(arms[date]["complete"] for date in compared[:2]):
                hidden = _NOT_OF_DIFFERENCES if len(arms) < len(whole_arms) else ("a", "b")
                for name in pair.keys() - set(hidden):
                    _same(f"difference {name}", pair[name], whole_pairs[compared][name])
        if alike:
            for date, arm in arms.items():
                _same("place on the front", arm["on_front"], whole_arms[date]["on_front"])
            _require(pairs.keys() == whole_pairs.keys(), "a comparison is missing")


def _protected(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Items without what a record alone says: costs that lm_eval does not average."""
    alone = {name for name, cost in COSTS.items() if not cost.in_table}
    return [
        {**item, "measured": {k: v for k, v in item["measured"].items() if k not in alone}}
        for item in items
    ]


def _edges(bins: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    closed = [one for one in bins if one["high"] is not None]
    return (*(one["low"] for one in closed), closed[-1]["high"])


def _of_index(index: Mapping[str, Any]) -> tuple[dict[str, Any], dict[tuple[str, ...], Any]]:
    """Return the arms by date of their run, and the differences by both dates and metric."""
    arms: dict[str, Any] = {}
    pairs: dict[tuple[str, ...], Any] = {}
    for experiment in index["experiments"]:
        dates = {arm["label"]: arm["run_id"].split("_")[0] for arm in experiment["arms"]}
        arms.update({dates[arm["label"]]: arm for arm in experiment["arms"]})
        for one in experiment["differences"]:
            pairs[dates[one["a"]], dates[one["b"]], one["metric"]] = one
    return arms, pairs


def _same_quantity(key: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    for part in ("mean", "n"):
        _same(f"compute {key} {part}", ours[part], theirs[part])


def _same(what: str, ours: Any, theirs: Any) -> None:
    if ours != theirs:
        raise DishonestError(f"another {what}: {next(_differing(ours, theirs))}")


def _differing(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for key in ours:
            yield from _differing(ours[key], theirs[key], f"{place}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differing(one, other, f"{place}.{number}")
    elif ours != theirs:
        yield f"{place}: {str(ours)[:200]} and not {str(theirs)[:200]}"


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise DishonestError(what)
