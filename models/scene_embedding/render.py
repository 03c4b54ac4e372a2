"""The picture of a view: bytes (3, HEIGHT, WIDTH)."""

import numpy as np

WIDTH = 160
HEIGHT = 96
BLOCK = 8
# Part of the light that comes from nowhere in particular.
AMBIENT = 0.45


def _grid():
    across = (np.arange(WIDTH, dtype=np.float32) + 0.5) / WIDTH
    down = (np.arange(HEIGHT, dtype=np.float32) + 0.5) / HEIGHT
    return np.meshgrid(across - 0.5, down - 0.5)


def _cosines() -> np.ndarray:
    """The orthonormal discrete cosine transform of one block's side (type II)."""
    places = np.arange(BLOCK)
    waves = np.cos(np.pi * (2 * places[None] + 1) * places[:, None] / (2 * BLOCK))
    waves *= np.sqrt(2 / BLOCK)
    waves[0] /= np.sqrt(2)
    return waves.astype(np.float32)


ACROSS, DOWN = _grid()
COSINES = _cosines()
# High frequencies are kept more coarsely, as in JPEG.
COARSENESS = 1 + np.add.outer(np.arange(BLOCK), np.arange(BLOCK)).astype(np.float32) / 2


def render(rng: np.random.Generator, room, view) -> np.ndarray:
    """What the camera yields; `rng` makes its noise."""
    places = _places(view)
    picture = _light(room, view, *places) * _paint(room, view, *places)
    picture = picture * (view.gain * view.tint).astype(np.float32)[:, None, None]
    picture = np.clip(picture, 0, 1) ** np.float32(view.gamma)
    if view.blur:
        picture = _blurred(picture)
    picture += rng.standard_normal(picture.shape, np.float32) * np.float32(view.noise)
    if view.block_step:
        picture = _blocked(picture, np.float32(view.block_step))
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _places(view):
    """Where in the room each pixel looks."""
    sine, cosine = np.float32(np.sin(view.angle)), np.float32(np.cos(view.angle))
    scale = np.float32(view.scale)
    x = (ACROSS * cosine - DOWN * sine) * scale + np.float32(view.centre[0])
    y = (ACROSS * sine + DOWN * cosine) * scale + np.float32(view.centre[1])
    return x, y


def _paint(room, view, x, y) -> np.ndarray:
    picture = _surface(room.wall, x, y)
    floor = y > room.floor_line
    picture[:, floor] = _surface(room.floor, x, y)[:, floor]
    for window in room.windows:
        mask = _mask(window.shape, x, y, window.centre, window.half)
        picture[:, mask] = (window.surface.colour * (0.3 + view.daylight))[:, None]
    for thing, moved in zip(room.things, view.displaced):
        centre = thing.centre + moved
        mask = _mask(thing.shape, x, y, centre, thing.half)
        inside = (x[mask] - np.float32(centre[0]), y[mask] - np.float32(centre[1]))
        picture[:, mask] = _surface(thing.surface, *inside)
    if view.visitor is not None:
        centre, half, colour = view.visitor
        picture[:, _mask("ellipse", x, y, centre, half)] = colour[:, None]
        head = np.array([centre[0], centre[1] - half[1]])
        skin = np.array([0.75, 0.55, 0.45])[:, None]
        picture[:, _mask("ellipse", x, y, head, np.array([0.03, 0.06]))] = skin
    return picture


def _surface(surface, x, y) -> np.ndarray:
    """Colours (3, ...) at these places."""
    if surface.pattern == "plain":
        colours = np.broadcast_to(surface.colour.reshape(3, *[1] * x.ndim), (3, *x.shape))
        return colours.astype(np.float32)
    across = np.floor(x / surface.pitch).astype(np.int32) & 1
    down = np.floor(y / surface.pitch).astype(np.int32) & 1
    of = {"upright stripes": across, "level stripes": down, "checks": across ^ down}
    colours = np.stack([surface.colour, surface.second], 1).astype(np.float32)
    return colours[:, of[surface.pattern]]


def _mask(shape, x, y, centre, half) -> np.ndarray:
    across = np.abs(x - np.float32(centre[0])) / np.float32(half[0])
    down = (y - np.float32(centre[1])) / np.float32(half[1])
    if shape == "rectangle":
        return (across < 1) & (np.abs(down) < 1)
    if shape == "ellipse":
        return across * across + down * down < 1
    return (across < (down + 1) / 2) & (down < 1)


def _light(room, view, x, y) -> np.ndarray:
    light = np.full((3, *x.shape), AMBIENT * (0.5 + 0.5 * view.daylight), np.float32)
    for lamp, lit in zip(room.lamps, view.lit):
        if lit:
            away = (x - np.float32(lamp.centre[0])) ** 2 + (y - np.float32(lamp.centre[1])) ** 2
            glow = np.float32(lamp.strength) * np.exp(-away / np.float32(2 * lamp.reach**2))
            colour = np.array([1.0, 1.0 - lamp.warmth / 3, 1.0 - lamp.warmth], np.float32)
            light += colour[:, None, None] * glow
    return light


def _blurred(picture) -> np.ndarray:
    """Each pixel and its four neighbours, two parts to one."""
    wide = np.pad(picture, ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1] + wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]
    return (2 * picture + around) / 6


def _blocked(picture, step) -> np.ndarray:
    """Blocks whose cosine coefficients are rounded, as a compressing camera yields them."""
    shape = (3, HEIGHT // BLOCK, BLOCK, WIDTH // BLOCK, BLOCK)
    blocks = picture.reshape(shape).transpose(0, 1, 3, 2, 4)
    waves = COSINES @ blocks @ COSINES.T
    steps = step * COARSENESS
    blocks = COSINES.T @ (np.round(waves / steps) * steps) @ COSINES
    return blocks.transpose(0, 1, 3, 2, 4).reshape(picture.shape)
