"""Computes every scale and zero point of an INT8 model again, from `calibration.json` and from the
weights in single precision, and tells where the file differs."""

import numpy as np
import onnx
from onnx import numpy_helper

from common import calibration

# Weights' scales divide by the positive half of a signed byte.
HALF = 127
# The nearest level is at most this far off, in levels.
HALF_LEVEL = 0.5 + 1e-4
# Single precision rounds a division by at most this share.
ROUNDING = 3e-7


def faults(quantised: bytes, model: bytes, ranges: dict) -> list[str]:
    """What does not follow the formula; empty for a model that does."""
    graph = onnx.load_model_from_string(quantised).graph
    plain = _constants(onnx.load_model_from_string(model).graph)
    constants = _constants(graph)
    found = []
    scales = {}
    for node in graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        tensor = node.input[1].removesuffix("_scale").removesuffix("_quantized")
        scale, zero = constants[node.input[1]], constants[node.input[2]]
        if zero.dtype == np.uint8:
            found += _activation(tensor, scale, zero, ranges["tensors"])
            scales[node.output[0]] = scale
        elif zero.dtype == np.int8:
            found += _weights(tensor, scale, zero, constants[node.input[0]], plain[tensor])
            scales[node.output[0]] = scale
        elif zero.any():
            found.append(f"bias '{tensor}': its zero point is not 0")
        else:
            scales[node.output[0]] = scale
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            found += _bias(node, scales)
    found += [
        f"'{name}' is still in single precision"
        for name, value in constants.items()
        if value.dtype == np.float32 and not name.endswith("_scale")
    ]
    return found


def _constants(graph) -> dict[str, np.ndarray]:
    return {each.name: numpy_helper.to_array(each) for each in graph.initializer}


def _apart(found, right) -> bool:
    return not np.allclose(found, right, rtol=ROUNDING, atol=0)


def _activation(tensor, scale, zero, ranges) -> list[str]:
    if tensor not in ranges:
        return [f"'{tensor}' has no range in the calibration"]
    right, right_zero = calibration.affine(ranges[tensor]["min"], ranges[tensor]["max"])
    if _apart(scale, right) or int(zero) != right_zero:
        return [f"'{tensor}': scale {scale} and zero point {zero}, not {right} and {right_zero}"]
    return []


def _weights(tensor, scale, zero, levels, weights) -> list[str]:
    flat = weights.reshape(len(weights), -1)
    right = np.abs(flat).max(1) / np.float32(HALF)
    if zero.any() or _apart(scale, right):
        return [f"weights '{tensor}': their scales are not max |w| / {HALF} about 0"]
    apart = np.abs(levels.reshape(flat.shape) - flat / scale[:, None])
    if apart.max() > HALF_LEVEL:
        return [f"weights '{tensor}': they are not rounded to the nearest level"]
    return []


def _bias(node, scales) -> list[str]:
    missing = [name for name in node.input if name not in scales]
    if missing:
        return [f"operator '{node.name}' reads {missing} in single precision"]
    given, weights, bias = (scales[name] for name in node.input)
    if _apart(bias, given * weights):
        return [f"bias of '{node.name}': its scale is not the input's times the weights'"]
    return []
