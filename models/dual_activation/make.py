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
from common import int8, manifest, runtime

NAME = "dual_activation"
VERSION = "0.2.0"
TRAINING = (
    "Supervised, on windows of simulated scenarios run through the kernel's own step; "
    "see card.md and make.sh"
)
TESTS = ("test", "test_missing", "test_noisy")
# The runtime and the network here may differ by rounding only.
TOLERANCE = 1e-4
# Windows of the training set that INT8 takes its ranges from.
CALIBRATION_WINDOWS = 512


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
    model = export.export(parameters, features, samples, {head: len(l) for head, l in heads.items()})
    chosen = data.calibration_windows(train_set, CALIBRATION_WINDOWS, given.seed)
    del train_set
    inputs = list(data.as_inputs(chosen))
    ranges, quantised = int8.make(model, inputs, given.seed, "windows of the training set")

    tests = {name: data.read_set(given.data, name) for name in TESTS}
    check(model, parameters, tests["test"].windows[:50], classes)
    sets = {
        name: evaluation.evaluate(
            parameters, quantised, tuned, majority, names, held_out, classes, given.seed
        )
        for name, held_out in tests.items()
    }
    short = evaluation.shortfalls(sets)
    if short:
        sys.exit("not shipped:\n" + "\n".join(short))

    coded, fixture_figures = fixture.make(model, quantised, tests["test"], names, tuned, majority)
    figures = sizes | {
        "version": VERSION,
        "seed": given.seed,
        "sha256": hashlib.sha256(model).hexdigest(),
        "bytes": len(model),
        "int8": {"sha256": hashlib.sha256(quantised).hexdigest(), "bytes": len(quantised)},
        "parameters": network.count(parameters),
        "labels": heads,
        "temperatures": temperatures,
        "rule": tuned,
        "majority": majority,
        "sets": sets,
        "fixture": fixture_figures,
    }
    outputs = [(head, (1, len(labels)), labels) for head, labels in heads.items()]
    files = [
        (f"{NAME}.int8.onnx", "int8", quantised),
        (f"{NAME}.onnx", "f32", model),
    ]
    for file, _, content in files:
        (given.out / file).write_bytes(content)
    (given.out / "manifest.toml").write_text(
        manifest.manifest(
            NAME, VERSION, TRAINING, files,
            inputs=[("window", (1, features, 1, samples), [])],
            outputs=[*outputs, (export.TRACE, (1, network.HIDDEN), [])],
        )
    )
    (given.out / "calibration.json").write_text(json.dumps(ranges, indent=1) + "\n")
    (given.out / "fixture.bin").write_bytes(coded)
    (given.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    card.write(given.out)
    print(runtime.speeds(model, quantised, inputs[0]))


def check(model: bytes, parameters: dict, windows: np.ndarray, classes):
    """The exported network must say what the trained one says."""
    ours = network.probabilities(parameters, windows, classes)
    # The trace comes after the heads and has nothing to be compared with: they rest on it.
    for mine, reference in zip(ours, export.run_reference(model, windows)):
        apart = np.abs(mine - reference).max()
        if apart > TOLERANCE:
            sys.exit(f"the exported network differs by {apart}")


if __name__ == "__main__":
    main()
