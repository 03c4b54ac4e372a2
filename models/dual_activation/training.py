"""Training: Adam (Kingma and Ba 2015, arXiv:1412.6980) on the cross-entropy of both heads."""

import numpy as np

import network

EPOCHS = 16
BATCH = 256
RATE = 2e-3
DROPOUT = 0.2
DECAY = 1e-4


def normalisation(windows: np.ndarray):
    """Mean and deviation of each feature; a feature that hardly moves is not blown up."""
    mean = windows.mean((0, 2))
    return mean, np.maximum(windows.std((0, 2)), 0.02)


def fold_normalisation(parameters: dict, mean: np.ndarray, deviation: np.ndarray) -> dict:
    """The same network for windows that are not normalised."""
    weights = parameters["conv0"].reshape(network.CHANNELS[0], len(mean), network.KERNELS[0])
    scaled = weights / deviation[None, :, None]
    shift = (scaled * mean[None, :, None]).sum((1, 2))
    return parameters | {
        "conv0": scaled.reshape(network.CHANNELS[0], -1).astype(np.float32),
        "conv0_bias": (parameters["conv0_bias"] - shift).astype(np.float32),
    }


def train(train_set, validation_set, classes, seed: int) -> dict:
    """The parameters that did best on the validation set, for windows as they are."""
    rng = np.random.default_rng(seed)
    mean, deviation = normalisation(train_set.windows)
    normal = lambda windows: (windows - mean[:, None]) / deviation[:, None]
    parameters = network.initial(rng, *train_set.windows.shape[1:], classes)
    first = {name: np.zeros_like(value) for name, value in parameters.items()}
    second = {name: np.zeros_like(value) for name, value in parameters.items()}
    best, least = None, np.inf
    batches = len(train_set) // BATCH
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(train_set))
        for at in range(batches):
            chosen = order[at * BATCH : (at + 1) * BATCH]
            keep = (rng.random((BATCH, network.HIDDEN)) >= DROPOUT) / np.float32(1 - DROPOUT)
            logits, trace = network.forward(parameters, normal(train_set.windows[chosen]), keep)
            slopes = []
            for head, answer in zip(network.split_heads(logits, classes), train_set.labels[chosen].T):
                slope = network.softmax(head)
                slope[np.arange(BATCH), answer] -= 1
                slopes.append(slope / BATCH)
            slope = np.concatenate(slopes, 1).astype(np.float32)
            gradients = network.backward(parameters, trace, slope, keep.astype(np.float32))
            step += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / (EPOCHS * batches)))
            for name, gradient in gradients.items():
                first[name] += 0.1 * (gradient - first[name])
                second[name] += 0.001 * (gradient**2 - second[name])
                moved = first[name] / (1 - 0.9**step)
                scale = np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
                decay = 0 if name.endswith("_bias") else DECAY * parameters[name]
                parameters[name] = (parameters[name] - rate * (moved / scale + decay)).astype(np.float32)
        heads = network.probabilities(parameters, normal(validation_set.windows), classes)
        rows = np.arange(len(validation_set))
        loss = -sum(
            np.log(np.maximum(head[rows, answer], 1e-9)).mean()
            for head, answer in zip(heads, validation_set.labels.T)
        )
        right = [(head.argmax(1) == a).mean() for head, a in zip(heads, validation_set.labels.T)]
        print(f"epoch {epoch + 1}: validation loss {loss:.4f}, right {right[0]:.4f} {right[1]:.4f}", flush=True)
        if loss < least:
            least, best = loss, {name: value.copy() for name, value in parameters.items()}
    return fold_normalisation(best, mean, deviation)


def calibrate(parameters: dict, validation_set, classes) -> tuple[dict, list[float]]:
    """One temperature a head that makes the validation set likeliest (Guo et al. 2017,
    arXiv:1706.04599), folded into the heads' weights."""
    heads = network.probabilities(parameters, validation_set.windows, classes)
    rows = np.arange(len(validation_set))
    temperatures = []
    for head, answer in zip(heads, validation_set.labels.T):
        logits = np.log(np.maximum(head, 1e-12))
        loss = lambda t: -np.log(network.softmax(logits / t)[rows, answer] + 1e-12).mean()
        temperatures.append(float(min(np.geomspace(0.5, 3.0, 181), key=loss)))
    scale = np.concatenate([np.full(n, 1 / t) for n, t in zip(classes, temperatures)])
    return parameters | {
        "heads": (parameters["heads"] * scale[:, None]).astype(np.float32),
        "heads_bias": (parameters["heads_bias"] * scale).astype(np.float32),
    }, temperatures
