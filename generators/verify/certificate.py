"""Verifies a dataset and certifies the result.

>>> from generators.datasets.source import config_from
>>> from generators.datasets.tables import build
>>> certificate = certify(build("A", config_from("A", {"n": 20})))
>>> certificate.passed, certificate.findings.violations["ambiguous"]
(True, 0)
"""

from __future__ import annotations

from dataclasses import dataclass

from generators.console import visible
from generators.datasets.tables import Manifest, Tables
from generators.errors import DatasetError
from generators.scenarios import scenario
from generators.verify import balance
from generators.verify.accumulating import Proof
from generators.verify.adversaries import CHANCE, Score
from generators.verify.proofs import CHECKS
from generators.verify.remaking import doubt
from generators.world.schedule import MAX_STRIDE


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in the rows of a proven dataset.

    Attributes:
        answerable: Number of answerable questions.
        violations: Number of violations by name of the check; every check is named.
        adversaries: Scores of the strategies that do not read the cue.
        prefix_imbalance: See `generators.verify.balance`; None below 64 questions.
        longest_wait: See `generators.verify.balance`; None if some process never meets a stratum.
    """

    answerable: int
    violations: dict[str, int]
    adversaries: list[Score]
    prefix_imbalance: float | None
    longest_wait: int | None

    @property
    def passed(self) -> bool:
        """Whether nothing was found against the dataset."""
        return not any(self.violations.values()) and all(s.passed for s in self.adversaries)

    def lines(self) -> list[str]:
        """The findings as lines of plain text."""
        return [
            f"  first {balance.PREFIX}      strata and cue types within "
            f"{_number(self.prefix_imbalance)} questions of even",
            f"  strides       each to {MAX_STRIDE} meets all strata "
            f"within {_number(self.longest_wait)} documents",
            "  violations    " + ", ".join(f"{name} {n}" for name, n in self.violations.items()),
            f"  adversaries   exact on answerable; floor: {CHANCE:.0%} and what luck may add",
            *(
                f"    {score.name:<16}{score.accuracy:8.2%}  floor {score.floor:.2%}"
                f"{'' if score.passed else '  ABOVE ITS FLOOR'}"
                for score in self.adversaries
            ),
        ]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The result of a verification.

    Attributes:
        manifest: Identity of the dataset.
        doubt: Why it is not proven that the rows are those of the manifest; None if it is.
        findings: What was found in the rows. None if there is a doubt: then they are anybody's.
    """

    manifest: Manifest
    doubt: str | None
    findings: Findings | None

    @property
    def passed(self) -> bool:
        """Whether the dataset is proven, and nothing was found against it."""
        return self.findings is not None and self.findings.passed

    def __str__(self) -> str:
        """The certificate as plain text."""
        made = self.manifest
        settings = ", ".join(f"{name}={value}" for name, value in made.config.settings().items())
        known = f", of them {self.findings.answerable} answerable" if self.findings else ""
        lines = [
            f"Certificate of heinw_{made.scenario}: {self._verdict}",
            f"  settings      {settings}",
            f"  generator     {made.generator_version}, pools {made.pools_sha256[:12]}",
            f"  questions     {made.rows}{known}",
            f"                sha256 {made.rows_sha256}",
            f"  events        {made.events}",
            f"                sha256 {made.events_sha256}",
            f"  made again    {f'NO: {self.doubt}' if self.doubt else 'yes, the same bytes'}",
            *(self.findings.lines() if self.findings else []),
        ]
        return "\n".join(map(visible, lines))

    @property
    def _verdict(self) -> str:
        if self.doubt:
            return "NOT PROVEN"
        return "passed" if self.passed else "FAILED"


class FailedError(DatasetError):
    """A dataset does not pass its verification.

    Attributes:
        certificate: What was found.
    """

    def __init__(self, certificate: Certificate) -> None:
        super().__init__(f"heinw_{certificate.manifest.scenario}: fails its verification")
        self.certificate = certificate


def certify(tables: Tables) -> Certificate:
    """Make a dataset again, check every row by brute force, and score the adversaries."""
    if reason := doubt(tables):
        return Certificate(tables.manifest, reason, None)
    proof = Proof()
    for world in tables.worlds:
        proof.add(scenario(tables.manifest.scenario), tables.manifest.config, world)
    return certified(tables.manifest, proof)


def certified(manifest: Manifest, proof: Proof) -> Certificate:
    """The certificate of a dataset whose worlds are proven, all together or part by part."""
    if proof.doubt:
        return Certificate(manifest, proof.doubt, None)
    names = proof.strata
    findings = Findings(
        answerable=proof.tally.answerable,
        violations={name: proof.violations[name] for name in CHECKS},
        adversaries=proof.tally.scores(),
        prefix_imbalance=(
            balance.prefix_imbalance(names, proof.cue_types)
            if len(names) >= balance.PREFIX
            else None
        ),
        longest_wait=balance.longest_wait(names),
    )
    return Certificate(manifest, None, findings)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
