"""The network beside its two baselines, on one set."""

import numpy as np

import metrics
import network
import rule


def evaluate(parameters, tuned, majority, names, held_out, classes, seed) -> dict:
    """Figures of both heads: the network's, the rule's, the majority's."""
    rng = np.random.default_rng(seed)
    heads = network.probabilities(parameters, held_out.windows, classes)
    ruled = rule.apply(held_out.windows, names["features"], tuned)
    figures = {"windows": len(held_out), "scenarios": len(np.unique(held_out.scenarios))}
    for place, head in enumerate(("situation", "feeling")):
        answer, guess, count = held_out.labels[:, place], heads[place].argmax(1), classes[place]
        always = np.full(len(answer), majority[place])
        figures[head] = {
            "model": _pair(answer, guess, count),
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


def _pair(answer, guess, count) -> dict:
    accuracy, f1 = metrics.accuracy_and_f1(answer, guess, count)
    return {"accuracy": accuracy, "macro_f1": f1}


def shortfalls(figures: dict[str, dict]) -> list[str]:
    """Where the network does not beat a baseline; nothing is shipped then."""
    return [
        f"{name}, {head}, {figure}: {of['model'][figure]:.4f} does not beat the {baseline}'s "
        f"{of[baseline][figure]:.4f}"
        for name, sets in figures.items()
        for head, of in ((head, sets[head]) for head in ("situation", "feeling"))
        for baseline in ("rule", "majority")
        for figure in ("accuracy", "macro_f1")
        if of["model"][figure] <= of[baseline][figure]
    ]
