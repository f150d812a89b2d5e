"""The one exception a user of this project meets for input that cannot be used.

HeinwError                  one line: what is wrong, where, and what to do
├── ConfigError             a value that was asked for (n, seed, bins, a metadata key)
├── DatasetError            a dataset on disk that is not what its manifest says
├── PluginError             a retriever or embedder of the user's that misbehaves (hei_nw_tasks)
└── ReportError             lm_eval output that cannot be read or trusted (postprocess)
"""

from __future__ import annotations


class HeinwError(ValueError):
    """Input that cannot be used; the message is one line meant for the user's eyes."""


class ConfigError(HeinwError):
    """A setting is wrong: the message names the setting and a right value."""


class DatasetError(HeinwError):
    """A dataset folder is damaged or is not the one its manifest describes."""
