"""Tells events as turns of conversations, for the setting `style` = "dialogue".

    >>> saying = Saying("my seat is 12K", "Ada Holm")
    >>> turn(Random(24), "14 March 2023", saying)
    '[14 March 2023] Ada Holm: Please remember this: my seat is 12K.'
    >>> turn(Random(25), "14 March 2023", saying)
    '[14 March 2023] Mum: What did we miss? / Ada Holm: My seat is 12K.'
    >>> turn(Random(14), "14 March 2023")
    "[14 March 2023] Landlady: Not another word about someone's cooking, please."

An event is one line: a turn, or a question and the turn that answers it, ` / ` between them.
Whoever a fact is about may state it in the first person; all others are known by a single word that
is no value of any scenario. What lasts is mentioned in passing or comes with a wish that it be
remembered; which of the two is drawn, like all the words around it, without regard to what
questions need.

A scenario says what an event states (`Saying`); what is around it, and small talk, comes from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from generators.config import Style
from generators.world.draws import pick
from generators.world.log import Draft
from generators.world.pools import pools
from generators.world.timestamps import calendar

SPEAKERS = (
    *("Mum", "Dad", "Grandma", "Grandad", "Auntie", "Flatmate", "Neighbour", "Colleague"),
    *("Caretaker", "Landlady", "Trainee", "Housemate"),
)
# Every lead ends with a comma or a colon, so that a reader can tell it from what follows, and no
# lead says "I".
_LEADS = (
    *("By the way, ", "Oh, by the way, ", "Since we are talking, ", "Just so you know, "),
    *("News from here: ", "In other news, ", "One more thing: ", "Small thing: "),
    "Anyway, ",
)
_ASKING_LEADS = (
    *("Please remember this: ", "Keep this in mind for me: ", "Make a note of this, please: "),
    *("One thing to remember: ", "Worth remembering: ", "Please keep this somewhere safe: "),
)
_ASKING = (
    *("Please remember that.", "Remind me of that if I ever ask.", "Make a note of it, please."),
    *("That one is worth keeping.", "You will want to know that one day.", "Keep that in mind."),
)
_QUESTIONS = (
    *("Anything new?", "What else is new?", "Any news today?", "What did we miss?"),
    *("Anything that we should know?", "So, what happened?", "Did anything happen today?"),
)
_OPENERS = (
    *("Morning, all.", "Hello again.", "Hi, everyone.", "Hello, you lot.", "Me again."),
    *("Sorry for the long silence.", "Back at last.", "Thanks for the nice message."),
    *("Finally a quiet minute.", "Long time no hear.", "Just catching up here."),
    "Good to hear from you.",
)
_REMARKS = (
    *("Everyone here keeps talking about {topic}.", "Nobody talks about anything but {topic}."),
    *("We had quite a chat about {topic}.", "Enough about {topic} for one day."),
    *("What do you make of {topic}?", "Can we talk about {topic} for a change?"),
    *("My whole morning was about {topic}.", "Not another word about {topic}, please."),
    *("There was a long discussion about {topic} here.", "Did you also hear about {topic}?"),
    *("Some people only ever talk about {topic}.", "We really must talk about {topic} again."),
    *("{who} {did} {topic} today.", "{who} {did} {topic}, of all things."),
    *("{who} {did} {topic} again.", "{who} {did} {topic}, as usual."),
)
_CLOSERS = (
    *("How are you all?", "More later.", "Talk soon.", "Got to run.", "Hugs from here."),
    *("Call me when you can.", "Say hello to everyone.", "See you soon.", "Sleep well, all."),
    *("Fingers crossed.", "Never a dull moment.", "Let me know how you are."),
)
_TURNS = " / "

_FIRST_PERSON = 0.75


class Saying(NamedTuple):
    """What an event states, as somebody says it.

    Attributes:
        clause: The statement, from a small letter on unless it begins with a name, and without
            its full stop.
        speaker: Who says it, in the first person; None for any of `SPEAKERS`.
        lasting: Whether the speaker may wish that it be remembered.
        brief: Whether it stands without small talk.
    """

    clause: str
    speaker: str | None = None
    lasting: bool = True
    brief: bool = False


def retell(
    style: Style,
    stream: str,
    first_day: date,
    drafts: Sequence[Draft],
    say: Callable[[Random, Draft], Saying],
) -> None:
    """Put the drafts of a world into the words of its style, after all else has been drawn.

    Args:
        style: The setting; "log" leaves the drafts as they are.
        stream: Name of the world's random stream; dialogues draw from one beside it.
        first_day: Calendar date of day 0.
        drafts: The drafts; their texts are changed. Those without slots become small talk.
        say: What each of the others states.
    """
    if style == "log":
        return
    rng = Random(f"{stream}:dialogue")
    days = calendar(first_day, max(draft.day for draft in drafts) + 1).spelled
    for draft in drafts:
        draft.text = turn(rng, days[draft.day], say(rng, draft) if draft.slots else None)


def turn(rng: Random, day: str, saying: Saying | None = None) -> str:
    """One line of a conversation: a statement and what is around it, or small talk alone."""
    if saying is None:
        return f"[{day}] {pick(rng, SPEAKERS)}: {small_talk(rng)}"
    manner = pick(rng, ("passing", "answer", *(("lead", "wish") if saying.lasting else ())))
    lead = {"passing": _LEADS, "lead": _ASKING_LEADS}.get(manner)
    said = f"{pick(rng, lead) if lead else ''}{saying.clause}."
    words = [said[0].upper() + said[1:]]
    if manner == "wish":
        words.append(pick(rng, _ASKING))
    if not saying.brief and (around := pick(rng, ("", "before", "after"))):
        # An answer comes first.
        first = around == "before" and manner != "answer"
        words = [*_remarks(rng), *words] if first else [*words, *_remarks(rng)]
    asker, other = rng.sample(SPEAKERS, 2)
    asked = f"{asker}: {pick(rng, _QUESTIONS)}{_TURNS}" if manner == "answer" else ""
    return f"[{day}] {asked}{saying.speaker or other}: {' '.join(words)}"


def narrator(rng: Random, person: str) -> tuple[str | None, str]:
    """Who speaks of a person, and what the person is called then: "I" in three of four cases."""
    return (person, "I") if rng.random() < _FIRST_PERSON else (None, person)


def small_talk(rng: Random) -> str:
    """One to four sentences that name nobody and nothing, of at least one topic."""
    openers, closers = rng.random() < 0.5, rng.random() < 0.5
    words = [pick(rng, _OPENERS)] if openers else []
    words += _remarks(rng, pick(rng, (1, 1, 2)))
    return " ".join([*words, pick(rng, _CLOSERS)] if closers else words)


def _remarks(rng: Random, count: int = 1) -> list[str]:
    who, did, topics = pools().chatter
    said = zip(rng.sample(_REMARKS, count), rng.sample(topics, count), strict=True)
    return [
        remark.format(who=pick(rng, who), did=pick(rng, did), topic=topic) for remark, topic in said
    ]
