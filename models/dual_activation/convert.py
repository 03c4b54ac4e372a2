"""Compiles the network for an NPU and measures it in the simulator; see models/convert.sh."""

import argparse
import json
import pathlib

import card
import data
import evaluation
from common import board_folder, runtime
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
    model = folder / "dual_activation.onnx"
    chosen = data.calibration_windows(
        data.read_set(given.data, "train"), ranges["inputs"], ranges["seed"]
    )
    compiled = RknnModel(model, data.as_inputs(chosen), given.target)
    file = given.out / "dual_activation.rknn"
    size = compiled.export(file)
    board_folder.write(folder, file, given.target)
    sets = {}
    for name in figures["sets"]:
        held_out = data.read_set(given.data, name)
        found = compiled.simulate(data.as_inputs(held_out.windows))
        exact = runtime.run(model.read_bytes(), data.as_inputs(held_out.windows))
        sets[name] = {"windows": len(held_out)} | {
            head: evaluation.int8(
                held_out.labels[:, place], found[place], exact[place], len(labels)
            )
            for place, (head, labels) in enumerate(figures["labels"].items())
        }
    write_figures(folder, given.target, size, sets)
    card.write(folder)


if __name__ == "__main__":
    main()
