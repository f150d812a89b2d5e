"""Colours stay apart for colour-blind readers, markers and hatches in grey print."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from postprocess.figures.palette import ARMS, MEMORIES, OUTCOMES, heat, styles

# Full dichromacy in linear RGB: Machado, Oliveira & Fernandes (2009),
# https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
SIGHTS = {
    "trichromat": np.eye(3),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
JUST_NOTICEABLE = 2.3


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB under D65."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = to_xyz @ rgb / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, sight: str) -> np.ndarray:
    return lab(np.clip(SIGHTS[sight] @ linear(colour), 0, 1))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sight", SIGHTS)
def test_baselines_and_outcomes_differ_plainly_for(sight: str) -> None:
    for table in (ARMS, OUTCOMES):
        colours = [look.colour for look in table.values()]
        for one, other in itertools.combinations(colours, 2):
            apart = np.linalg.norm(seen(one, sight) - seen(other, sight))
            assert apart > 5 * JUST_NOTICEABLE, (one, other)


def test_markers_of_a_picture_are_unique_up_to_13_arms() -> None:
    names = [*ARMS, *(f"arm {i}" for i in range(8))]
    for order in (names, names[::-1], ["rag", "rag", "rag", "none"]):
        made = styles(order)
        assert len({style.marker for style in made}) == len(order)
        assert [s for s, n in zip(made, order, strict=True) if n == "none"] == [ARMS["none"]]


def test_a_memory_looks_the_same_in_every_figure() -> None:
    for order in ([*MEMORIES], [*ARMS, "mine:Memory", *MEMORIES][::-1], ["mine:Memory", "mem0"]):
        made = dict(zip(order, styles(order), strict=True))
        assert len({style.marker for style in made.values()}) == len(order)
        for name in MEMORIES.keys() & made.keys():
            assert made[name] == MEMORIES[name]
    assert not {style.marker for style in MEMORIES.values()} & {s.marker for s in ARMS.values()}


def test_a_baseline_met_twice_keeps_its_colour() -> None:
    first, second = styles(["rag", "rag"])
    assert first == ARMS["rag"]
    assert second.colour == first.colour
    assert second.marker != first.marker
    assert len(styles(["rag"] * 40)) == 40


def test_neighbours_of_a_bar_differ_in_hatch_or_lightness_without_colour() -> None:
    for one, other in itertools.combinations(OUTCOMES.values(), 2):
        lightness = abs(seen(one.colour, "trichromat")[0] - seen(other.colour, "trichromat")[0])
        assert one.hatch != other.hatch or lightness > 15


def test_text_on_cells_and_segments_can_be_read() -> None:
    for share in np.linspace(0, 1, 101):
        assert contrast(*heat(float(share))) > 4.3
    for fill in OUTCOMES.values():
        assert contrast(fill.colour, fill.text) > 4.5


def test_heat_grows_darker_all_the_way() -> None:
    lightness = [seen(heat(share)[0], "trichromat")[0] for share in np.linspace(0, 1, 21)]
    assert all(one > other + 1 for one, other in itertools.pairwise(lightness))
