"""Makes the small models that the tests run. Needs numpy and onnx (models/dual_activation/requirements.txt)."""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
F32, I8 = TensorProto.FLOAT, TensorProto.INT8


def save(name, nodes, inputs, outputs, constants):
    tensors = lambda described: [helper.make_tensor_value_info(*each) for each in described]
    graph = helper.make_graph(
        nodes, name, tensors(inputs), tensors(outputs),
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


# Two inputs, two outputs: sum = relu(weights x left + right), double = 2 right.
save(
    "mixer",
    [
        helper.make_node("Gemm", ["left", "weights", "right"], ["mixed"]),
        helper.make_node("Relu", ["mixed"], ["sum"]),
        helper.make_node("Add", ["right", "right"], ["double"]),
    ],
    [("left", F32, [1, 3]), ("right", F32, [1, 2])],
    [("sum", F32, [1, 2]), ("double", F32, [1, 2])],
    {"weights": np.array([[1, -1], [2, 0.5], [-3, 4]], np.float32)},
)
# Two of three outputs are not computed: the input itself, and a constant.
save(
    "passes",
    [helper.make_node("Add", ["given", "given"], ["double"])],
    [("given", F32, [1, 2])],
    [("double", F32, [1, 2]), ("given", F32, [1, 2]), ("constant", F32, [1, 2])],
    {"constant": np.array([[7, -7]], np.float32)},
)
# 8-bit integers in (scale 0.5, zero point -10) and out (scale 0.25, zero point 5): twice the value.
save(
    "quantised",
    [
        helper.make_node("DequantizeLinear", ["coded", "in_scale", "in_zero"], ["real"]),
        helper.make_node("Add", ["real", "real"], ["twice"]),
        helper.make_node("QuantizeLinear", ["twice", "out_scale", "out_zero"], ["recoded"]),
    ],
    [("coded", I8, [1, 4])],
    [("recoded", I8, [1, 4])],
    {
        "in_scale": np.float32(0.5), "in_zero": np.int8(-10),
        "out_scale": np.float32(0.25), "out_zero": np.int8(5),
    },
)
# 8-bit arithmetic inside, single precision outside: a product of greatest values, whose sums of two
# do not fit in 16 bits, and a convolution with a scale for each channel.
save(
    "inside",
    [
        helper.make_node("QuantizeLinear", ["row", "row_scale", "no_zero"], ["row_coded"]),
        helper.make_node("DequantizeLinear", ["row_coded", "row_scale", "no_zero"], ["row_real"]),
        helper.make_node("DequantizeLinear", ["factors", "factor_scale"], ["factors_real"]),
        helper.make_node("MatMul", ["row_real", "factors_real"], ["product_raw"]),
        helper.make_node("QuantizeLinear", ["product_raw", "product_scale", "product_zero"], ["product_coded"]),
        helper.make_node("DequantizeLinear", ["product_coded", "product_scale", "product_zero"], ["product"]),
        helper.make_node("QuantizeLinear", ["picture", "picture_scale", "no_zero"], ["picture_coded"]),
        helper.make_node("DequantizeLinear", ["picture_coded", "picture_scale", "no_zero"], ["picture_real"]),
        helper.make_node("DequantizeLinear", ["kernels", "kernel_scales", "kernel_zeros"], ["kernels_real"], axis=0),
        # Strides, dilations and pads are told, although ONNX has defaults: not every reader has them.
        helper.make_node("Conv", ["picture_real", "kernels_real"], ["maps_raw"], strides=[1, 1], dilations=[1, 1], pads=[0] * 4),
        helper.make_node("QuantizeLinear", ["maps_raw", "maps_scale", "maps_zero"], ["maps_coded"]),
        helper.make_node("DequantizeLinear", ["maps_coded", "maps_scale", "maps_zero"], ["maps"]),
    ],
    [("row", F32, [1, 8]), ("picture", F32, [1, 2, 3, 3])],
    [("product", F32, [1, 2]), ("maps", F32, [1, 2, 2, 2])],
    {
        "no_zero": np.uint8(0),
        "row_scale": np.float32(0.01),
        "factors": np.array([[127, -127]] * 8, np.int8), "factor_scale": np.float32(0.01),
        "product_scale": np.float32(0.25), "product_zero": np.uint8(128),
        "picture_scale": np.float32(0.01),
        "kernels": np.stack([np.full((2, 2, 2), 50, np.int8), np.full((2, 2, 2), -50, np.int8)]),
        "kernel_scales": np.array([0.01, 0.005], np.float32), "kernel_zeros": np.zeros(2, np.int8),
        "maps_scale": np.float32(0.05), "maps_zero": np.uint8(100),
    },
)
# The square root: not a number for what is below 0.
save(
    "root",
    [helper.make_node("Sqrt", ["square"], ["root"])],
    [("square", F32, [1, 2])],
    [("root", F32, [1, 2])],
    {},
)
# Pictures of 3 channels, 2 rows, 5 columns, whose axes cannot be mistaken for each other: each channel is
# scaled by another number, and rows are swapped.
save(
    "picture",
    [
        helper.make_node("Mul", ["picture", "gains"], ["scaled"]),
        helper.make_node("Gather", ["scaled", "rows"], ["swapped"], axis=2),
    ],
    [("picture", F32, [1, 3, 2, 5])],
    [("swapped", F32, [1, 3, 2, 5])],
    {
        "gains": np.array([1, 2, 4], np.float32).reshape(1, 3, 1, 1),
        "rows": np.array([1, 0], np.int64),
    },
)
# The same with 8-bit integers (scale 0.5, zero point -10, in and out).
save(
    "coded_picture",
    [
        helper.make_node("DequantizeLinear", ["picture", "scale", "zero"], ["real"]),
        helper.make_node("Mul", ["real", "gains"], ["scaled"]),
        helper.make_node("Gather", ["scaled", "rows"], ["moved"], axis=2),
        helper.make_node("QuantizeLinear", ["moved", "scale", "zero"], ["swapped"]),
    ],
    [("picture", I8, [1, 3, 2, 5])],
    [("swapped", I8, [1, 3, 2, 5])],
    {
        "gains": np.array([1, 2, 4], np.float32).reshape(1, 3, 1, 1),
        "rows": np.array([1, 0], np.int64),
        "scale": np.float32(0.5), "zero": np.int8(-10),
    },
)
