"""The network as ONNX."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import network

# Operators of this set are read by rten 0.27, tract, ONNX Runtime and rknn-toolkit2.
OPERATOR_SET = 17
FORMAT_VERSION = 8
TRACE = "trace"


def export(parameters: dict, features: int, samples: int, heads: dict[str, int]) -> bytes:
    """One window (1, features, 1, samples) in, a row of probabilities out for each head, and
    the hidden layer that they rest on (`trace`)."""
    initializers = []

    def constant(name, value):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def convolution(place, inputs, source, target):
        name, kernel = f"conv{place}", network.KERNELS[place]
        shape = (network.CHANNELS[place], inputs, 1, kernel)
        weights = constant(name, parameters[name].reshape(shape))
        bias = constant(f"{name}_bias", parameters[f"{name}_bias"])
        return [
            helper.make_node(
                "Conv", [source, weights, bias], [f"{name}_sum"], name=name,
                kernel_shape=[1, kernel], strides=[1, network.STRIDE],
            ),
            helper.make_node("Relu", [f"{name}_sum"], [target], name=f"{name}_relu"),
        ]

    nodes = convolution(0, features, "window", "map0")
    nodes += convolution(1, network.CHANNELS[0], "map0", "map1")
    nodes += [
        helper.make_node("Flatten", ["map1"], ["flat"], name="flatten", axis=1),
        helper.make_node(
            "Gemm",
            ["flat", constant("dense", parameters["dense"]),
             constant("dense_bias", parameters["dense_bias"])],
            ["dense_sum"], name="dense", transB=1,
        ),
        helper.make_node("Relu", ["dense_sum"], [TRACE], name="dense_relu"),
    ]
    at = 0
    for head, classes in heads.items():
        rows = slice(at, at + classes)
        at += classes
        nodes += [
            helper.make_node(
                "Gemm",
                [TRACE, constant(f"{head}_weights", parameters["heads"][rows]),
                 constant(f"{head}_bias", parameters["heads_bias"][rows])],
                [f"{head}_logits"], name=f"{head}_gemm", transB=1,
            ),
            helper.make_node("Softmax", [f"{head}_logits"], [head], name=f"{head}_softmax", axis=1),
        ]
    tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        nodes,
        "dual_activation",
        [tensor("window", [1, features, 1, samples])],
        [tensor(head, [1, classes]) for head, classes in heads.items()]
        + [tensor(TRACE, [1, network.HIDDEN])],
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


def run_reference(model: bytes, windows: np.ndarray) -> list[np.ndarray]:
    """What ONNX's own reference implementation makes of each window."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load_model_from_string(model))
    rows = [evaluator.run(None, {"window": window[None, :, None, :]}) for window in windows]
    return [np.concatenate(head) for head in zip(*rows)]
