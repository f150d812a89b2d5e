"""Every example in a docstring runs, and says what it says there."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("generators", "hei_nw_tasks", "postprocess", "testing", "benchmarks", "training")
PROMPT = re.compile(r"^\s*>>> ", re.MULTILINE)
EXAMPLES = {
    ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): count
    for package in PACKAGES
    for path in sorted((CHECKOUT / package).rglob("*.py"))
    if (count := len(PROMPT.findall(path.read_text(encoding="utf-8"))))
}


@pytest.mark.parametrize("module", EXAMPLES)
def test_all_examples_of_a_module_run(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))
    assert result.failed == 0
    # None is skipped, and none stands where doctest does not look.
    assert result.attempted == EXAMPLES[module]
