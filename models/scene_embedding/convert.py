"""Compiles the network for an NPU and measures it in the simulator; see models/convert.sh."""

import argparse
import json
import pathlib

import numpy as np

import card
import data
import evaluation
from common import board_folder
from common.rknn_model import RknnModel, write_figures


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=pathlib.Path, required=True)
    arguments.add_argument("--target", required=True)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    given = arguments.parse_args()
    folder = pathlib.Path(__file__).parent
    figures = json.loads((folder / "figures.json").read_text())
    ranges = json.loads((folder / "calibration.json").read_text())
    model = folder / "scene_embedding.onnx"
    chosen = data.calibration_pictures(
        data.read_set(given.data, "train"), ranges["inputs"], ranges["seed"]
    )
    compiled = RknnModel(model, data.as_inputs(chosen), given.target)
    file = given.out / "scene_embedding.rknn"
    size = compiled.export(file)
    board_folder.write(folder, file, given.target)
    sets = {}
    for name in figures["sets"]:
        pictures = np.asarray(data.read_set(given.data, name))
        found = [compiled.simulate(data.as_inputs(pictures[:, look]))[0] for look in (0, 1)]
        exact = evaluation.embed(model.read_bytes(), data.as_inputs, pictures)
        sets[name] = {"rooms": len(pictures)} | evaluation.reduced(found, exact)
    write_figures(folder, given.target, size, sets)
    card.write(folder)


if __name__ == "__main__":
    main()
