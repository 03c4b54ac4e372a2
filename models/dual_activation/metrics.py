"""Figures of merit."""

import numpy as np

BINS = 15


def confusion(answer, guess, count) -> np.ndarray:
    """Rows: the truth. Columns: what was said."""
    return np.bincount(answer * count + guess, minlength=count * count).reshape(count, count)


def accuracy_and_f1(answer, guess, count) -> tuple[float, float]:
    table = confusion(answer, guess, count)
    right = np.diag(table)
    f1 = 2 * right / np.maximum(table.sum(0) + table.sum(1), 1)
    return float(right.sum() / table.sum()), float(f1.mean())


def calibration_error(answer, probabilities) -> float:
    """Expected calibration error in 15 bins of equal width (Naeini et al. 2015)."""
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == answer
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == place].mean() - confidence[bins == place].mean()) * (bins == place).mean()
        for place in range(BINS)
        if (bins == place).any()
    ]
    return float(sum(gaps))


def interval(right: np.ndarray, scenarios: np.ndarray, rng) -> tuple[float, float]:
    """95 % interval of the accuracy, by drawing whole scenarios again (1000 times): windows of
    one scenario are not independent."""
    _, place = np.unique(scenarios, return_inverse=True)
    hits = np.bincount(place, weights=right)
    sizes = np.bincount(place)
    drawn = rng.integers(0, len(sizes), (1000, len(sizes)))
    low, high = np.quantile(hits[drawn].sum(1) / sizes[drawn].sum(1), [0.025, 0.975])
    return float(low), float(high)
