"""The setting `cue_overlap`: whether a question shares words with its evidence."""

from __future__ import annotations

from typing import Literal, get_args

from generators.config import Config

Overlap = Literal["lexical", "semantic"]
OVERLAPS: tuple[Overlap, ...] = get_args(Overlap)


Setting = Literal["lexical", "semantic", "mixed"]


class OverlapConfig(Config):
    """Settings of a scenario whose questions may avoid the words of the log.

    Attributes:
        cue_overlap: "lexical" cues have the words of the log; "semantic" ones say the same in other
            words, so that a question shares no content word with its evidence; "mixed" is half
            and half.
    """

    cue_overlap: Setting = "mixed"


def is_described(setting: Setting, turn: bool) -> bool:
    """Whether a question says in other words what it gives.

    Args:
        setting: The setting `cue_overlap`.
        turn: Whether it would be its turn if the setting is "mixed".
    """
    return turn if setting == "mixed" else setting == "semantic"
