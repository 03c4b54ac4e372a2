"""Reads what `dual_activation_data` wrote."""

import dataclasses
import json
import pathlib

import numpy as np


@dataclasses.dataclass
class Set:
    """Windows (n, features, samples) in 0..1, labels (n, 2), number of the scenario (n)."""

    windows: np.ndarray
    labels: np.ndarray
    scenarios: np.ndarray

    def __len__(self):
        return len(self.labels)


def read_set(folder: pathlib.Path, name: str) -> Set:
    part = lambda kind: np.load(folder / f"{name}_{kind}.npy")
    return Set(part("windows"), part("labels").astype(np.int64), part("scenarios"))


def as_inputs(windows: np.ndarray):
    """The windows one by one, in the shape that the exported network takes."""
    return (np.ascontiguousarray(window[None, :, None, :], np.float32) for window in windows)


def calibration_windows(train_set: Set, count: int, seed: int) -> np.ndarray:
    """Some windows of the training set; INT8 takes its ranges from them."""
    rng = np.random.default_rng((seed, count))
    return train_set.windows[np.sort(rng.choice(len(train_set), count, replace=False))]


def read_names(folder: pathlib.Path) -> dict:
    return json.loads((folder / "names.json").read_text())
