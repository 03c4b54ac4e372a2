"""The network: five convolutions that halve the picture, one dense layer.

All padding is the same on both sides, so that every runtime and NPU compiler means the same by
it. While training, each convolution's sums are normalised over the batch (Ioffe and Szegedy 2015,
arXiv:1502.03167); `folded` puts the normalisation into weights and biases, so that the shipped
network has none.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

CHANNELS = (16, 32, 48, 64, 80)
KERNEL = 3
STRIDE = 2
PADDING = 1
DIMENSIONS = 64
EPSILON = 1e-5


def grid_after(size: int) -> int:
    for _ in CHANNELS:
        size = (size + 2 * PADDING - KERNEL) // STRIDE + 1
    return size


def initial(rng: np.random.Generator, height: int, width: int) -> dict:
    """Weights after He et al. 2015 (arXiv:1502.01852)."""

    def layer(*shape):
        deviation = np.sqrt(2.0 / np.prod(shape[1:]))
        return jnp.asarray(rng.standard_normal(shape) * deviation, jnp.float32)

    parameters = {}
    inputs = 3
    for place, outputs in enumerate(CHANNELS):
        parameters[f"conv{place}"] = layer(outputs, inputs, KERNEL, KERNEL)
        parameters[f"scale{place}"] = jnp.ones(outputs)
        parameters[f"shift{place}"] = jnp.zeros(outputs)
        inputs = outputs
    parameters["dense"] = layer(DIMENSIONS, inputs * grid_after(height) * grid_after(width))
    parameters["dense_bias"] = jnp.zeros(DIMENSIONS)
    return parameters


def convolve(batch, weights):
    """Batch (n, height, width, channels), weights (outputs, inputs, height, width)."""
    return lax.conv_general_dilated(
        batch,
        weights.transpose(2, 3, 1, 0),
        window_strides=(STRIDE, STRIDE),
        padding=((PADDING, PADDING), (PADDING, PADDING)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def learn(parameters: dict, batch):
    """Embeddings of a batch (n, 3, height, width), normalised over the batch, and each layer's
    mean and variance."""
    seen = []
    batch = batch.transpose(0, 2, 3, 1)
    for place in range(len(CHANNELS)):
        sums = convolve(batch, parameters[f"conv{place}"])
        mean, variance = sums.mean((0, 1, 2)), sums.var((0, 1, 2))
        seen.append((mean, variance))
        normal = (sums - mean) / jnp.sqrt(variance + EPSILON)
        batch = jax.nn.relu(normal * parameters[f"scale{place}"] + parameters[f"shift{place}"])
    return _dense(parameters, batch), seen


def folded(parameters: dict, statistics: list) -> dict:
    """The same network with these means and variances inside its weights and biases."""
    plain = {name: parameters[name] for name in ("dense", "dense_bias")}
    for place, (mean, variance) in enumerate(statistics):
        factor = parameters[f"scale{place}"] / jnp.sqrt(variance + EPSILON)
        plain[f"conv{place}"] = parameters[f"conv{place}"] * factor[:, None, None, None]
        plain[f"conv{place}_bias"] = parameters[f"shift{place}"] - mean * factor
    return {name: np.asarray(value, np.float32) for name, value in plain.items()}


def _dense(parameters, batch):
    # Channels first, as the exported network flattens them.
    flat = batch.transpose(0, 3, 1, 2).reshape(len(batch), -1)
    return flat @ parameters["dense"].T + parameters["dense_bias"]


@jax.jit
def _embed(parameters, batch):
    batch = batch.transpose(0, 2, 3, 1)
    for place in range(len(CHANNELS)):
        sums = convolve(batch, parameters[f"conv{place}"]) + parameters[f"conv{place}_bias"]
        batch = jax.nn.relu(sums)
    return _dense(parameters, batch)


def embed(parameters: dict, pictures: np.ndarray) -> np.ndarray:
    """Embeddings of pictures in 0 to 1 by a folded network."""
    parts = [pictures[at : at + 100] for at in range(0, len(pictures), 100)]
    return np.concatenate([np.asarray(_embed(parameters, part)) for part in parts])


def count(parameters: dict) -> int:
    return sum(value.size for value in parameters.values())
