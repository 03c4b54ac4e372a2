"""Single precision to INT8 in the form QDQ: QuantizeLinear and DequantizeLinear around each
operator, which every runtime reads and integer runtimes fuse."""

import pathlib
import tempfile

from onnxruntime.quantization import (
    CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static,
)

import onnx

# What stays in single precision: probabilities need more than 256 levels.
IN_FLOATS = ("Softmax",)


class _Inputs(CalibrationDataReader):
    def __init__(self, name: str, inputs):
        self.name, self.inputs = name, iter(inputs)

    def get_next(self):
        one = next(self.inputs, None)
        return None if one is None else {self.name: one}


def quantise(model: bytes, inputs) -> bytes:
    """The INT8 model; `inputs` are the calibration inputs of its one input."""
    graph = onnx.load_model_from_string(model).graph
    operators = sorted({node.op_type for node in graph.node} - set(IN_FLOATS))
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "f32.onnx"), pathlib.Path(folder, "int8.onnx")
        source.write_bytes(model)
        quantize_static(
            source,
            target,
            _Inputs(graph.input[0].name, inputs),
            quant_format=QuantFormat.QDQ,
            calibrate_method=CalibrationMethod.MinMax,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=operators,
        )
        quantised = onnx.load(target)
    quantised.producer_name = "triune"
    quantised.producer_version = ""
    del quantised.metadata_props[:]
    onnx.checker.check_model(quantised, full_check=True)
    return quantised.SerializeToString()
