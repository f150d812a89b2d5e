"""What values mean, and where a text names them."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring.clock import clock_times
from hei_nw_tasks.scoring.mentions import find_mentions, values_of
from hei_nw_tasks.scoring.number_words import with_digits
from hei_nw_tasks.scoring.values import fold, value_of, without_thousands

SAME = [
    ("16:44", "4:44 PM"),
    ("00:26", "12:26 AM"),
    ("08:16", "8:16"),
    ("72943", "72,943"),
    ("1200000", "1 200 000"),
    ("7589 ms", "7.589 s"),
    ("9687 MB", "9687MB"),
    ("9687 MB", "9687 megabytes"),
    ("K3-15", "k3–15"),
    ("K3-15", "K3‑15"),
    ("Besançon", "BESANCON"),
    ("Café Lumen", "Cafe\u0301 Lumen"),
    ("Jørn Utzon", "Jorn Utzon"),
    ("Ann-Marie Sol", "Ann Marie  Sol"),
    ("the Café Lumen", "Café Lumen"),
    ("４２", "42"),
    ("٤٢", "42"),
]
OTHER = [
    ("16:44", "4:44"), ("15433", "5433"), ("7589 ms", "7589 s"), ("K3-15", "K31-5"),
    ("Oslo", "Osl"), ("Bi", "In"), ("+66", "+6"), ("10:29", "10:30"), ("5433", "54.33"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_value_are_equal(one: str, other: str) -> None:
    assert value_of(one) == value_of(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_values_are_not(one: str, other: str) -> None:
    assert value_of(one) != value_of(other)


@pytest.mark.parametrize("text", ["", " ", "…", "!?", "“”"])
def test_punctuation_is_no_value(text: str) -> None:
    assert value_of(text) is None


#  value        texts that name it             texts that name another
NAMED = [
    ("10:29", ["10:29.", "at 10:29:00", "10.29 h"], ["10:29:29", "110:29", "10:290", "12.10.2910"]),
    ("5433", ["host:5433", "5433/tcp", "(5433)", "#5433"],
     ["15433", "54330", "5433-b", "5433.5", "-5433", "x5433", "1,5433", "10:5433"]),
    ("433", ["433,"], ["15,433", "433,100"]),
    ("1821", ["in 1821", "1821."], ["on 3 May 1821", "1821-05-03"]),
    ("K3-15", ["rack K3-15;", "K3 15"], ["K3-15-b", "K3-150", "AK3-15", "K3-15.2", "K3-15/2"]),
    ("/srv/jade/kettle", ["in /srv/jade/kettle/", "`/srv/jade/kettle`"],
     ["/srv/jade/kettle/old", "/srv/jade", "/srv/jade/kettles"]),
    ("sorlena.313.lan", ["sorlena.313.lan."], ["sorlena.313.lan.x", "a.sorlena.313.lan"]),
    (".is", ["ends in .is", ".is"], ["it is", "This is."]),
    ("+66", ["66", "+66", "0066"], ["+666", "166", "+66.5"]),
    ("As", ["It is As.", '"As"', "As"], ["As far as I know", "Such as Asbestos"]),
    ("Marie", ["Marie's", "Marie."], ["Ann-Marie", "Maries", "O'Marie"]),
    ("P. L. Travers", ["P.L. Travers", "p. l. travers"], ["P. Travers"]),
    ("Mia Sol", ["Mia Sol", "Mia-Sol"], ["Miami. Sol", "Mia, Sol", "Mia\nSol"]),
    ("Cyrus the Great", ["Cyrus the Great", "cyrus great"], ["Cyrus"]),
    ("rand", ["the rands", "rand"], ["brand", "random"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "named", "others"), NAMED)
def test_a_longer_value_is_another(value: str, named: list[str], others: list[str]) -> None:
    def names(text: str) -> bool:
        wanted = values_of([value])
        found = find_mentions(without_thousands(fold(text)), wanted)
        return {mention.value for mention in found} >= wanted

    assert [text for text in named if not names(text)] == []
    assert [text for text in others if names(text)] == []


def test_a_date_names_a_year_where_years_are_asked_for() -> None:
    (year,) = values_of(["1821"])
    for text in ("30 January 1821", "January 30, 1821", "1821-01-30", "30.1.1821"):
        assert [m.value for m in find_mentions(text, [year], years_in_dates=True)] == [year]


def test_the_longest_value_is_named() -> None:
    known = values_of(["Lumen", "Café Lumen"])
    named = find_mentions(fold("Café Lumen, Lumen"), known)
    assert [m.value and m.value.text for m in named] == ["Cafe Lumen", "Lumen"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("half past 4 PM", 990),
        ("a quarter to five in the afternoon", 1005),
        ("8 minutes past 8", 488),
        ("noon", 720),
        ("midnight", 0),
        ("1644 hours", 1004),
        ("0816", 496),
        ("16h44", 1004),
        ("2018-11-26T16:44:00Z", 1004),
        ("9 at night", 1260),
    ],
)
def test_times_are_read_in_many_forms(text: str, minutes: int) -> None:
    assert [found for found, _, _ in clock_times(text)] == [minutes]


@pytest.mark.parametrize("text", ["in 2018.", "13.05.2018", "1:5", "25:99 x", "route 66", "4"])
def test_what_is_no_time(text: str) -> None:
    assert [found for found, _, _ in clock_times(text) if found >= 0] == []


def test_numbers_in_words() -> None:
    assert with_digits("forty-eight thousand two hundred and thirteen") == "48213"
    assert with_digits("one two three of one hundred") == "one two three of 100"
    assert with_digits("twenty " * 50).split() == ["twenty"] * 50
