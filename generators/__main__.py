"""The dataset command: `python -m generators --scenario A --n 512 --seed 42 --out data/heinw`.

`python -m generators verify data/heinw` checks what was written and prints its certificate.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generators.certificate import certify
from generators.dataset import build
from generators.errors import ConfigError, DatasetError, HeinwError
from generators.scenarios import SCENARIOS
from generators.source import config_from, json_object
from generators.storage import folder_of, read, write

BAD_INPUT = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0; 1 if a dataset does not pass its verification; 2 if the input cannot be used.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["verify"]:
            return _verify(arguments[1:])
        return _generate(arguments)
    except HeinwError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return BAD_INPUT


def _generate(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m generators",
        description="Make a dataset of a HEI-NW scenario, or check one: verify DIR.",
    )
    parser.add_argument("--scenario", required=True, help=f"one of {', '.join(SCENARIOS)}")
    parser.add_argument("--n", type=int, default=625, help="number of questions (default: 625)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all randomness (default: 0)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        *("--metadata",),
        type=json_object,
        default={},
        metavar="JSON",
        help="more settings, as for lm_eval: '{\"confounders_ratio\": 0}'",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    options = parser.parse_args(arguments)
    settings = {"n": options.n, "seed": options.seed, **options.metadata}
    config = config_from(options.scenario, settings)
    unknown = sorted(set(settings) - set(config.settings()))
    if unknown:
        raise ConfigError(
            f"{unknown[0]!r} is no setting of scenario {options.scenario} "
            f"→ its settings are {', '.join(config.settings())}"
        )
    tables = build(options.scenario, config)
    folder = write(tables, options.out, overwrite=options.overwrite)
    print(f"{folder}: {tables.manifest.rows} questions about {tables.manifest.events} events")
    return 0


def _verify(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m generators verify", description="Check a dataset and print its certificate."
    )
    parser.add_argument("folder", type=Path, help="folder that --out wrote to")
    folder = parser.parse_args(arguments).folder
    letters = [
        letter
        for letter in SCENARIOS
        if (folder / folder_of(letter)).is_dir() or folder.name == folder_of(letter)
    ]
    if not letters:
        raise DatasetError(f"{folder}: holds no dataset → give a folder that --out wrote to")
    certificates = [certify(read(folder, letter)) for letter in letters]
    print("\n\n".join(map(str, certificates)))
    return 0 if all(certificate.passed for certificate in certificates) else 1


if __name__ == "__main__":
    sys.exit(main())
