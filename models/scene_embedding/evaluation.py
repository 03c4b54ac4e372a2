"""The network beside its two baselines: does the second view find its room among all first views?"""

import numpy as np

import baselines
import metrics
from common import runtime

BASELINES = {"histogram": baselines.colour_histogram, "thumbnail": baselines.thumbnail}
# How much retrieval@1 INT8 may cost.
MOST_LOST = 0.01


def embed(model: bytes, inputs_of, pictures: np.ndarray) -> list[np.ndarray]:
    """Embeddings of both views of each room: pictures (rooms, 2, 3, height, width)."""
    return [runtime.run(model, inputs_of(pictures[:, look]))[0] for look in (0, 1)]


def evaluate(exact, coarse, pictures: np.ndarray, seed: int) -> dict:
    """Figures of one set; `exact` and `coarse` are the embeddings of both views."""
    rng = np.random.default_rng(seed)
    right = metrics.found(*exact)
    figures = {
        "rooms": len(pictures),
        "model": {"retrieval": float(right.mean())},
        "interval": metrics.interval(right, rng),
        "int8": reduced(coarse, exact),
    }
    for name, baseline in BASELINES.items():
        ours = metrics.found(*(baseline(np.asarray(pictures[:, look])) for look in (0, 1)))
        figures[name] = {"retrieval": float(ours.mean())}
    return figures


def reduced(coarse, exact) -> dict:
    """Figures of an INT8 form of the network beside those in single precision."""
    cosines = [
        (metrics.normalised(mine) * metrics.normalised(reference)).sum(1)
        for mine, reference in zip(coarse, exact)
    ]
    return {
        "retrieval": float(metrics.found(*coarse).mean()),
        "least_cosine": float(min(each.min() for each in cosines)),
    }


def shortfalls(sets: dict[str, dict]) -> list[str]:
    """Where the network, in either precision, does not beat a baseline, or INT8 costs too much;
    nothing is shipped then."""
    beaten = [
        f"{name}: {form} has {of[form]['retrieval']:.4f}, which does not beat the {baseline}'s "
        f"{of[baseline]['retrieval']:.4f}"
        for name, of in sets.items()
        for form in ("model", "int8")
        for baseline in BASELINES
        if of[form]["retrieval"] <= of[baseline]["retrieval"]
    ]
    lost = [
        f"{name}: INT8 has {of['int8']['retrieval']:.4f}, more than a point below the network's "
        f"{of['model']['retrieval']:.4f}"
        for name, of in sets.items()
        if of["model"]["retrieval"] - of["int8"]["retrieval"] > MOST_LOST
    ]
    return beaten + lost
