"""A rule written by hand, with thresholds tuned on the training set: what the network must beat.

It looks at the same windows. Thresholds are tuned one after the other, several rounds, for the
mean of accuracy and macro-F1.
"""

import numpy as np

import metrics

QUIET, CONVERSATION, MOVEMENT, MACHINE, DARKNESS, STRAIN = range(6)
CALM, ENGAGED, STARTLED, STRAINED = range(4)
ROUNDS = 3
CANDIDATES = 24


class Traces:
    """What a person would look at in a window."""

    def __init__(self, windows: np.ndarray, features: list[str]):
        row = lambda name: windows[:, features.index(name)]
        recent = slice(-12, None)
        self.hears = row("trust in hearing")[:, -1] > 0
        self.sees = row("trust in sight")[:, -1] > 0
        self.feels = row("trust in body")[:, -1] > 0
        self.speech = row("speech")[:, recent].mean(1)
        self.loudness = row("loudness")[:, recent].mean(1)
        self.excess = (row("loudness") - row("usual loudness"))[:, recent].mean(1)
        self.motion = row("motion")[:, recent].mean(1)
        self.brightness = row("brightness")[:, recent].mean(1)
        self.strain = row("strain")[:, recent].mean(1)
        self.heat = row("heat")[:, recent].mean(1)
        self.warming = row("heat")[:, -1] - row("heat")[:, 0]
        self.presence = row("presence")[:, recent].mean(1)
        sudden = slice(-17, None)
        self.onset = row("onset")[:, sudden].max(1)
        self.rise = np.diff(row("loudness")[:, sudden], axis=1).max(1)
        self.flash = np.diff(row("brightness")[:, sudden], axis=1).max(1)
        self.dash = np.diff(row("motion")[:, sudden], axis=1).max(1)


def situation(traces: Traces, t: dict) -> np.ndarray:
    answer = np.full(len(traces.hears), QUIET)
    answer[traces.hears & (traces.loudness > t["loudness"])] = MACHINE
    answer[traces.hears & (traces.excess > t["excess"])] = MACHINE
    answer[traces.sees & (traces.motion > t["motion"])] = MOVEMENT
    answer[traces.sees & (traces.brightness < t["brightness"])] = DARKNESS
    answer[traces.hears & (traces.speech > t["speech"])] = CONVERSATION
    hot = (traces.strain > t["strain"]) | (traces.warming > t["warming"])
    answer[traces.feels & hot] = STRAIN
    return answer


def feeling(traces: Traces, t: dict) -> np.ndarray:
    answer = np.full(len(traces.hears), CALM)
    answer[traces.hears & (traces.speech > t["speech"])] = ENGAGED
    answer[traces.sees & (traces.motion > t["motion"])] = ENGAGED
    answer[traces.presence > t["presence"]] = ENGAGED
    answer[traces.feels & (traces.heat > t["heat"])] = STRAINED
    loud = traces.hears & ((traces.onset > t["onset"]) | (traces.rise > t["rise"]))
    seen = traces.sees & ((traces.flash > t["flash"]) | (traces.dash > t["dash"]))
    answer[loud | seen] = STARTLED
    return answer


RULES = (
    (situation, ("loudness", "excess", "motion", "brightness", "speech", "strain", "warming")),
    (feeling, ("speech", "motion", "presence", "heat", "onset", "rise", "flash", "dash")),
)


def tune(train_set, features, classes) -> list[dict]:
    """The thresholds of both rules."""
    traces = Traces(train_set.windows, features)
    tuned = []
    for (rule, names), answer, count in zip(RULES, train_set.labels.T, classes):
        # A threshold beyond all values takes its condition away; that is the start.
        never = {name: -1.0 if name == "brightness" else 2.0 for name in names}
        worth = lambda t: sum(metrics.accuracy_and_f1(answer, rule(traces, t), count))
        thresholds = dict(never)
        for _ in range(ROUNDS):
            for name in names:
                values = getattr(traces, name)
                quantiles = 1 - np.geomspace(0.6, 0.002, CANDIDATES)
                if name == "brightness":
                    quantiles = 1 - quantiles
                candidates = [*np.quantile(values, quantiles), never[name], thresholds[name]]
                best = max(candidates, key=lambda value: worth(thresholds | {name: value}))
                thresholds[name] = float(best)
        tuned.append(thresholds)
    return tuned


def apply(windows, features, tuned) -> list[np.ndarray]:
    traces = Traces(windows, features)
    return [rule(traces, thresholds) for (rule, _), thresholds in zip(RULES, tuned)]
