"""The sets of pictures: written once, read by training and tests.

Run as a program it writes `<set>.npy`, bytes (rooms, views, 3, height, width).
"""

import argparse
import pathlib

import numpy as np

import render
import room
import view

# Rooms, views of each, and how far the views lie apart. In the held-out sets the first view is
# the one that is remembered (usual), the second the one that is looked for.
SETS = {
    "train": (2400, 8, view.TRAINING),
    "validation": (300, 2, view.TRAINING),
    "test": (500, 2, view.USUAL),
    "test_light": (500, 2, view.LIGHT),
    "test_moved": (500, 2, view.MOVED),
    "test_noisy": (500, 2, view.NOISY),
}
TESTS = ("test", "test_light", "test_moved", "test_noisy")


def make(seed: int, name: str) -> np.ndarray:
    """All pictures of one set; no room is in two sets."""
    rooms, views, change = SETS[name]
    place = list(SETS).index(name)
    pictures = np.empty((rooms, views, 3, render.HEIGHT, render.WIDTH), np.uint8)
    for number in range(rooms):
        rng = np.random.default_rng((seed, place, number))
        drawn = room.draw(rng)
        for look in range(views):
            remembered = name in TESTS and look == 0
            seen = view.draw(rng, drawn, view.USUAL if remembered else change)
            pictures[number, look] = render.render(rng, drawn, seen)
    return pictures


def read_set(folder: pathlib.Path, name: str) -> np.ndarray:
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def as_input(pictures: np.ndarray) -> np.ndarray:
    """Bytes to the network's 0 to 1."""
    return pictures.astype(np.float32) / np.float32(255)


def as_inputs(pictures: np.ndarray):
    """The pictures one by one, in the shape that the exported network takes."""
    return (as_input(picture[None]) for picture in pictures)


def calibration_pictures(train_set: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Some views of the training set, each of another room; INT8 takes its ranges from them."""
    rng = np.random.default_rng((seed, count))
    rooms = np.sort(rng.choice(len(train_set), count, replace=False))
    return train_set[rooms, rng.integers(0, train_set.shape[1], count)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        pictures = make(given.seed, name)
        np.save(given.out / f"{name}.npy", pictures)
        print(f"{name}: {len(pictures)} rooms, {pictures.shape[1]} views each", flush=True)


if __name__ == "__main__":
    main()
