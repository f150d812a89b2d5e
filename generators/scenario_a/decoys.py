"""Other things that are done several times, beside those that a question counts.

Without them, "the number of what is done most often" would always be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from generators.scenario_a.phrasing import EVENT_TEMPLATES, event_text
from generators.scenario_a.plan import QuestionSpec
from generators.scenario_a.targets import TIMES, Cue, days_between, days_of_times
from generators.scenario_a.values import Values
from generators.world.draws import pick_many
from generators.world.log import Draft

# Decoys of each question that counts.
_DECOYS = 3


def decoys(
    rng: Random,
    values: Values,
    specs: Sequence[QuestionSpec],
    cues: Sequence[Cue],
    targets: Sequence[Draft],
) -> list[Draft]:
    """Draw events that share what a question gives, but for one slot, and are not as many.

    Raises:
        ConfigError: A word pool is used up.
    """
    found: list[Draft] = []
    for index, (spec, cue) in enumerate(zip(specs, cues, strict=True)):
        if spec.kind not in ("often", "between"):
            continue
        own = [target.day for target in targets if target.spec == index]
        first, lag = own[0], cue.as_of[0] - own[0]
        counts = rng.sample([count for count in TIMES if count != len(own)], _DECOYS)
        for count in counts:
            if spec.kind == "often":
                days = days_of_times(rng, first, lag, count)
            else:
                days = days_between(rng, first, lag)
            found += _group(rng, values, cue, days)
    return found


def _group(rng: Random, values: Values, cue: Cue, days: Sequence[int]) -> list[Draft]:
    """Events of some days that share all that a question gives but one value."""
    given = cue.given
    changed = next((slot for slot in given if slot != "action"), "action")
    shared = dict(given)
    if changed == "action" or (changed == "where" and cue.described):
        # A place with a similar name fits the description.
        shared[changed] = values.of[changed].take()
    else:
        shared[changed] = values.take_sibling(changed, given[changed])
    minutes, drawn = values.episodes(days, unique=True)
    templates = pick_many(rng, EVENT_TEMPLATES, len(days))
    return [
        Draft(event_text(slots | shared, template), slots | shared, day, minute, "distractor")
        for day, minute, slots, template in zip(days, minutes, drawn, templates, strict=True)
    ]
