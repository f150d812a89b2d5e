"""Ids of a log are those that each of its places has by itself."""

from __future__ import annotations

from generators.ids import opaque_id, opaque_ids


def test_many_ids_are_the_ids_one_by_one():
    assert opaque_ids(120, "event", "0f24") == [opaque_id("event", "0f24", i) for i in range(120)]
    assert opaque_ids(0, "event") == []
