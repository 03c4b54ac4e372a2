"""The network as ONNX."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import network

# Operators of this set are read by rten 0.27, ONNX Runtime and rknn-toolkit2.
OPERATOR_SET = 17
FORMAT_VERSION = 8
INPUT = "picture"
OUTPUT = "embedding"


def export(parameters: dict, height: int, width: int) -> bytes:
    """One picture (1, 3, height, width) in 0 to 1 in, one embedding out, not normalised."""
    initializers = []

    def constant(name):
        value = np.ascontiguousarray(parameters[name], np.float32)
        initializers.append(numpy_helper.from_array(value, name))
        return name

    nodes, source = [], INPUT
    for place in range(len(network.CHANNELS)):
        name = f"conv{place}"
        nodes += [
            helper.make_node(
                "Conv", [source, constant(name), constant(f"{name}_bias")], [f"{name}_sum"],
                name=name, kernel_shape=[network.KERNEL] * 2, strides=[network.STRIDE] * 2,
                pads=[network.PADDING] * 4,
            ),
            helper.make_node("Relu", [f"{name}_sum"], [f"map{place}"], name=f"{name}_relu"),
        ]
        source = f"map{place}"
    nodes += [
        helper.make_node("Flatten", [source], ["flat"], name="flatten", axis=1),
        helper.make_node(
            "Gemm", ["flat", constant("dense"), constant("dense_bias")], [OUTPUT],
            name="dense_gemm", transB=1,
        ),
    ]
    tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        nodes,
        "scene_embedding",
        [tensor(INPUT, [1, 3, height, width])],
        [tensor(OUTPUT, [1, network.DIMENSIONS])],
        initializers,
    )
    model = helper.make_model(
        graph,
        producer_name="triune",
        opset_imports=[helper.make_opsetid("", OPERATOR_SET)],
        ir_version=FORMAT_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()
