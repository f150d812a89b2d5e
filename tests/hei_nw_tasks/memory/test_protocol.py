"""The protocol's own example works as it stands there."""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks.memory import protocol
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Memory, Usage
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.stores import Store
from tests.hei_nw_tasks.memory.worlds import made_world


def test_the_smallest_memory_is_the_one_in_the_docstring(tmp_path: Path):
    indented = (protocol.__doc__ or "").partition("    class Notebook")[2].partition("\n\nEach")[0]
    names: dict[str, Any] = {}
    exec(textwrap.dedent("    class Notebook" + indented), names)
    world = made_world(["One.", "Two.", "Three."], 3)
    store = Store("w", world.events, world.questions)
    make = names["Notebook"]
    (made,) = replay([store], lambda known: PluggedMemory("m", make, 9, known), tmp_path, Budget(2))
    assert [item.text for item in made.recalled["q"].items] == ["Two.", "Three."]
    assert not any(made.capabilities[name] for name in made.capabilities if name != "ranked")


def test_what_is_uncounted_in_one_part_is_unknown_in_the_sum():
    assert Usage(1, 20, 3.0) + Usage(2, 5, 0.5) == Usage(3, 25, 3.5)
    assert Usage(1, None, 3.0) + Usage(2, 5) == Usage(3)


def test_every_capability_that_is_found_by_looking_is_none_until_then():
    looked_for = {"delete", "update", "scopes", "reopen", "provenance", "gate", "consolidate"}
    assert {n for n, v in inspect.getmembers(Capabilities()) if v is None} == looked_for


@pytest.mark.parametrize("name", [n for n in vars(Memory) if not n.startswith("_")])
def test_every_method_of_a_memory_says_what_it_does(name: str):
    assert inspect.getdoc(getattr(Memory, name))
