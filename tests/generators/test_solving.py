from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.scenarios import scenario
from generators.solving import plain, read_date
from generators.world.timestamps import spell_date


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_spelled_date_is_read_back(day: date):
    assert read_date(spell_date(day)) == day


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="tuple"):
        read_date("14 Brumaire 2023")


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("On 14 March 2023, all is well.", "On 14 March 2023, all is well."),
        ("[2 May 2022] Mum: We met Ada.", "2 May 2022: We met Ada."),
        (
            "[2 May 2022] Ada: I got it. Ask me: my box.",
            "2 May 2022: Ada got it. Ask Ada: Ada's box.",
        ),
        ("[2 May 2022] Mum: And I? / Ada Holm: I won.", "2 May 2022: And Mum? Ada Holm won."),
        ("[2 May 2022] Mum: It is Ivy's, in time.", "2 May 2022: It is Ivy's, in time."),
    ],
)
def test_i_is_whoever_speaks(line: str, read: str):
    assert plain(line) == read


@pytest.mark.parametrize(
    ("letter", "said", "query", "values"),
    [
        (
            "A",
            "Ivo Frost: Just so you know, today at 09:40 I repaired a copper lantern in Thornvale.",
            "At what exact time did Ivo Frost deal with the copper lantern?",
            ["09:40"],
        ),
        (
            "A",
            "Mum: Any news? / Ivo Frost: In Thornvale, I repaired a copper lantern at 09:40 today.",
            "Who repaired something in Thornvale?",
            ["Ivo Frost"],
        ),
        (
            "B",
            "Mum: Well, the record was corrected today, and from 2 March 2023 on the capital of "
            "Peru is Oslo. I heard it at work.",
            "What is the capital of Peru?",
            ["Oslo"],
        ),
        (
            "B",
            "Mum: Nobody could confirm it, but the capital of Peru is Oslo from 2 March 2023 on.",
            "What is the capital of Peru?",
            ["Lima"],
        ),
        (
            "C",
            "Mum: Well? / Ivo Frost: I changed my mind, my seat is now 12K. Sorry for that, all.",
            "Name the flight seat of Ivo Frost.",
            ["12K"],
        ),
        (
            "C",
            "Ivo Frost: One more thing: from today on, 12K is my seat instead.",
            "12K is the seat of which person?",
            ["Ivo Frost"],
        ),
        (
            "D",
            "Mum: What a day. Parcel KXM-4471 was handed to Ada Holm in Elm at 09:40, receipt 51.",
            "Who collected parcel KXM-4471?",
            ["Ada Holm"],
        ),
        (
            "D",
            "Mum: Anything new? / Ada Holm: Parcel KXM-4471 was handed to me in Elm at 09:40, "
            "receipt 51. Please remember that.",
            "Who collected parcel KXM-4471?",
            ["Ada Holm"],
        ),
        (
            "E",
            "Mum: Did I ask? / Ada: Today box 447 went to me.",
            "Who was it that got box 447?",
            ["Ada"],
        ),
        ("E", "Ada: By the way, I got box 447.", "What is the number of Ada's box?", ["447"]),
    ],
)
def test_solvers_read_conversations(letter: str, said: str, query: str, values: list[str]):
    solver = scenario(letter).solver([f"[14 March 2023] {said}"])
    assert solver.solve(query, 1).values == values
