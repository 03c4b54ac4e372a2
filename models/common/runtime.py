"""Runs ONNX models with ONNX Runtime, on one thread."""

import time

import numpy as np
import onnx
import onnxruntime


def session(model: bytes, optimised: bool = True) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(model: bytes, inputs) -> list[np.ndarray]:
    """Each output for all `inputs`, which are those of the model's one input, one run each."""
    loaded = session(model)
    name = loaded.get_inputs()[0].name
    rows = [loaded.run(None, {name: one}) for one in inputs]
    return [np.concatenate(output) for output in zip(*rows)]


def with_all_tensors(model: bytes) -> bytes:
    """The same model with every tensor in it as an output."""
    graph_of = onnx.load_model_from_string(model)
    told = {output.name for output in graph_of.graph.output}
    for node in graph_of.graph.node:
        for tensor in node.output:
            if tensor not in told:
                graph_of.graph.output.append(
                    onnx.helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None)
                )
    return graph_of.SerializeToString()


def speeds(model: bytes, quantised: bytes, one: np.ndarray, runs: int = 500) -> str:
    """How long both take on this machine, for people: it differs from machine to machine."""
    took = []
    for each in (model, quantised):
        loaded = session(each)
        name = loaded.get_inputs()[0].name
        times = []
        for _ in range(runs):
            begun = time.perf_counter()
            loaded.run(None, {name: one})
            times.append(time.perf_counter() - begun)
        took.append(1e6 * float(np.median(times)))
    return f"one run here: {took[0]:.0f} us in single precision, {took[1]:.0f} us in INT8"
