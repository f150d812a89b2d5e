"""The audit of scenarios: draws samples, lets the adversaries loose, prints what they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generators.commands import configs_of
from generators.config import Config
from generators.errors import ConfigError, HeinwError
from generators.scenarios import scenario

if TYPE_CHECKING:
    from generators.audit.adversaries import Finding

TRAIN_SEEDS, TEST_SEEDS = 20, 4
_FIRST_LINES = (
    "| scenario | what it tells | what it reads | reached | 95% interval | limit | |",
    "|---|---|---|--:|--:|--:|---|",
)


@dataclass(frozen=True, slots=True)
class Request:
    """What `audit` is to look at.

    Attributes:
        letters: Scenarios, each once.
        settings: Settings by name, among them `n` and `seed`, the first seed to test on.
        train: Number of seeds to train the adversaries on.
        test: Number of seeds to test them on.
    """

    letters: Sequence[str]
    settings: Mapping[str, Any]
    train: int = TRAIN_SEEDS
    test: int = TEST_SEEDS


def audit(request: Request) -> int:
    """Print a Markdown table of what each adversary reaches, one scenario after the other.

    Returns:
        0 if every adversary stays within its limit, else 1.

    Raises:
        ConfigError: The settings cannot be met, or there is no seed to train or test on.
        HeinwError: scikit-learn is not installed.
    """
    if request.train < 1 or request.test < 1:
        raise ConfigError(
            f"{request.train} seeds to train on and {request.test} to test on "
            f"→ give at least one each"
        )
    configs = configs_of(request.letters, request.settings)
    try:
        import generators.audit.adversaries  # noqa: F401 (before anything is printed)
    except ImportError as error:
        raise HeinwError(
            f"the audit cannot import {error.name} → pip install 'hei-nw-tasks[audit]'"
        ) from None
    print(*_FIRST_LINES, sep="\n")
    passed = True
    for letter, config in configs.items():
        for finding in findings(letter, config, request.train, request.test):
            print(_line(letter, finding), flush=True)
            passed &= finding.passed
    return 0 if passed else 1


def findings(letter: str, config: Config, train: int, test: int) -> Iterator[Finding]:
    """What the adversaries reach on a scenario; of evidence, in stores of each size that it varies.

    Args:
        letter: The scenario.
        config: Its settings, among them the first seed to test on.
        train: Number of seeds to train on, those after the seeds of the test.
        test: Number of seeds to test on.
    """
    from generators.audit import adversaries
    from generators.audit.samples import draw

    kind, middle = scenario(letter), config.seed + test
    learnt = draw(kind, config, range(middle, middle + train))
    unseen = draw(kind, config, range(config.seed, middle))
    yield from adversaries.answerable(learnt, unseen)
    yield from adversaries.evidence(learnt, unseen)
    if any(axis.column == "store_size" for axis in kind.axes):
        for size in sorted({event.store_size for event in unseen.events}):
            for finding in adversaries.evidence(learnt.among(size), unseen.among(size)):
                yield replace(finding, adversary=f"{finding.adversary}, among {size:,} events")
    yield from adversaries.answers(learnt, unseen)


def _line(letter: str, finding: Finding) -> str:
    value, low, high = finding.reached
    return (
        f"| {letter} | {finding.goal} | {finding.adversary} | {value:.3f} "
        f"| {low:.3f} to {high:.3f} | {finding.limit:.3f} "
        f"| {'' if finding.passed else 'above its limit'} |"
    )
