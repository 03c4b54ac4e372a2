"""Trains, calibrates, exports and tests the dual activation model; see make.sh."""

import argparse
import hashlib
import json
import pathlib
import sys

import numpy as np

import card
import data
import evaluation
import export
import fixture
import network
import rule
import training

VERSION = "0.1.0"
TRAINING = (
    "Supervised, on windows of simulated scenarios run through the kernel's own step; "
    "see card.md and make.sh"
)
TESTS = ("test", "test_missing", "test_noisy")
# The runtime and the network here may differ by rounding only.
TOLERANCE = 1e-4


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=pathlib.Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    given = arguments.parse_args()
    names = data.read_names(given.data)
    heads = {"situation": names["situations"], "feeling": names["feelings"]}
    classes = tuple(len(labels) for labels in heads.values())
    train_set, validation_set = (data.read_set(given.data, name) for name in ("train", "validation"))
    features, samples = train_set.windows.shape[1:]

    tuned = rule.tune(train_set, names["features"], classes)
    majority = [int(np.bincount(answer).argmax()) for answer in train_set.labels.T]
    parameters = training.train(train_set, validation_set, classes, given.seed)
    parameters, temperatures = training.calibrate(parameters, validation_set, classes)
    sizes = {
        name: {"windows": len(part), "scenarios": len(np.unique(part.scenarios))}
        for name, part in (("train", train_set), ("validation", validation_set))
    }
    del train_set

    tests = {name: data.read_set(given.data, name) for name in TESTS}
    sets = {
        name: evaluation.evaluate(parameters, tuned, majority, names, held_out, classes, given.seed)
        for name, held_out in tests.items()
    }
    short = evaluation.shortfalls(sets)
    if short:
        sys.exit("not shipped:\n" + "\n".join(short))

    model = export.export(parameters, features, samples, {head: len(l) for head, l in heads.items()})
    check(model, parameters, tests["test"].windows[:50], classes)
    coded, fixture_figures = fixture.make(model, tests["test"], names, tuned, majority)
    figures = sizes | {
        "version": VERSION,
        "seed": given.seed,
        "sha256": hashlib.sha256(model).hexdigest(),
        "bytes": len(model),
        "parameters": network.count(parameters),
        "temperatures": temperatures,
        "rule": tuned,
        "majority": majority,
        "sets": sets,
        "fixture": fixture_figures,
    }
    export.write(given.out, model, export.manifest(model, VERSION, TRAINING, features, samples, heads))
    (given.out / "fixture.bin").write_bytes(coded)
    (given.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    text = card.card(figures, names)
    (given.out / "card.md").write_text(text)
    print(text)


def check(model: bytes, parameters: dict, windows: np.ndarray, classes):
    """The exported network must say what the trained one says."""
    ours = network.probabilities(parameters, windows, classes)
    for mine, reference in zip(ours, export.run_reference(model, windows)):
        apart = np.abs(mine - reference).max()
        if apart > TOLERANCE:
            sys.exit(f"the exported network differs by {apart}")


if __name__ == "__main__":
    main()
