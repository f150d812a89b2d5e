"""The recipes for memories that need a model for each event plug in, as far as that shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hei_nw_tasks.memory.calling import accepted
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.systems import made_with
from hei_nw_tasks.plugins import PluginError

RECIPES = {
    "docs.recipes.graphiti_memory:Graphiti": {"base_url": "http://127.0.0.1:9/v1", "model": "m"},
    "docs.recipes.a_mem_memory:AMem": {"model": "m"},
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_plugs_in_and_names_the_library_that_it_lacks(name: str, tmp_path: Path) -> None:
    make = made_with(name, RECIPES[name])
    memory = PluggedMemory(name, make)
    can = memory.capabilities
    assert (can.delete, can.update, can.scopes, can.reopen) == (True, False, True, True)
    asked = accepted(make().recall, {"query": "", "as_of": None, "budget": None, "k": 1})
    assert {"query", "budget"} <= set(asked)
    with pytest.raises(PluginError, match=r"No module named '(graphiti_core|agentic_memory)'"):
        memory.open("u", tmp_path, 0)
