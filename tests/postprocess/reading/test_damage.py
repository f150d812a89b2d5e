"""Damaged lm_eval output: an honest report or one line, never a traceback, never a wrong number.

A few of each kind; `python -m benchmarks.damage` tries 30,000.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postprocess.__main__ import main
from testing.scripted import results_file, samples_file

# What a report claims about the model; the rest (versions, names) lm_eval does not protect.
CLAIMS = (
    *("counts", "aggregate", "own", "hot_patch", "lag_bins", "by_query_kind", "by_cue_type"),
    *("by_cue_overlap", "by_given_slots", "outcomes_answerable", "outcomes_unanswerable", "items"),
)
QUESTIONS = 12
FILTERS = 6  # "all" and five lag bins
ROWS = QUESTIONS * FILTERS


class Outcome:
    """Exit code, what was shown, and the metrics if there are any."""

    def __init__(self, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
        shutil.rmtree(reports / "baseline", ignore_errors=True)
        capsys.readouterr()
        self.code = main([str(reports), "--format", "json", "--lag-bins", "0,1,3,7,30"])
        self.out, self.err = capsys.readouterr()
        written = sorted((reports / "baseline").glob("*_metrics.json"))
        self.metrics: dict[str, Any] | None = (
            json.loads(written[0].read_text()) if written else None
        )

    def refused(self, about: str = "") -> None:
        assert self.code == 2
        assert self.metrics is None
        assert re.fullmatch(r"heinw: .+ → .+\n", self.err), self.err
        assert about in self.err

    def is_sound(self, whole: dict[str, Any]) -> None:
        """One line, or the numbers of the undamaged run, or INCOMPLETE with some of its items."""
        if self.code:
            self.refused()
            return
        assert self.metrics is not None
        if self.metrics["counts"]["complete"]:
            assert {key: self.metrics[key] for key in CLAIMS} == {key: whole[key] for key in CLAIMS}
            return
        assert self.metrics["verdict"].startswith("INCOMPLETE: ")
        assert any(warning.startswith("INCOMPLETE: ") for warning in self.metrics["warnings"])
        known = {json.dumps(item) for item in whole["items"]}
        assert all(json.dumps(item) in known for item in self.metrics["items"])


@pytest.fixture
def attempt(short_reports: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], Outcome]:
    return lambda: Outcome(short_reports, capsys)


@pytest.fixture
def samples(short_reports: Path) -> Path:
    return samples_file(short_reports)


@pytest.fixture
def results(short_reports: Path) -> Path:
    return results_file(short_reports)


@pytest.fixture
def whole(attempt: Callable[[], Outcome]) -> dict[str, Any]:
    metrics = attempt().metrics
    assert metrics is not None
    assert metrics["counts"]["complete"]
    return metrics


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Replaces the first occurrence, which has to be there."""
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new, 1))


# --- cut short -----------------------------------------------------------------------------------


def test_any_prefix_of_the_samples_is_salvaged_or_refused(
    samples: Path, attempt: Callable[[], Outcome], whole: dict[str, Any]
) -> None:
    raw, rng = samples.read_bytes(), random.Random("prefix")
    ends = [place for place, byte in enumerate(raw) if byte == 10]
    near = [end + step for end in ends[::QUESTIONS] for step in (-1, 0, 1)]
    for cut in sorted({0, 1, len(raw) - 1, *near, *(rng.randrange(len(raw)) for _ in range(20))}):
        samples.write_bytes(raw[:cut])
        found = attempt()
        found.is_sound(whole)
        rows = sum(cut >= end for end in ends)  # a row needs no newline after it to be whole
        if rows == 0:
            found.refused("no whole row of filter 'all' in 0 rows")
        else:
            assert found.metrics is not None, cut
            counts = found.metrics["counts"]
            assert (counts["rows"], counts["rows_expected"]) == (rows, ROWS)
            assert (counts["questions"], counts["questions_expected"]) == (
                min(rows, QUESTIONS),
                QUESTIONS,
            )
            assert counts["complete"] == (rows == ROWS)


def test_the_incomplete_report_says_how_much_is_there(
    samples: Path, attempt: Callable[[], Outcome]
) -> None:
    lines = samples.read_bytes().splitlines(keepends=True)
    samples.write_bytes(b"".join(lines[:9]) + lines[9][:100])
    found = attempt()
    assert found.metrics is not None
    assert f"ends after 9 of {ROWS} rows (9 of 12 questions)" in found.metrics["warnings"][0]
    assert len(found.metrics["items"]) == 9


def test_any_prefix_of_the_results_is_refused(
    results: Path, attempt: Callable[[], Outcome]
) -> None:
    raw, rng = results.read_bytes(), random.Random("prefix")
    end = len(raw.rstrip())
    for cut in [0, 1, end - 1, *(rng.randrange(end) for _ in range(20))]:
        results.write_bytes(raw[:cut])
        attempt().refused(f"{results}:")


# --- changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["samples", "results"])
@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_byte_never_changes_a_number_unnoticed(
    which: str,
    seed: int,
    samples: Path,
    results: Path,
    attempt: Callable[[], Outcome],
    whole: dict[str, Any],
) -> None:
    path, rng = {"samples": samples, "results": results}[which], random.Random(f"{which}:{seed}")
    raw = path.read_bytes()
    for _ in range(25):
        flipped, place = bytearray(raw), rng.randrange(len(raw))
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        attempt().is_sound(whole)


@pytest.mark.parametrize("seed", range(2))
def test_digits_exchanged_in_the_results_never_change_a_number_unnoticed(
    seed: int, results: Path, attempt: Callable[[], Outcome], whole: dict[str, Any]
) -> None:
    text, rng = results.read_text(), random.Random(seed)
    end = text.index('"pretty_env_info"')
    digits = [match.start() for match in re.finditer(r"\d", text[:end])]
    for place in rng.sample(digits, 35):
        results.write_text(text[:place] + rng.choice("0123456789") + text[place + 1 :])
        attempt().is_sound(whole)


def change_rows(path: Path, change: Callable[[dict[str, Any]], None], filter_name: str) -> None:
    """Applies a change to every row of a filter, and saves the file as lm_eval does."""
    rows = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    for row in rows:
        if row["filter"] == filter_name:
            change(row)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(text.encode())


def other_response(row: dict[str, Any]) -> None:
    row["resps"], row["filtered_resps"] = [["else"]], ["else"]


def other_filtered_response(row: dict[str, Any]) -> None:
    row["filtered_resps"] = [row["doc"]["answers"][0] if row["doc"]["answers"] else "unknown"]


def flattering_scores(row: dict[str, Any]) -> None:
    row.update(dict.fromkeys(row["metrics"], 1.0))


def other_lag(row: dict[str, Any]) -> None:
    row["doc"]["lag"] = 2 if row["doc"]["answerable"] else None


def other_answer(row: dict[str, Any]) -> None:
    row["doc"]["answers"] = ["else"] if row["doc"]["answers"] else []


@pytest.mark.parametrize(
    ("change", "filter_name", "about"),
    [
        (other_response, "all", "as saved and"),
        (other_filtered_response, "all", "filtered_resps is not the first of resps"),
        (flattering_scores, "all", "of filter 'all' is 1.0 as saved and 0.0"),
        (flattering_scores, "lag_0-1", "of filter 'lag_0-1' is 1.0 as saved and 0.0"),
        (other_lag, "all", "the question was changed after the run"),
        (other_answer, "lag_1-3", "the question was changed after the run"),
    ],
)
def test_rows_that_were_edited_are_refused(
    change: Callable[[dict[str, Any]], None],
    filter_name: str,
    about: str,
    samples: Path,
    attempt: Callable[[], Outcome],
) -> None:
    change_rows(samples, change, filter_name)
    attempt().refused(about)


def test_means_that_are_not_the_samples_are_refused(
    results: Path, attempt: Callable[[], Outcome]
) -> None:
    saved = json.loads(results.read_text())
    saved["results"]["heinw_A"]["f1,lag_3-7"] += 1e-6
    results.write_text(json.dumps(saved))
    attempt().refused("lm_eval's f1,lag_3-7 is ")
    saved["results"]["heinw_A"]["f1,lag_3-7"] -= 1e-6 + 1e-12  # float noise is not a disagreement
    results.write_text(json.dumps(saved))
    assert attempt().code == 0


@pytest.mark.parametrize(
    ("key", "about"),
    [
        ("effective", "n-samples says 11 documents were scored, the samples have 10"),
        ("original", "n-samples and the manifest disagree on the 60 rows of the dataset"),
    ],
)
def test_counts_that_do_not_fit_are_refused(
    key: str, about: str, results: Path, attempt: Callable[[], Outcome]
) -> None:
    saved = json.loads(results.read_text())
    saved["n-samples"]["heinw_A"][key] += 1
    results.write_text(json.dumps(saved))
    attempt().refused(about)


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"N/A"', "null"])
def test_a_mean_that_is_no_number_is_refused(
    value: str, results: Path, attempt: Callable[[], Outcome]
) -> None:
    text, changed = re.subn(r'("exact_match,all": )[\d.]+', rf"\g<1>{value}", results.read_text())
    assert changed == 1
    results.write_text(text)
    attempt().refused("lm_eval's exact_match,all is None")


def test_nan_elsewhere_in_the_results_is_a_missing_value(
    results: Path, attempt: Callable[[], Outcome], whole: dict[str, Any]
) -> None:
    replace(results, b'"confounders_ratio": 1.0', b'"confounders_ratio": NaN')
    found = attempt().metrics
    assert found is not None
    assert found["hard_negatives"]["confounders_ratio"] is None
    assert found["aggregate"] == whole["aggregate"]


def test_rows_twice_or_from_elsewhere_are_refused(
    samples: Path, attempt: Callable[[], Outcome]
) -> None:
    lines = samples.read_bytes().splitlines(keepends=True)
    samples.write_bytes(b"".join([*lines, lines[3]]))
    attempt().refused(f"{samples}:{ROWS + 1}: document 3 has a second row of filter 'all'")
    samples.write_bytes(b"".join([*lines[1:], lines[0]]))
    attempt().refused(f"{ROWS} rows, but not the {ROWS}")
    samples.write_bytes(b"".join(lines[:12]) + lines[4].replace(b'"doc_id": 4', b'"doc_id": 99'))
    attempt().refused("two documents have the same question id")


def test_a_row_missing_in_the_middle_makes_it_incomplete(
    samples: Path, attempt: Callable[[], Outcome], whole: dict[str, Any]
) -> None:
    lines = samples.read_bytes().splitlines(keepends=True)
    samples.write_bytes(b"".join(lines[:59]))
    found = attempt()
    found.is_sound(whole)
    assert found.metrics is not None
    assert not found.metrics["counts"]["complete"]
    assert len(found.metrics["items"]) == 12


def test_questions_that_the_manifest_does_not_describe_are_refused(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = results_file(reports)
    text, changed = re.subn(r'("rows_sha256": ")\w{64}', r"\g<1>" + "0" * 64, path.read_text())
    assert changed
    path.write_text(text)
    Outcome(reports, capsys).refused("not those of the manifest (rows_sha256 000000000000…)")


# --- JSON that only looks like it ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "about"),
    [
        (b'"doc_id": 0,', b'"doc_id": 0, "doc_id": 0,', "has the key 'doc_id' twice"),
        (b'"lag_events": ', b'"lag_events": 9, "lag_events": ', "has the key 'lag_events' twice"),
        (b'"depth": null', b'"depth": NaN', "holds NaN"),
        (b'"depth": null', b'"depth": -Infinity', "holds -Infinity"),
        (b'"depth": null', b'"depth": 1e999', "too large"),
        (b'"doc_id": 0,', b'"doc_id": ' + b"9" * 9999 + b",", "too large"),
        (b'"doc_id": 0,', b'"doc_id": 123456789012345678901,', "too large"),
        (b'"resps": [[', b'"resps": [[' + b"[" * 200_000, "nested too deeply"),
        (b'"resps": [[', b'"x": ' + b"[" * 80 + b"]" * 80 + b', "resps": [[', "nested too deeply"),
        (b'"resps": [["', b'"resps": [["\\ud83d', "half of a surrogate pair"),
        (b'"query": "', b'"query": "\xff', "not UTF-8"),
        (b'"doc_id": 0', b'"doc_id": "0"', "doc_id: "),
        (b'"doc_id": 0', b'"doc_id": true', "doc_id: "),
        (b'"doc": {', b'"doc": {"extra": 1, ', "the question was changed after the run"),
        (b'"filter": "all"', b'"filter": null', "filter: "),
        (b"{", b"[", "not JSON"),
        (b"\n", b"\n\n", "not JSON"),
    ],
)
def test_bad_samples_are_refused_with_file_and_line(
    old: bytes, new: bytes, about: str, samples: Path, attempt: Callable[[], Outcome]
) -> None:
    replace(samples, old, new)
    found = attempt()
    found.refused(about)
    assert re.search(re.escape(str(samples)) + r":[12]: ", found.err)


@pytest.mark.parametrize(
    ("raw", "about"),
    [
        (b"", "not JSON"),
        (b"[]", "not a results file"),
        (b'{"results": {}}', "not a results file"),
        (b'{"a": 1, "a": 2}', "has the key 'a' twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 100_000, "too large"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b'"\\udc00"', "half of a surrogate pair"),
        (b"\x00", "not JSON"),
    ],
)
def test_bad_results_are_refused(
    raw: bytes, about: str, results: Path, attempt: Callable[[], Outcome]
) -> None:
    results.write_bytes(raw)
    attempt().refused(about)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(
    samples: Path, results: Path, attempt: Callable[[], Outcome], whole: dict[str, Any]
) -> None:
    for path in (samples, results):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    found = attempt().metrics
    assert found is not None
    assert {key: found[key] for key in CLAIMS} == {key: whole[key] for key in CLAIMS}


def test_a_line_separator_in_a_response_ends_no_line(samples: Path, whole: dict[str, Any]) -> None:
    assert "\u2028" in samples.read_text()
    assert len(whole["items"]) == 12


def test_debug_shows_where_an_error_comes_from(
    results: Path, short_reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.write_bytes(b"")
    assert main([str(short_reports), "--debug"]) == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err
