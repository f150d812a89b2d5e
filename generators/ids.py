"""Ids that identify and tell nothing else.

>>> opaque_id("event", "a world", 3)
'ffa4ec880f6b0c2b'
"""

from __future__ import annotations

import hashlib
import json

from generators.config import Config


def opaque_id(*parts: object) -> str:
    """16 hex digits of a hash over the parts; neither order nor role shows."""
    key = ":".join(str(part) for part in parts)
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def settings_digest(config: Config) -> str:
    """Hex digest of all settings but `n`: a longer dataset has the same worlds."""
    settings = {**config.settings(), "n": None}
    return opaque_id("settings", json.dumps(settings, sort_keys=True))
