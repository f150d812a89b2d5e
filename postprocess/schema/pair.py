"""The file of `python -m postprocess pair`: runs of any lm_eval task, document by document.

`python -m postprocess --json-schema pair` prints its JSON Schema. One comparison as it stands in
the file (shortened):

    {"task": "gsm8k", "filter": "strict-match", "lower_is_better": false, "unit": "share",
     "difference": {"a": "org/new", "b": "org/old", "metric": "exact_match", "n": 1319,
                    "difference": 0.031, "p": 0.012, "p_holm": 0.024, …},
     "only_a": 97, "only_b": 56, "flips": [{"doc_id": 3, "value_a": 1.0, "value_b": 0.0, …}]}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from postprocess.schema.index import Difference
from postprocess.schema.parts import Part


class SideOfPair(Part):
    """One of the sides that are compared."""

    label: str
    path: str = Field(description="What the command named.")
    model: str
    results: dict[str, str] = Field(description="Results file of each task.")
    superseded: list[str] = Field(description="Older runs of the same settings, not compared.")


class Unpaired(Part):
    """Documents that one side alone has a value for, and how much they could matter."""

    a: int
    b: int
    mean_a: float | None = Field(description="Of a's values of documents that only a has.")
    mean_b: float | None = Field(description="Of b's values of documents that only b has.")
    least: float | None = Field(
        description=(
            "The least that the difference over all documents of either side can be, whatever the"
            " missing values are; null for values that nothing bounds."
        )
    )
    most: float | None = Field(description="The most that it can be.")


class Flip(Part):
    """A document on which two sides disagree."""

    doc_id: int = Field(description="In a.")
    doc_hash: str
    line_a: int = Field(description="Line of a's samples file.")
    line_b: int
    prompt: str = Field(description="The end of a's prompt.")
    target: str
    value_a: float
    value_b: float
    answer_a: str
    answer_b: str


class Comparison(Part):
    """Side a minus side b in one metric of one filter's responses.

    Flips are all documents on which the sides disagree where every value is 0 or 1, else those on
    which they disagree most.
    """

    task: str
    pooled: list[str] = Field(description="Of a group: tasks whose documents are pooled.")
    filter: str
    lower_is_better: bool | None = Field(description="Null where lm_eval does not say.")
    unit: Literal["share", "number"] = Field(description="Share: every value is from 0 to 1.")
    difference: Difference = Field(
        description=(
            "Worlds are clusters of documents; p_holm is adjusted for all comparisons in the file."
        )
    )
    only_a: int | None = Field(description="Documents that are 1 in a alone; null if not binary.")
    only_b: int | None
    unpaired: Unpaired
    verdict: str
    differing: int = Field(description="Documents whose values differ.")
    flips: list[Flip]


class NotCompared(Part):
    """What was asked for, or could be expected, and is not in the file."""

    task: str
    measure: str | None = Field(description="Metric and filter; null for the whole task.")
    reason: str


class Pairing(Part):
    """The whole file."""

    schema_version: Literal[1] = 1
    cluster: str | None = Field(description="Field of the documents; null: each is a draw.")
    seed: int = Field(description="Of bootstrap and permutation.")
    resamples: int
    tests: int = Field(description="Comparisons that Holm's adjustment is over.")
    sides: list[SideOfPair]
    comparisons: list[Comparison]
    warnings: list[str]
    not_compared: list[NotCompared]
