"""The range of every tensor of a network over calibration inputs, and the formula that turns a
range into a quantisation."""

import hashlib

import numpy as np

from common import runtime

LEVELS = 255


def affine(least: float, most: float) -> tuple[np.float32, int]:
    """Scale and zero point of unsigned bytes: (max - min) / 255 and -min / scale, over a range
    that holds 0, so that 0 is exact."""
    least, most = np.float32(min(least, 0)), np.float32(max(most, 0))
    scale = np.float32((most - least) / np.float32(LEVELS))
    if scale == 0:
        return np.float32(1), 0
    return scale, int(np.clip(np.round(-least / scale), 0, LEVELS))


def measure(model: bytes, inputs, seed: int, source: str) -> dict:
    """What is shipped as `calibration.json`."""
    loaded = runtime.session(runtime.with_all_tensors(model), optimised=False)
    given = loaded.get_inputs()[0].name
    names = [given] + [output.name for output in loaded.get_outputs()]
    least, most = {}, {}
    count = 0
    for one in inputs:
        count += 1
        for name, tensor in zip(names, [one] + loaded.run(None, {given: one})):
            least[name] = min(least.get(name, np.inf), float(tensor.min()))
            most[name] = max(most.get(name, -np.inf), float(tensor.max()))
    tensors = {}
    for name in names:
        scale, zero = affine(least[name], most[name])
        tensors[name] = {
            "min": least[name], "max": most[name], "scale": float(scale), "zero_point": zero,
        }
    return {
        "of_sha256": hashlib.sha256(model).hexdigest(),
        "source": source,
        "inputs": count,
        "seed": seed,
        "activations": "unsigned 8 bit: scale = (max - min) / 255, zero point = -min / scale, "
        "over a range that holds 0",
        "weights": "signed 8 bit for each output channel: scale = max |w| / 127, zero point 0",
        "biases": "signed 32 bit: scale = the input's scale times the weights' scale, zero point 0",
        "tensors": tensors,
    }
