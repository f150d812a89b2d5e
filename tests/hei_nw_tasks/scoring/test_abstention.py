"""Which texts say that the answer is not known, or that a value was deleted."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring.abstention import says_unknown, says_unset

ABSTENTIONS = [
    *("unknown", "Unknown.", "UNKNOWN", '"unknown"', "(unknown)", " unknown\n", "the unknown"),
    *("The answer is unknown.", "Answer: unknown", "It is unknown.", "It's unknown to me."),
    *("The date is not known.", "not specified", "Not mentioned in the text.", "N/A", "n/a", "idk"),
    *("I don't know.", "I do not know", "I don’t know", "Sorry, I don't know."),
    *("I'm sorry, I don't know who that was.", "I really don't know", "We do not know."),
    *("I don't have enough information to answer.", "I do not have that information."),
    *("Cannot be determined.", "It cannot be determined from the given text."),
    *("I cannot say.", "I am unable to answer this question.", "It is impossible to say."),
    *("The text does not mention who took it.", "The log doesn't say."),
    *("There is no information about that.", "No information available", "No record of this."),
    *("Not enough information.", "Unanswerable", "I don't know. The log does not say."),
    *("According to the log, it is unknown.", "Unfortunately, the place is not recorded."),
]
NO_ABSTENTIONS = [
    *("", "   ", "...", "none", "None", "nobody", "no one", "nothing", "no", "never", "null", "?"),
    *("Café Lumen", "The port is 5433", "lol", "Unknown Pleasures", "The Unknown Soldier Square"),
    *("I don't know but perhaps Mia Sol", "I do not know however it might be Mia Sol"),
    *("I don't know, but perhaps Mia Sol", "I don't know, Mia Sol", "Unknown. Mia Sol."),
    *("It is unknown to most that it was Mia Sol", "Maybe unknown", "probably unknown", "sorry"),
    *("I know.", "It was an unknown man", "known", "unknowns", "I'm sorry.", "Answer:"),
    *(
        "No Information Desk",
        "not Mia Sol",
        "not in Quay Nine",
        "I can say it was Mia",
        "an answer",
    ),
    *("I don't think so", "unknown or Mia Sol", "According to the log, Mia Sol", "unavailable Sol"),
]


@pytest.mark.parametrize("response", ABSTENTIONS)
def test_abstentions(response: str) -> None:
    assert says_unknown(response)


@pytest.mark.parametrize("response", NO_ABSTENTIONS)
def test_no_abstentions(response: str) -> None:
    assert not says_unknown(response)


@pytest.mark.parametrize(
    ("text", "unset"),
    [
        ("unset", True),
        ("It was deleted.", True),
        ("It no longer has a rack.", True),
        ("none", True),
        ("It was not deleted.", False),
        ("K3-15", False),
        ("I don't know.", False),
    ],
)
def test_what_was_deleted_is_unset(text: str, unset: bool) -> None:
    assert says_unset(text) == unset


def test_words_of_the_question_are_no_claim() -> None:
    assert not says_unknown("unknown, the rack of waxwing-94")
    assert says_unknown("unknown, the rack of waxwing-94", {"rack", "waxwing", "94"})
