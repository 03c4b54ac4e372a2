"""Rooms: what stands in them and what they are lit by, drawn at random."""

import colorsys
import dataclasses

import numpy as np

PATTERNS = ("plain", "upright stripes", "level stripes", "checks")
SHAPES = ("rectangle", "ellipse", "triangle")


@dataclasses.dataclass
class Surface:
    """Two colours and how they alternate; `pitch` is the period in units of the view."""

    colour: np.ndarray
    second: np.ndarray
    pattern: str
    pitch: float


@dataclasses.dataclass
class Thing:
    """Centre, half width and half height in units of the view's width and height."""

    shape: str
    centre: np.ndarray
    half: np.ndarray
    surface: Surface
    is_movable: bool


@dataclasses.dataclass
class Lamp:
    centre: np.ndarray
    reach: float
    strength: float
    warmth: float


@dataclasses.dataclass
class Room:
    wall: Surface
    floor: Surface
    floor_line: float
    things: list[Thing]
    windows: list[Thing]
    lamps: list[Lamp]


def draw(rng: np.random.Generator) -> Room:
    """A room. Walls are pale and alike from room to room, as in life."""
    wall = _surface(rng, saturation=(0.02, 0.3), value=(0.55, 0.95), contrast=0.12)
    floor = _surface(rng, saturation=(0.1, 0.6), value=(0.2, 0.6), contrast=0.2)
    line = rng.uniform(0.55, 0.8)
    return Room(
        wall=wall,
        floor=floor,
        floor_line=line,
        windows=[_window(rng, line) for _ in range(rng.integers(0, 3))],
        things=[_thing(rng, line) for _ in range(rng.integers(5, 12))],
        lamps=[
            Lamp(
                centre=rng.uniform((-0.1, 0.0), (1.1, 0.6)),
                reach=rng.uniform(0.25, 0.7),
                strength=rng.uniform(0.3, 0.9),
                warmth=rng.uniform(0.0, 0.4),
            )
            for _ in range(rng.integers(1, 4))
        ],
    )


def _colour(rng, saturation, value) -> np.ndarray:
    return np.array(
        colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(*saturation), rng.uniform(*value))
    )


def _surface(rng, saturation, value, contrast) -> Surface:
    colour = _colour(rng, saturation, value)
    second = np.clip(colour + rng.uniform(-contrast, contrast, 3), 0, 1)
    return Surface(colour, second, str(rng.choice(PATTERNS)), rng.uniform(0.03, 0.2))


def _window(rng, line) -> Thing:
    half = rng.uniform((0.06, 0.1), (0.16, 0.22))
    bright = Surface(np.array([0.75, 0.85, 1.0]), np.array([0.7, 0.8, 0.95]), "plain", 1.0)
    centre = rng.uniform((0.0, half[1]), (1.0, max(line - half[1], half[1] + 0.01)))
    return Thing("rectangle", centre, half, bright, False)


def _thing(rng, line) -> Thing:
    half = rng.uniform((0.03, 0.04), (0.17, 0.22))
    stands = rng.uniform() < 0.6
    low = line - half[1] + rng.uniform(0, 0.2) if stands else rng.uniform(0.1, line)
    centre = np.array([rng.uniform(-0.1, 1.1), low])
    surface = _surface(rng, saturation=(0.1, 0.9), value=(0.1, 0.9), contrast=0.45)
    return Thing(str(rng.choice(SHAPES)), centre, half, surface, half.prod() < 0.012)
