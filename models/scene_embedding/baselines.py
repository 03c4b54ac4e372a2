"""What the network must beat: the usual ways to tell pictures apart without learning.

Both are vectors that are compared by cosine, as the network's are.
"""

import numpy as np

COLOUR_STEPS = 8
THUMBNAIL_WIDTH = 16
THUMBNAIL_HEIGHT = 8


def colour_histogram(pictures: np.ndarray) -> np.ndarray:
    """Share of the pixels in each of 8 x 8 x 8 colours; the root, so that the cosine is the
    Bhattacharyya coefficient."""
    steps = pictures.astype(np.int32) * COLOUR_STEPS // 256
    colours = (steps[:, 0] * COLOUR_STEPS + steps[:, 1]) * COLOUR_STEPS + steps[:, 2]
    rows = [np.bincount(each.ravel(), minlength=COLOUR_STEPS**3) for each in colours]
    return np.sqrt(np.stack(rows) / colours[0].size)


def thumbnail(pictures: np.ndarray) -> np.ndarray:
    """The picture at 16 x 8 pixels, each colour about its mean: the cosine is the normalised
    cross-correlation, which brightness and contrast do not change."""
    count, colours, height, width = pictures.shape
    small = pictures.reshape(
        count, colours, THUMBNAIL_HEIGHT, height // THUMBNAIL_HEIGHT,
        THUMBNAIL_WIDTH, width // THUMBNAIL_WIDTH,
    ).mean((3, 5))
    return (small - small.mean((2, 3), keepdims=True)).reshape(count, -1)
