from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.solving import read_date
from generators.world.timestamps import spell_date


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_spelled_date_is_read_back(day: date):
    assert read_date(spell_date(day)) == day


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="tuple"):
        read_date("14 Brumaire 2023")
