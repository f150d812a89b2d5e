"""Ids of a log are all different, those of another log others, and a longer log has the same."""

from __future__ import annotations

import re

from generators.world.ids import opaque_ids


def test_many_ids_are_different_and_look_like_one_another():
    ids = opaque_ids(120, "event", "0f24")
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert len({*ids, *opaque_ids(120, "event", "0f25")}) == 240
    assert len({one[0] for one in ids}) == 16


def test_ids_are_those_of_any_smaller_count():
    assert opaque_ids(120, "event", "0f24")[:7] == opaque_ids(7, "event", "0f24")
    assert opaque_ids(0, "event") == []
