"""Trains, exports, quantises and tests the scene embedding; see make.sh."""

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
import training
from common import int8, manifest, runtime

NAME = "scene_embedding"
VERSION = "0.1.0"
TRAINING = (
    "Contrastive, on generated pictures of generated rooms; see card.md and make.sh"
)
# The runtime and the network here may differ by rounding only, as a share of the largest value.
TOLERANCE = 1e-4
CALIBRATION_PICTURES = 256


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=pathlib.Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    given = arguments.parse_args()
    train_set = np.load(given.data / "train.npy")
    validation = np.asarray(data.read_set(given.data, "validation"))
    parameters = training.train(train_set, validation, given.seed)
    height, width = train_set.shape[3:]
    model = export.export(parameters, height, width)
    chosen = data.calibration_pictures(train_set, CALIBRATION_PICTURES, given.seed)
    check(model, parameters, chosen[:20])
    inputs = list(data.as_inputs(chosen))
    ranges, quantised = int8.make(model, inputs, given.seed, "pictures of the training set")

    sets, coded = {}, None
    for name in data.TESTS:
        pictures = np.asarray(data.read_set(given.data, name))
        exact, coarse = (
            evaluation.embed(each, data.as_inputs, pictures) for each in (model, quantised)
        )
        sets[name] = evaluation.evaluate(exact, coarse, pictures, given.seed)
        coded = coded or fixture.make(pictures, exact, coarse)
    short = evaluation.shortfalls(sets)
    if short:
        sys.exit("not shipped:\n" + "\n".join(short))

    figures = {
        "version": VERSION,
        "seed": given.seed,
        "sha256": hashlib.sha256(model).hexdigest(),
        "bytes": len(model),
        "int8": {"sha256": hashlib.sha256(quantised).hexdigest(), "bytes": len(quantised)},
        "parameters": network.count(parameters),
        "train": {"rooms": len(train_set), "views": train_set.shape[1]},
        "validation": {"rooms": len(validation)},
        "sets": sets,
    }
    files = [(f"{NAME}.int8.onnx", "int8", quantised), (f"{NAME}.onnx", "f32", model)]
    for file, _, content in files:
        (given.out / file).write_bytes(content)
    (given.out / "manifest.toml").write_text(
        manifest.manifest(
            NAME, VERSION, TRAINING, files,
            inputs=[(export.INPUT, (1, 3, height, width), [])],
            outputs=[(export.OUTPUT, (1, network.DIMENSIONS), [])],
        )
    )
    (given.out / "calibration.json").write_text(json.dumps(ranges, indent=1) + "\n")
    (given.out / "fixture.bin").write_bytes(coded)
    (given.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    card.write(given.out)
    print(runtime.speeds(model, quantised, inputs[0]))


def check(model: bytes, parameters: dict, pictures: np.ndarray):
    """The exported network must say what the trained one says."""
    ours = network.embed(parameters, data.as_input(pictures))
    apart = np.abs(ours - runtime.run(model, data.as_inputs(pictures))[0]).max()
    if apart > TOLERANCE * np.abs(ours).max():
        sys.exit(f"the exported network differs by {apart}")


if __name__ == "__main__":
    main()
