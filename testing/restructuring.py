"""Ways to damage a JSON file so that it still parses: keys, types, numbers, rows.

A results file is one JSON document, a samples file has one on each line.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from testing.damage import Damage

OTHER_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 0.5, 1e308, -1e308, 10**17, "", "x", "all", "nan", "inf"),
    *("1e999", [], [[]], {}, [None], {"": None}, "a" * 3000, "{{x}}", "\n", "\u2028"),
)


Place = tuple[Any, Any]  # a dict and one of its keys, or a list and one of its indices


def _places(value: Any) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _load(raw: bytes) -> list[Any]:
    if raw.startswith(b"{\n"):
        return [json.loads(raw)]
    return [json.loads(line) for line in raw.split(b"\n") if line]


def _save(documents: list[Any], raw: bytes) -> bytes:
    indent = 2 if raw.startswith(b"{\n") else None
    texts = (json.dumps(one, indent=indent, ensure_ascii=False) for one in documents)
    return "".join(f"{text}\n" for text in texts).encode()


def structural(change: Callable[[random.Random, list[Any]], None]) -> Damage:
    """Turn a change of a file's documents into a change of its bytes."""

    def damaged(rng: random.Random, raw: bytes) -> bytes:
        documents = _load(raw)
        change(rng, documents)
        return _save(documents, raw)

    return damaged


def _place(rng: random.Random, documents: list[Any]) -> Place:
    return rng.choice(list(_places(rng.choice(documents) if len(documents) > 1 else documents[0])))


def remove_one(rng: random.Random, documents: list[Any]) -> None:
    """Remove a key or an element."""
    parent, key = _place(rng, documents)
    del parent[key]


def retype_one(rng: random.Random, documents: list[Any]) -> None:
    """Replace a value, often by one of another type."""
    parent, key = _place(rng, documents)
    parent[key] = rng.choice(OTHER_VALUES)


def recount_one(rng: random.Random, documents: list[Any]) -> None:
    """Change a number."""
    document = rng.choice(documents)
    numbers = [(p, k) for p, k in _places(document) if isinstance(p[k], int | float)]
    parent, key = rng.choice(numbers)
    old = parent[key]
    parent[key] = rng.choice((old + 1, old - 1, old * 10, -old, old / 2, old + 1e-7, 1 - old))


def rename_one(rng: random.Random, documents: list[Any]) -> None:
    """Rename a key."""
    document = rng.choice(documents)
    parent, key = rng.choice([(p, k) for p, k in _places(document) if isinstance(p, dict)])
    others = [k for p, k in _places(document) if isinstance(p, dict)]
    new = rng.choice((f"{key}_", key[:-1], key.upper(), "", rng.choice(others)))
    items = [(new if name == key else name, value) for name, value in parent.items()]
    parent.clear()
    parent.update(items)


def reorder_one(rng: random.Random, documents: list[Any]) -> None:
    """Shuffle keys or elements."""
    document = rng.choice(documents)
    containers = [p[k] for p, k in _places(document) if isinstance(p[k], dict | list)]
    chosen = rng.choice([document, *containers])
    if isinstance(chosen, list):
        rng.shuffle(chosen)
        return
    items = list(chosen.items())
    rng.shuffle(items)
    chosen.clear()
    chosen.update(items)


def swap_two(rng: random.Random, documents: list[Any]) -> None:
    """Swap two values, often of the same key in two documents."""
    (one, key), (other, other_key) = _place(rng, documents), _place(rng, documents)
    for document in rng.sample(documents, len(documents)):
        if isinstance(one, dict) and document is not one and key in document and rng.random() < 0.7:
            other, other_key = document, key
            break
    one[key], other[other_key] = other[other_key], one[key]


def double_one(rng: random.Random, documents: list[Any]) -> None:
    """Duplicate an element in its list."""
    document = rng.choice(documents)
    lists = [p[k] for p, k in _places(document) if isinstance(p[k], list) and p[k]]
    chosen = rng.choice(lists)
    chosen.insert(rng.randrange(len(chosen) + 1), rng.choice(chosen))


def everywhere(rng: random.Random, documents: list[Any]) -> None:
    """Replace the values of one key everywhere."""
    _, key = _place(rng, documents)
    value = rng.choice(OTHER_VALUES)
    for parent, name in [place for document in documents for place in _places(document)]:
        if name == key and isinstance(parent, dict) and name in parent:
            parent[name] = value


def rows(rng: random.Random, documents: list[Any]) -> None:
    """Drop, duplicate or shuffle rows, or change their filter."""
    match rng.randrange(8):
        case 0:
            documents.pop(rng.randrange(len(documents)))
        case 1:
            del documents[: rng.randrange(1, len(documents) + 1)]
        case 2:
            documents.append(rng.choice(documents))
        case 3:
            documents[:] = documents * 2
        case 4:
            rng.shuffle(documents)
        case 5:
            a, b = (rng.randrange(len(documents)) for _ in range(2))
            documents[a], documents[b] = documents[b], documents[a]
        case 6:
            kept = rng.randrange(1, len(documents) + 1)
            documents[:] = sorted(rng.sample(documents, kept), key=documents.index)
        case 7:
            _rename_filter(rng, documents)


def _rename_filter(rng: random.Random, documents: list[Any]) -> None:
    names = sorted({row.get("filter", "") for row in documents})
    old, new = rng.choice(names), rng.choice((*names, "other", "ALL", ""))
    for row in documents:
        if row.get("filter") == old and rng.random() < rng.choice((0.1, 1.0)):
            row["filter"] = new


STRUCTURES: dict[str, Damage] = {
    "a key or element removed": structural(remove_one),
    "a value of another type": structural(retype_one),
    "another number": structural(recount_one),
    "a key renamed": structural(rename_one),
    "keys or elements reordered": structural(reorder_one),
    "values swapped": structural(swap_two),
    "an element doubled": structural(double_one),
    "all values of a name changed": structural(everywhere),
}
ROWS: dict[str, Damage] = {"rows dropped, doubled, moved, renamed": structural(rows)}
