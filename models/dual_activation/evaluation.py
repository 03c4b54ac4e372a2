"""The network in single precision and in INT8, beside its two baselines, on one set."""

import numpy as np

import data
import metrics
import network
import rule
from common import runtime

HEADS = ("situation", "feeling")
# How much accuracy INT8 may cost.
MOST_LOST = 0.01


def evaluate(parameters, quantised, tuned, majority, names, held_out, classes, seed) -> dict:
    """Figures of both heads: the network's, those of the INT8 file, the rule's, the majority's."""
    rng = np.random.default_rng(seed)
    heads = network.probabilities(parameters, held_out.windows, classes)
    coarse = runtime.run(quantised, data.as_inputs(held_out.windows))
    ruled = rule.apply(held_out.windows, names["features"], tuned)
    figures = {"windows": len(held_out), "scenarios": len(np.unique(held_out.scenarios))}
    for place, head in enumerate(HEADS):
        answer, guess, count = held_out.labels[:, place], heads[place].argmax(1), classes[place]
        always = np.full(len(answer), majority[place])
        figures[head] = {
            "model": _pair(answer, guess, count),
            "int8": int8(answer, coarse[place], heads[place], count),
            "rule": _pair(answer, ruled[place], count),
            "majority": _pair(answer, always, count),
            "calibration_error": metrics.calibration_error(answer, heads[place]),
            "interval": metrics.interval(guess == answer, held_out.scenarios, rng),
            "lead_interval": metrics.interval(
                (guess == answer) * 1.0 - (ruled[place] == answer), held_out.scenarios, rng
            ),
            "confusion": metrics.confusion(answer, guess, count).tolist(),
        }
    return figures


def int8(answer, probabilities, reference, count) -> dict:
    """Figures of an INT8 form of the network; `reference` are the probabilities in single
    precision."""
    guess = probabilities.argmax(1)
    return _pair(answer, guess, count) | {
        "calibration_error": metrics.calibration_error(answer, probabilities),
        "same_answer": float((guess == reference.argmax(1)).mean()),
    }


def _pair(answer, guess, count) -> dict:
    accuracy, f1 = metrics.accuracy_and_f1(answer, guess, count)
    return {"accuracy": accuracy, "macro_f1": f1}


def shortfalls(figures: dict[str, dict]) -> list[str]:
    """Where the network, in either precision, does not beat a baseline, or INT8 costs too much;
    nothing is shipped then."""
    heads = [(f"{name}, {head}", sets[head]) for name, sets in figures.items() for head in HEADS]
    beaten = [
        f"{where}, {figure}: {form} has {of[form][figure]:.4f}, which does not beat the "
        f"{baseline}'s {of[baseline][figure]:.4f}"
        for where, of in heads
        for form in ("model", "int8")
        for baseline in ("rule", "majority")
        for figure in ("accuracy", "macro_f1")
        if of[form][figure] <= of[baseline][figure]
    ]
    lost = [
        f"{where}: INT8 has {of['int8']['accuracy']:.4f}, more than a point below the network's "
        f"{of['model']['accuracy']:.4f}"
        for where, of in heads
        if of["model"]["accuracy"] - of["int8"]["accuracy"] > MOST_LOST
    ]
    return beaten + lost
