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
    """`opaque_id(*parts, 0)` to `opaque_id(*parts, count - 1)`, at half the cost of each."""
    shared = hashlib.blake2b(":".join(map(str, (*parts, ""))).encode(), digest_size=8)
    ids = []
    for number in range(count):
        one = shared.copy()
        one.update(b"%d" % number)
        ids.append(one.hexdigest())
    return ids


@cache
def settings_digest(config: Config) -> str:
    """Hex digest of all settings but `n`: a longer dataset has the same worlds."""
    settings = {**config.settings(), "n": None}
    return opaque_id("settings", json.dumps(settings, sort_keys=True))
