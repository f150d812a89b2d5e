"""What a memory's sleep cost, in a run's metrics file (modes B2 and B3)."""

from __future__ import annotations

from pydantic import Field

from postprocess.schema.parts import Estimate, Part


class Sleep(Part):
    """Sleep up to the run's cycle, on average over the moments that questions were asked at.

    Each moment has weights of its own, made from what the memory held then. A number that the
    memory does not tell for every moment and cycle is null.
    """

    moments: int
    changed: int = Field(description="Moments at which the memory changed the weights.")
    events: float = Field(description="Events that it had been told.")
    replayed: float | None = Field(description="Those that it trained on at least once.")
    learnt: float | None = Field(
        description="Share of the last cycle's own training rows that the model knew after it, by "
        "the memory's own test: what is memorised."
    )
    usable: Estimate | None = Field(
        description="Correct in B3, of the questions whose evidence was all trained on: what of it "
        "can be used. Null in B2."
    )
    seconds: float
    trained_tokens: float | None = Field(description="Tokens of training text.")
    trained_flops: float | None
    bytes: float | None = Field(description="Of the artefact; null where none was made.")
