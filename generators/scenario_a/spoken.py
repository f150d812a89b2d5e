"""How episodes are told in conversations.

>>> episode = {"who": "Mara Holm", "action": "repair", "what": "copper lantern",
...            "where": "Thornvale", "when": "14 March 2023 at 09:40"}
>>> spoken(Random(14), Draft("", episode, 0, 580, "target")).clause
'today at 09:40 I repaired a copper lantern in Thornvale'
"""

from __future__ import annotations

from random import Random

from generators.scenario_a.phrasing import done_to
from generators.world.dialogue import Saying, narrator
from generators.world.draws import pick
from generators.world.log import Draft

_EPISODES = (
    "{who} {done} in {where} at {clock}",
    "at {clock} {who} {done} in {where}",
    "today at {clock} {who} {done} in {where}",
    "{who} {done} in {where} today, at {clock}",
    "in {where}, {who} {done} at {clock} today",
    "would you believe it, {who} {done} in {where} at {clock}",
)


def spoken(rng: Random, draft: Draft) -> Saying:
    """An episode, told on its day."""
    slots = draft.slots
    speaker, who = narrator(rng, slots["who"])
    clause = pick(rng, _EPISODES).format(
        who=who,
        done=done_to(slots["action"], slots["what"]),
        where=slots["where"],
        clock=slots["when"].rpartition(" ")[2],
    )
    return Saying(clause, speaker)
