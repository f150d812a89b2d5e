"""How receipts of parcels are told in conversations: briefly, for there are many.

>>> slots = {"code": "KXM-4471", "who": "Nora Holm", "where": "Thornvale", "receipt": "52817"}
>>> spoken(Random(4), Draft("", slots, 0, 580, "target")).clause
'at 09:40 I picked up parcel KXM-4471 in Thornvale and got receipt 52817'
"""

from __future__ import annotations

from random import Random

from generators.world.dialogue import Saying, narrator
from generators.world.draws import pick
from generators.world.log import Draft
from generators.world.timestamps import CLOCK

_RECEIPTS = (
    "{who} collected parcel {code} in {where} at {clock}, receipt {receipt}",
    "at {clock} {who} picked up parcel {code} in {where} and got receipt {receipt}",
    "in {where}, {who} signed receipt {receipt} for parcel {code} at {clock}",
    "parcel {code} was handed to {whom} in {where} at {clock}, receipt {receipt}",
)


def spoken(rng: Random, draft: Draft) -> Saying:
    """A receipt, told on its day."""
    speaker, who = narrator(rng, draft.slots["who"])
    words = {**draft.slots, "who": who, "whom": "me" if speaker else who}
    clause = pick(rng, _RECEIPTS).format(clock=CLOCK[draft.minute], **words)
    return Saying(clause, speaker, brief=True)
