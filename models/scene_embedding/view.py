"""Views: from where, in which light and through which camera a room is seen."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Change:
    """How far views of one room may lie apart."""

    shift: float = 0.06
    zoom: float = 0.06
    turn: float = 0.02
    exposure: float = 0.35
    tint: float = 0.08
    lamp_out: float = 0.3
    moved: float = 0.3
    visitors: float = 0.5
    noise: float = 0.02
    blocks: float = 0.5
    blur: float = 0.3


USUAL = Change()
# What is learnt from reaches as far as the hardest of the held-out sets.
TRAINING = Change(
    shift=0.12, zoom=0.12, turn=0.04, exposure=0.7, tint=0.15, lamp_out=0.4, noise=0.04, blocks=0.7
)
LIGHT = dataclasses.replace(USUAL, exposure=0.8, tint=0.18, lamp_out=0.6)
MOVED = dataclasses.replace(USUAL, shift=0.14, zoom=0.14, turn=0.05)
NOISY = dataclasses.replace(USUAL, noise=0.06, blocks=1.0, blur=0.6, visitors=1.0)


@dataclasses.dataclass
class View:
    """One look at a room."""

    centre: np.ndarray
    scale: float
    angle: float
    gain: float
    gamma: float
    tint: np.ndarray
    daylight: float
    lit: np.ndarray
    displaced: np.ndarray
    visitor: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    noise: float
    block_step: float
    blur: bool


def draw(rng: np.random.Generator, room, change: Change) -> View:
    """A view of this room under this much change."""
    things = len(room.things)
    displaced = rng.normal(0, 0.05, (things, 2))
    stays = [not thing.is_movable or rng.uniform() >= change.moved for thing in room.things]
    displaced[stays] = 0
    visitor = None
    if rng.uniform() < change.visitors:
        place = np.array([rng.uniform(0, 1), rng.uniform(0.6, 0.9)])
        visitor = (place, rng.uniform((0.04, 0.25), (0.08, 0.4)), rng.uniform(0.05, 0.9, 3))
    return View(
        centre=np.array([0.5, 0.5]) + rng.uniform(-change.shift, change.shift, 2),
        scale=float(np.exp(rng.uniform(-change.zoom, change.zoom))),
        angle=rng.uniform(-change.turn, change.turn),
        gain=float(np.exp(rng.uniform(-change.exposure, change.exposure))),
        gamma=float(np.exp(rng.uniform(-0.4, 0.4) * change.exposure)),
        tint=np.exp(rng.uniform(-change.tint, change.tint, 3)),
        daylight=rng.uniform(0.1, 1.0),
        lit=rng.uniform(size=len(room.lamps)) >= change.lamp_out,
        displaced=displaced,
        visitor=visitor,
        noise=rng.uniform(0, change.noise),
        block_step=rng.uniform(0.05, 0.2) if rng.uniform() < change.blocks else 0.0,
        blur=bool(rng.uniform() < change.blur),
    )
