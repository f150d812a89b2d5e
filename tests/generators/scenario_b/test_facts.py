"""The facts that scenario B edits: one right answer each, and no answer that reads like another."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from itertools import permutations, product
from pathlib import Path
from typing import NamedTuple

from hei_nw_tasks.scoring.text import normalize, split_list

PATH = Path(__file__).parents[3] / "generators" / "words" / "facts.csv"

# Relations whose values are of one kind; a relation that is not named is of a kind of its own.
KINDS = {
    "person": (
        "architect",
        "author",
        "character_creator",
        "composer",
        "director",
        "founder",
        "inventor_or_discoverer",
        "painter",
        "sculptor",
        "thinker",
    ),
    "place": ("birthplace", "capital", "us_state_capital"),
    "year": ("birth_year", "event_year", "publication_year"),
}
KIND_OF = {relation: kind for kind, relations in KINDS.items() for relation in relations}

# A value of these would be taken for an ordinary word of a sentence.
COMMON_WORDS = (
    "am an and are as at be by do for from had has have he her his i if in is it its me my no not "
    "of on or our said she so that they to up us was we were with you"
)


class Fact(NamedTuple):
    relation: str
    subject: str
    value: str
    aliases: tuple[str, ...]

    @property
    def entity(self) -> tuple[str, str]:
        return KIND_OF.get(self.relation, self.relation), self.value

    @property
    def names(self) -> tuple[str, ...]:
        return self.value, *self.aliases


def read() -> list[list[str]]:
    with PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


ROWS = read()
FACTS = [
    Fact(relation, subject, value, tuple(aliases.split("|")) if aliases else ())
    for relation, subject, value, aliases in ROWS[1:]
]


@cache
def plain(text: str) -> str:
    """Normalised, and without accents and the typographic letters that have a plain form."""
    letters = unicodedata.normalize("NFKD", text.translate(str.maketrans("øØłŁ", "oOlL")))
    return normalize("".join(letter for letter in letters if not unicodedata.combining(letter)))


@cache
def tokens(text: str) -> list[str]:
    """Words of the text: the scorer's tokens, taken apart at hyphens and apostrophes as well."""
    return re.findall(r"\w+", plain(re.sub(r"[-'’/.,]", " ", text)))


def starts_with(text: str, start: str) -> bool:
    words = plain(start).split()
    return plain(text).split()[: len(words)] == words


def holds(text: str, part: str) -> bool:
    return f" {' '.join(tokens(part))} " in f" {' '.join(tokens(text))} "


def by_relation() -> dict[str, list[Fact]]:
    relations = defaultdict(list)
    for fact in FACTS:
        relations[fact.relation].append(fact)
    return relations


def test_the_file_is_plain_csv_in_order():
    text = PATH.read_bytes()
    assert text.endswith(b"\n")
    assert b"\r" not in text
    assert not text.startswith(b"\xef\xbb\xbf")
    assert ROWS[0] == ["relation", "subject", "value", "aliases"]
    assert ROWS[1:] == sorted(ROWS[1:], key=lambda row: row[:2])
    assert unicodedata.is_normalized("NFC", text.decode())


def test_cells_are_stripped_and_only_aliases_may_be_empty():
    for fact in FACTS:
        for cell in (fact.relation, fact.subject, *fact.names):
            assert cell
            assert cell == " ".join(cell.split())
            assert plain(cell)


def test_there_are_enough_facts_of_enough_relations():
    assert len(FACTS) >= 540
    relations = by_relation()
    assert len(relations) >= 20
    assert set(KIND_OF) <= set(relations)
    for relation, facts in relations.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", relation)
        assert len(facts) >= 15, relation


def test_values_of_a_relation_are_easy_to_swap():
    for relation, facts in by_relation().items():
        counts = Counter(fact.value for fact in facts)
        assert len(counts) >= 12, relation
        assert max(counts.values()) <= 0.2 * len(facts), relation


def test_relations_are_functional():
    subjects = Counter((fact.relation, plain(fact.subject)) for fact in FACTS)
    assert [subject for subject, count in subjects.items() if count > 1] == []


def test_an_entity_has_the_same_aliases_everywhere():
    aliases = defaultdict(set)
    for fact in FACTS:
        aliases[fact.entity].add(fact.aliases)
    assert [entity for entity, spelled in aliases.items() if len(spelled) > 1] == []


def test_no_alias_repeats_its_value_or_another_alias():
    for fact in FACTS:
        names = [normalize(name) for name in fact.names]
        assert len(names) == len(set(names)), fact


def test_no_name_is_the_start_or_a_part_of_another_of_its_kind():
    # "Ford" must not be short for John Ford beside Francis Ford Coppola.
    kinds = defaultdict(dict)
    for fact in FACTS:
        kinds[fact.entity[0]][fact.value] = fact.names
    for entities in kinds.values():
        for one, other in permutations(entities, 2):
            for name, part in product(entities[one], entities[other]):
                assert not starts_with(name, part), (name, part)
                assert not holds(name, part), (name, part)


def test_no_alias_is_a_name_of_another_entity_of_any_kind():
    owners = defaultdict(set)
    aliases = set()
    for fact in FACTS:
        aliases |= {plain(alias) for alias in fact.aliases}
        for name in fact.names:
            owners[plain(name)].add(fact.entity)
    assert [alias for alias in sorted(aliases) if len(owners[alias]) > 1] == []


def test_no_subject_gives_its_value_away():
    for fact in FACTS:
        for name in fact.names:
            assert not holds(fact.subject, name), fact


def test_no_place_is_named_after_its_country_or_state():
    places = ("capital", "us_state_capital", "highest_peak", "river")
    for fact in FACTS:
        if fact.relation in places:
            assert not holds(fact.value, fact.subject), fact


def test_no_value_is_a_list_or_an_ordinary_word():
    for fact in FACTS:
        for name in fact.names:
            assert split_list(name) == [name]
            assert plain(name) not in COMMON_WORDS.split(), fact


def test_values_have_the_form_of_their_kind():
    forms = {
        "year": r"1\d{3}",
        "element_symbol": r"[A-Z][a-z]?",
        "atomic_number": r"[1-9]\d{1,2}",
        "calling_code": r"\+[1-9]\d{0,2}",
        "internet_domain": r"\.[a-z]{2}",
        "airport_code": r"[A-Z]{3}",
        "person": r"[^\d_]+",
        "place": r"[^\d_]+",
    }
    for fact in FACTS:
        if pattern := forms.get(fact.entity[0]):
            assert re.fullmatch(pattern, fact.value), fact
