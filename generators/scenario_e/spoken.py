"""How the facts of transcripts are told in conversations: briefly, so that twenty of them fit.

>>> spoken(Random(1), {"who": "Nora", "thing": "box", "number": "447"})
Saying(clause='I got box 447', speaker='Nora', lasting=True, brief=True)
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from generators.world.dialogue import Saying, narrator, turn
from generators.world.draws import pick
from generators.world.filler import DATE

_FACTS = (
    "{who} got {thing} {number}",
    "today {who} got {thing} {number}",
    "today {thing} {number} went to {whom}",
)


def spoken(rng: Random, slots: Mapping[str, str]) -> Saying:
    """A fact, told on its day."""
    speaker, who = narrator(rng, slots["who"])
    words = {**slots, "who": who, "whom": "me" if speaker else who}
    return Saying(pick(rng, _FACTS).format(**words), speaker, brief=True)


def small_talk(rng: Random) -> str:
    """A turn that nobody needs to remember, with `{date}` where its date belongs."""
    return turn(rng, DATE)
