"""What is read as JSON, and what is refused with a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postprocess.reading.strict_json import MAX_DEPTH, StrictJsonError, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(VALUES)
def test_what_is_json_is_read_as_it_is(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode("utf-8-sig")) == value


@given(st.integers(1, 2 * MAX_DEPTH), st.integers(0, 2 * MAX_DEPTH), st.booleans())
def test_depth_is_counted_in_values_and_not_in_brackets(
    depth: int, more: int, nested: bool
) -> None:
    beside = json.dumps(["[{" * more, [[]] * more]) if nested else "1"
    raw = f"{'[' * depth}{beside}{']' * depth}".encode()
    # Levels of values that hold others: an empty list holds none.
    deepest = depth + (1 + bool(more) if nested else 0)
    if deepest < MAX_DEPTH:
        parse(raw)
    else:
        with pytest.raises(StrictJsonError, match="nested too deeply"):
            parse(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    reason = ""
    try:
        parse(raw)
    except StrictJsonError as error:
        reason = str(error)
    assert "\n" not in reason


@pytest.mark.parametrize(
    ("raw", "reason", "line"),
    [
        (b'{"a": 1,\n "a": 1}', "has the key 'a' twice", None),
        (b'[{"x": {"b": 0, "c": 0, "b": 0}}]', "has the key 'b' twice", None),
        (b'{"a":\n\n nope}', "not JSON (Expecting value)", 3),
        (b'["\n"]', "not JSON (Invalid control character at)", 1),
        (b'["a",\n"\xc3"]', "not UTF-8 (byte 0xc3)", 2),
        (b"[NaN]", "holds NaN, which is no number", None),
        (b"[1e400]", "has a number that is too large (1e400)", None),
        (b"[-1e400]", "has a number that is too large (-1e400)", None),
        (b"9223372036854775808", "has a number that is too large (9223372036854775808…)", None),
        (b"-9223372036854775809", "has a number that is too large (-9223372036854775809…)", None),
        (b"1" * 100_000, f"has a number that is too large ({'1' * 20}…)", None),
        (b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH, "nested too deeply", None),
        (b'{"a":' * 100_000, "nested too deeply", None),
        (b'["\\ud800"]', "holds half of a surrogate pair", None),
        (b'{"\\uDFFF": 1}', "holds half of a surrogate pair", None),
        (b"", "not JSON (Expecting value)", 1),
        (b"{} {}", "not JSON (Extra data)", 1),
    ],
)
def test_what_is_refused(raw: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(StrictJsonError) as refused:
        parse(raw)
    assert (str(refused.value), refused.value.line) == (reason, line)


def test_limits_are_not_in_the_way_of_real_values() -> None:
    deepest = b"[" * (MAX_DEPTH - 1) + b"1" + b"]" * (MAX_DEPTH - 1)
    assert parse(deepest)
    assert parse(b'["\\ud83d\\ude00", "\\\\ud800"]') == ["😀", "\\ud800"]
    assert parse(b"[-9223372036854775808, 9223372036854775807]") == [-(2**63), 2**63 - 1]
    assert parse(b"1e308") == 1e308


def test_nan_can_stand_for_a_missing_value() -> None:
    assert parse(b"[NaN, Infinity, -Infinity, 1]", nan_as_none=True) == [None, None, None, 1]
