"""The modes of the HEI-NW plan, and what each will mean.

B0 is the model alone and works today. B1 to B3 need a memory system, which this milestone does not
have: they end with exit code 64 and the text below, never with a number.
"""

from __future__ import annotations

MODES = ("B0", "B1", "B2", "B3")
# The exit code EX_USAGE of BSD's sysexits.
UNSUPPORTED = 64

MODES_HELP = """\
mode {mode} needs a memory system, and this version brings none.

  B0  the base model alone, with or without a baseline in its prompt   works today
  B1  the base model with an episodic store that writes and recalls    later milestone
  B2  B1, with recalls replayed for consolidation                      later milestone
  B3  the consolidated weights, with the store switched off            later milestone

Run --mode B0 for the numbers that any of them has to beat."""


def unsupported(mode: str) -> str:
    """The message for a mode other than B0."""
    return MODES_HELP.format(mode=mode)
