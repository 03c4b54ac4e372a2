"""Figures of merit."""

import numpy as np

DRAWS = 1000


def normalised(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def found(remembered: np.ndarray, sought: np.ndarray) -> np.ndarray:
    """For each row of `sought` whether the nearest row of `remembered` by cosine is that of the
    same room (retrieval@1)."""
    nearness = normalised(sought) @ normalised(remembered).T
    return nearness.argmax(1) == np.arange(len(sought))


def interval(right: np.ndarray, rng) -> tuple[float, float]:
    """95 % interval of a share over rooms, by drawing rooms again."""
    drawn = rng.integers(0, len(right), (DRAWS, len(right)))
    low, high = np.quantile(right[drawn].mean(1), [0.025, 0.975])
    return float(low), float(high)
