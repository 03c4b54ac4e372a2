"""The network and its gradients.

Two convolutions over time, one dense layer, two heads of probabilities. Nothing is padded,
so that the normalisation of the inputs can be folded into the first convolution.
"""

import numpy as np

CHANNELS = (32, 32)
KERNELS = (5, 3)
STRIDE = 2
HIDDEN = 64


def steps_after(samples: int) -> int:
    for kernel in KERNELS:
        samples = (samples - kernel) // STRIDE + 1
    return samples


def initial(rng, features: int, samples: int, classes: tuple[int, ...]) -> dict:
    """Weights after He et al. 2015 (arXiv:1502.01852), biases 0."""

    def layer(outputs, inputs):
        return (rng.standard_normal((outputs, inputs)) * np.sqrt(2.0 / inputs)).astype(np.float32)

    weights = {
        "conv0": layer(CHANNELS[0], features * KERNELS[0]),
        "conv1": layer(CHANNELS[1], CHANNELS[0] * KERNELS[1]),
        "dense": layer(HIDDEN, CHANNELS[1] * steps_after(samples)),
        "heads": layer(sum(classes), HIDDEN) * np.float32(0.5),
    }
    biases = {name + "_bias": np.zeros(len(value), np.float32) for name, value in weights.items()}
    return weights | biases


def unfold(batch: np.ndarray, kernel: int) -> np.ndarray:
    """(n, channels, samples) to (n, steps, channels * kernel)."""
    views = np.lib.stride_tricks.sliding_window_view(batch, kernel, axis=2)[:, :, ::STRIDE]
    count, channels, steps, _ = views.shape
    return np.ascontiguousarray(views.transpose(0, 2, 1, 3)).reshape(count, steps, channels * kernel)


def fold(columns: np.ndarray, channels: int, samples: int, kernel: int) -> np.ndarray:
    """The transpose of `unfold`: adds up what overlaps."""
    count, steps, _ = columns.shape
    columns = columns.reshape(count, steps, channels, kernel)
    batch = np.zeros((count, channels, samples), np.float32)
    for offset in range(kernel):
        last = offset + STRIDE * (steps - 1) + 1
        batch[:, :, offset:last:STRIDE] += columns[:, :, :, offset].transpose(0, 2, 1)
    return batch


def forward(parameters: dict, batch: np.ndarray, keep: np.ndarray | None = None):
    """Logits of both heads side by side, and what the gradients need. `keep` is the mask of
    dropout on the hidden layer."""
    columns0 = unfold(batch, KERNELS[0])
    map0 = np.maximum(columns0 @ parameters["conv0"].T + parameters["conv0_bias"], 0)
    columns1 = unfold(map0.transpose(0, 2, 1), KERNELS[1])
    map1 = np.maximum(columns1 @ parameters["conv1"].T + parameters["conv1_bias"], 0)
    # Channels first, as the exported network flattens them.
    flat = np.ascontiguousarray(map1.transpose(0, 2, 1)).reshape(len(batch), -1)
    hidden = np.maximum(flat @ parameters["dense"].T + parameters["dense_bias"], 0)
    if keep is not None:
        hidden = hidden * keep
    logits = hidden @ parameters["heads"].T + parameters["heads_bias"]
    return logits, (columns0, map0, columns1, map1, flat, hidden)


def backward(parameters: dict, trace, slope: np.ndarray, keep: np.ndarray) -> dict:
    """Gradients of all parameters from the slope of the loss at the logits."""
    columns0, map0, columns1, map1, flat, hidden = trace
    count = len(slope)
    gradients = {"heads": slope.T @ hidden, "heads_bias": slope.sum(0)}
    slope = (slope @ parameters["heads"]) * keep * (hidden > 0)
    gradients |= {"dense": slope.T @ flat, "dense_bias": slope.sum(0)}
    slope = (slope @ parameters["dense"]).reshape(count, CHANNELS[1], -1).transpose(0, 2, 1)
    slope = slope * (map1 > 0)
    rows = slope.reshape(-1, CHANNELS[1])
    gradients |= {
        "conv1": rows.T @ columns1.reshape(len(rows), -1),
        "conv1_bias": rows.sum(0),
    }
    slope = fold(slope @ parameters["conv1"], CHANNELS[0], map0.shape[1], KERNELS[1])
    rows = (slope.transpose(0, 2, 1) * (map0 > 0)).reshape(-1, CHANNELS[0])
    gradients |= {
        "conv0": rows.T @ columns0.reshape(len(rows), -1),
        "conv0_bias": rows.sum(0),
    }
    return gradients


def split_heads(logits: np.ndarray, classes: tuple[int, ...]) -> list[np.ndarray]:
    return np.split(logits, np.cumsum(classes)[:-1], axis=1)


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    return exponentials / exponentials.sum(1, keepdims=True)


def probabilities(parameters: dict, windows: np.ndarray, classes: tuple[int, ...]):
    """Probabilities of each head, batch by batch."""
    logits = np.concatenate(
        [forward(parameters, windows[at : at + 2048])[0] for at in range(0, len(windows), 2048)]
    )
    return [softmax(head) for head in split_heads(logits, classes)]


def count(parameters: dict) -> int:
    return sum(value.size for value in parameters.values())
