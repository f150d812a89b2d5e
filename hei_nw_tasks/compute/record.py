"""The compute record: what one answer cost, every entry of `COSTS` always there.

    {"prompt_tokens": 243, "generated_tokens": 4, …, "peak_memory_bytes": null,
     "basis": {"prompt_tokens": "measured", "total_flops": "estimated", …},
     "missing": {"peak_memory_bytes": "measured on CUDA devices only"}}

Tokens, FLOPs and cache bytes are those of the answer computed alone, without padding and without
sharing, so they depend neither on the batch size nor on the number of processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    StrictFloat,
    StrictInt,
    model_serializer,
    model_validator,
)

from hei_nw_tasks.compute.costs import COSTS

Basis = Literal["measured", "estimated"]


class CostValue(BaseModel):
    """The value of one cost, or why there is none.

    >>> measured(243)
    CostValue(value=243, basis='measured', reason=None)
    >>> unknown("measured on CUDA devices only").reason
    'measured on CUDA devices only'

    Attributes:
        value: In the unit of its entry in `COSTS`; None if unknown.
        basis: Whether a known value was measured or estimated by a formula.
        reason: Why the value is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: StrictInt | StrictFloat | None = None
    basis: Basis | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _known_or_explained(self) -> CostValue:
        known = self.value is not None
        if known != (self.basis is not None) or known != (self.reason is None):
            raise ValueError("a known cost has a basis, any other has a reason")
        return self


Costs: TypeAlias = dict[str, CostValue]


def measured(value: float) -> CostValue:
    """A cost that was measured."""
    return CostValue(value=value, basis="measured")


def estimated(value: float) -> CostValue:
    """A cost that follows from a formula."""
    return CostValue(value=value, basis="estimated")


def unknown(reason: str) -> CostValue:
    """A cost that is not known, and why."""
    return CostValue(reason=reason)


def all_unknown(reason: str) -> Costs:
    """Every cost, unknown for one reason."""
    return dict.fromkeys(COSTS, unknown(reason))


class ComputeRecord(BaseModel):
    """What one answer cost.

    >>> record = ComputeRecord(costs=all_unknown("not run") | {"prompt_tokens": measured(243)})
    >>> record.value("prompt_tokens"), record.value("total_flops")
    (243, None)
    >>> ComputeRecord.model_validate(record.model_dump()) == record
    True

    Attributes:
        costs: One value for each entry of `COSTS`. JSON has the flat shape of the module docstring.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    costs: Costs

    def value(self, name: str) -> float | None:
        """The value of a cost; None if unknown."""
        return self.costs[name].value

    @model_validator(mode="before")
    @classmethod
    def _from_json(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "costs" in given:
            return given
        values = dict(given)
        basis, missing = values.pop("basis", None), values.pop("missing", None)
        if not isinstance(basis, Mapping) or not isinstance(missing, Mapping):
            raise ValueError("has no basis of what is known, or no reasons for what is missing")
        if {*basis, *missing} - {*values}:
            raise ValueError("basis or missing names what is no cost")
        return {
            "costs": {
                name: {"value": value, "basis": basis.get(name), "reason": missing.get(name)}
                for name, value in values.items()
            }
        }

    @model_validator(mode="after")
    def _has_every_cost(self) -> ComputeRecord:
        if self.costs.keys() != COSTS.keys():
            odd = ", ".join(sorted(self.costs.keys() ^ COSTS.keys()))
            raise ValueError(f"has to have each cost and nothing else, differs in {odd}")
        for name, cost in COSTS.items():
            if cost.whole and isinstance(self.costs[name].value, float):
                raise ValueError(f"{name} is no whole number")
        return self

    @model_serializer
    def _to_json(self) -> dict[str, Any]:
        values = {name: self.costs[name] for name in COSTS}
        return {
            **{name: cost.value for name, cost in values.items()},
            "basis": {name: cost.basis for name, cost in values.items() if cost.basis is not None},
            "missing": {
                name: cost.reason for name, cost in values.items() if cost.reason is not None
            },
        }
