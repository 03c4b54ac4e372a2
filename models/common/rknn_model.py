"""A network compiled for a Rockchip NPU, and run in the vendor's simulator.

Runs in an environment of its own (`convert.sh`): the toolkit needs older packages than the rest.
"""

import importlib.metadata
import json
import pathlib
import tempfile

import numpy as np
from rknn.api import RKNN

# The formula that the CPU's INT8 files have too: ranges from least and greatest value, weights by
# output channel.
QUANTISATION = {
    "quantized_dtype": "w8a8",
    "quantized_algorithm": "normal",
    "quantized_method": "channel",
}


class ConversionError(Exception):
    """The toolkit refused a step; its own message stands above."""


class RknnModel:
    """The INT8 form that the toolkit makes of a single-precision ONNX file. `inputs` are the
    calibration inputs of its one input."""

    def __init__(self, model: pathlib.Path, inputs, target: str):
        self.target = target
        self.rknn = RKNN(verbose=False)
        self._must("config", self.rknn.config(target_platform=target, **QUANTISATION))
        self._must("load_onnx", self.rknn.load_onnx(str(model)))
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, one in enumerate(inputs):
                paths.append(pathlib.Path(folder, f"{number}.npy"))
                np.save(paths[-1], one)
            listed = pathlib.Path(folder, "inputs.txt")
            listed.write_text("\n".join(map(str, paths)) + "\n")
            built = self.rknn.build(do_quantization=True, dataset=str(listed))
            self._must("build", built)

    def export(self, path: pathlib.Path) -> int:
        """Writes the file for the board; tells its size."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._must("export_rknn", self.rknn.export_rknn(str(path)))
        return path.stat().st_size

    def simulate(self, inputs) -> list[np.ndarray]:
        """Each output for all inputs, from the simulator."""
        self._must("init_runtime", self.rknn.init_runtime())
        rows = [self.rknn.inference(inputs=[one], data_format=["nchw"]) for one in inputs]
        return [np.concatenate(output) for output in zip(*rows)]

    def _must(self, step: str, code: int):
        if code != 0:
            raise ConversionError(f"the toolkit's {step} failed with code {code}")


def write_figures(folder: pathlib.Path, target: str, size: int, sets: dict):
    """`simulator.json`: the figures, and of which network they are."""
    of = json.loads((folder / "figures.json").read_text())["sha256"]
    figures = {
        "of_sha256": of,
        "target": target,
        "toolkit": importlib.metadata.version("rknn-toolkit2"),
        "bytes": size,
        "sets": sets,
    }
    (folder / "simulator.json").write_text(json.dumps(figures, indent=1) + "\n")
