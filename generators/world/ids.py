"""Ids that identify and tell nothing else.

>>> opaque_id("event", "a world", 3)
'ffa4ec880f6b0c2b'
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from generators.config import Config


def opaque_id(*parts: object) -> str:
    """16 hex digits of a hash over the parts; neither order nor role shows."""
    key = ":".join(map(str, parts))
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def opaque_ids(count: int, *parts: object) -> list[str]:
    """As many different ids; the first ones are those of a smaller count."""
    key = ":".join(map(str, parts))
    return hashlib.shake_128(key.encode()).digest(8 * count).hex(" ", 8).split()


@cache
def settings_digest(config: Config) -> str:
    """Hex digest of all settings but `n` and `style`: these make the same worlds."""
    settings = {**config.settings(), "n": None}
    del settings["style"]
    return opaque_id("settings", json.dumps(settings, sort_keys=True))
