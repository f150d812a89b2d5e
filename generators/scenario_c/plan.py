"""What each world of scenario C is asked, in balanced strata.

    >>> [spec.kind for spec in plan(SettingsConfig(), 0)]  # doctest: +NORMALIZE_WHITESPACE
    ['lookup', 'reverse', 'same_key', 'override', 'update', 'beside_forgotten', 'applied', 'lookup',
     'unanswerable', 'forgotten']

A world has a setting that environments and all hosts may have too ("layered"), and one each of
hosts, projects, persons and accounts. Questions that describe their subject ask for settings of
hosts, see `scenario_c.descriptions`; they take turns with two more of those. What a world asks
about is in play: it has more than twenty values there, and what it does not ask about has none, so
that most events of a log that asks about hosts are about hosts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random

from generators.scenario_c.attributes import Attribute, attributes
from generators.scenario_c.config import SettingsConfig
from generators.scenario_c.phrasing import QUESTION_COUNT, WORDING_COUNT
from generators.world.overlap import OVERLAPS, Overlap
from generators.world.schedule import balanced_order

_SINGLE = ("host", "project", "person")
_EVERY = (*_SINGLE, "account")
# Settings of hosts that descriptions take turns with.
_HOSTS = ("host", "second of a host", "third of a host")
# "unset" is the answer of a deletion: in every third world, 4% of the answerable questions.
_LAST = ("lookup", "deletion", "update")
ANSWERABLE, UNANSWERABLE = 8, 2
# Which answerable questions of a world may describe a host. Half of all do with the setting
# "mixed": all of these but one, by turns. The others have what a host can be asked instead.
_DESCRIBABLE = (0, 3, 4, 5, 7)
_DESCRIBED_INSTEAD = {1: "lookup", 2: "update", 6: "lookup"}
# Who has a setting of a host, the one that counts first.
LEVELS = ("host", "environment", "all hosts")
# Worlds after which kinds and owners (by threes and fours) come together in the same way again.
_CYCLE = 12


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One question of a world.

    Attributes:
        kind: Query kind.
        form: How it is put: "direct", "reverse", "label" or "placement".
        attribute: The setting that it is about.
        layered: Whether environments and all hosts may have the setting too.
        lag_bin: Index of the lag bin; None if unanswerable.
        levels: Who has it, for an override: some of `LEVELS`, in their order.
        defect: What makes it unanswerable: the subject exists without the setting ("never_set",
            "never_asked", "not_inherited"), it does not exist ("made_up"), person and host exist
            apart ("recombined"), nobody has the value ("unused"), or somebody asked to forget it
            ("forgotten").
        wording: Which name the setting is given in the question; the last is the paraphrase.
        template: Number of the question's sentence.
        described: Whether the question has other words than the log for the setting and its host.
    """

    kind: str
    form: str
    attribute: Attribute
    layered: bool
    lag_bin: int | None
    levels: tuple[str, ...]
    defect: str | None
    wording: int
    template: int
    described: bool

    @property
    def cue_overlap(self) -> Overlap:
        """Whether the question has the words of the log."""
        return OVERLAPS[self.described]

    @property
    def cue_type(self) -> str:
        """Stratum of the cue: how far its name for the setting is from the one in the log."""
        if self.described:
            return "described"
        if self.wording == WORDING_COUNT - 1:
            return "paraphrase"
        return f"synonym_{self.wording}" if self.wording else "usual_name"

    @property
    def asked(self) -> str:
        """Name of the slot that is asked for."""
        if self.form == "direct":
            return self.attribute.name
        return f"{self.attribute.name} label" if self.form == "label" else self.attribute.owner


def questions_per_world(config: SettingsConfig) -> int:
    """Number of questions about one world."""
    return ANSWERABLE + UNANSWERABLE


def schedule(config: SettingsConfig, world: int) -> list[int]:
    """Order in which a world's specs are asked."""
    return balanced_order(_strata, config.unseeded(), config.seed, world)


def _strata(config: SettingsConfig, world: int) -> list[int | None]:
    return [spec.lag_bin for spec in plan(config, world)]


def _settings(config: SettingsConfig, world: int) -> dict[str, Attribute]:
    """What a world may ask about: a layered setting, and some of each kind of owner."""
    chosen = {"layered": _turn(config, "layered", world)}
    chosen |= {owner: _turn(config, owner, world) for owner in _EVERY}
    turns = (_turn(config, "host", turn) for turn in range(world, world + len(_HOSTS) + 1))
    hosts = [attribute for attribute in turns if attribute != chosen["layered"]]
    return chosen | dict(zip(_HOSTS, hosts, strict=False))


def _turn(config: SettingsConfig, group: str, world: int) -> Attribute:
    ordered = _ordered(config.seed, group)
    # One more from round to round, so that no setting is always asked in the same way.
    return ordered[(world + world // len(ordered)) % len(ordered)]


@cache
def _ordered(seed: int, group: str) -> list[Attribute]:
    found = [
        a for a in attributes().values() if (a.layered if group == "layered" else a.owner == group)
    ]
    Random(f"C:{seed}:attributes:{group}").shuffle(found)
    return found


def plan(config: SettingsConfig, world: int) -> list[QuestionSpec]:
    """The specs of one world; a function of the seed and the world's number alone."""
    settings = _settings(config, world)
    rng = Random(f"C:{config.seed}:{world}:plan")
    last = _LAST[world % 3]
    last_owners = _EVERY if last != "lookup" else _SINGLE
    asked = (
        ("lookup", _SINGLE[world % 3]),
        ("reverse", _SINGLE[(world + 2) % 3]),
        ("same_key", "account"),
        ("override", "layered"),
        ("update", _EVERY[world % 4]),
        ("beside_forgotten", _SINGLE[(world + 1) % 3]),
        ("applied", "host"),
        (last, last_owners[world // 3 % len(last_owners)]),
    )
    described = _described(config, world)
    specs: list[QuestionSpec] = []
    for rank, (kind, owner) in enumerate(asked):
        if rank in described:
            kind = _DESCRIBED_INSTEAD.get(rank, kind)
            owner = owner if owner == "layered" else _HOSTS[(rank + world) % len(_HOSTS)]
        form, attribute = "reverse" if kind == "reverse" else "direct", settings[owner]
        if kind == "applied":
            form, attribute = _application(settings, world)
        specs.append(
            QuestionSpec(
                kind=kind,
                form=form,
                attribute=attribute,
                layered=owner == "layered",
                # Each world meets all bins; each kind of question moves on from world to world.
                lag_bin=(rank + 1 + world + world // _CYCLE) % len(config.bins),
                levels=LEVELS[world % len(LEVELS) :] if kind == "override" else (),
                defect=None,
                # A world has two questions more than there are wordings: these move on by two.
                wording=(
                    WORDING_COUNT - 1
                    if rank in described
                    else (rank + 2 * world + world // 3) % WORDING_COUNT
                ),
                template=rng.randrange(QUESTION_COUNT),
                described=rank in described,
            )
        )
    # An unanswerable question asks like one that has an answer, so that how it asks gives nothing
    # away.
    like, like_forgotten = _models(rng, specs)
    specs.append(_unanswerable(rng, like, "unanswerable", _defect(rng, like)))
    specs.append(_unanswerable(rng, like_forgotten, "forgotten", "forgotten"))
    if any(spec.layered for spec in specs[ANSWERABLE:]):
        # What all hosts have would answer it.
        specs = [
            replace(spec, levels=spec.levels[:-1] or LEVELS[:-1]) if spec.levels else spec
            for spec in specs
        ]
    return specs


def _described(config: SettingsConfig, world: int) -> frozenset[int]:
    """Which answerable questions of a world describe what they ask about."""
    if config.cue_overlap != "mixed":
        return frozenset(range(ANSWERABLE) if config.cue_overlap == "semantic" else ())
    turn = (world + world // len(_DESCRIBABLE)) % len(_DESCRIBABLE)
    return frozenset(_DESCRIBABLE) - {_DESCRIBABLE[turn]}


def _models(rng: Random, specs: list[QuestionSpec]) -> list[QuestionSpec]:
    """What the unanswerable questions are like: one of each overlap if a world has both."""
    described = [spec for spec in specs if spec.described]
    others = [spec for spec in specs if not spec.described]
    if described and others:
        return rng.sample([rng.choice(described), rng.choice(others)], UNANSWERABLE)
    return rng.sample(specs, UNANSWERABLE)


def _application(settings: dict[str, Attribute], world: int) -> tuple[str, Attribute]:
    """Labels and placements by turns; a label where a setting of the world can be in one."""
    if world % 2:
        for owner in ("host", "project"):
            if settings[owner].label:
                return "label", settings[owner]
    return "placement", settings["host"]


def _defect(rng: Random, like: QuestionSpec) -> str:
    """What can be wrong with a question of the form of another."""
    if like.layered:
        return "not_inherited"
    if like.form == "reverse":
        return "unused"
    if like.form == "placement":
        return "never_asked"
    if like.attribute.owner == "account":
        return "recombined"
    return rng.choice(("never_set", "made_up"))


def _unanswerable(rng: Random, like: QuestionSpec, kind: str, defect: str) -> QuestionSpec:
    """A question that has no answer, of the same form and about the same setting as another."""
    return replace(
        like,
        kind=kind,
        lag_bin=None,
        levels=(),
        defect=defect,
        wording=like.wording if like.described else rng.randrange(WORDING_COUNT),
        template=rng.randrange(QUESTION_COUNT),
    )
