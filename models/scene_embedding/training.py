"""Training: Adam (Kingma and Ba 2015, arXiv:1412.6980) on the contrast between rooms.

Two views of each room of a batch; each view must be nearer to the other of its room than to all
views of other rooms (normalised temperature-scaled cross entropy, Chen et al. 2020,
arXiv:2002.05709).
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

import data
import metrics
import network

STEPS = 700
ROOMS = 64
RATE = 3e-3
DECAY = 1e-4
TEMPERATURE = 0.1
# Steps over which the statistics of normalisation are averaged, and between two validations.
MEMORY = 50
INTERVAL = 100


def contrast(parameters, batch):
    """The loss of a batch whose first half are views of the rooms of its second half."""
    embeddings, seen = network.learn(parameters, batch)
    embeddings /= jnp.linalg.norm(embeddings, axis=1, keepdims=True) + 1e-8
    count = len(embeddings)
    nearness = embeddings @ embeddings.T / TEMPERATURE - 1e9 * jnp.eye(count)
    partner = (jnp.arange(count) + count // 2) % count
    chosen = jax.nn.log_softmax(nearness, axis=1)[jnp.arange(count), partner]
    return -chosen.mean(), seen


@functools.partial(jax.jit, donate_argnums=(0, 1))
def _step(parameters, moments, batch, step, rate):
    (loss, seen), slopes = jax.value_and_grad(contrast, has_aux=True)(parameters, batch)
    first = jax.tree.map(lambda m, g: m + 0.1 * (g - m), moments[0], slopes)
    second = jax.tree.map(lambda m, g: m + 0.001 * (g * g - m), moments[1], slopes)

    def moved(name):
        ahead = first[name] / (1 - 0.9**step)
        scale = jnp.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
        decay = DECAY * parameters[name] if name.startswith(("conv", "dense")) else 0
        return parameters[name] - rate * (ahead / scale + decay)

    return {name: moved(name) for name in parameters}, (first, second), loss, seen


def train(pictures: np.ndarray, validation: np.ndarray, seed: int) -> dict:
    """The folded parameters that did best on the validation set. `pictures` and `validation`:
    bytes (rooms, views, 3, height, width)."""
    rng = np.random.default_rng(seed)
    rooms, views = pictures.shape[:2]
    parameters = network.initial(rng, *pictures.shape[3:])
    moments = tuple(jax.tree.map(jnp.zeros_like, parameters) for _ in range(2))
    statistics, best, most = None, None, -1.0
    for step in range(1, STEPS + 1):
        chosen = rng.permutation(rooms)[:ROOMS]
        looks = np.array([rng.permutation(views)[:2] for _ in chosen])
        batch = np.concatenate([pictures[chosen, looks[:, 0]], pictures[chosen, looks[:, 1]]])
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        parameters, moments, loss, seen = _step(
            parameters, moments, data.as_input(batch), step, rate
        )
        share = 1 / min(step, MEMORY)
        statistics = seen if statistics is None else [
            tuple(old + share * (new - old) for old, new in zip(*layer))
            for layer in zip(statistics, seen)
        ]
        if step % INTERVAL == 0:
            plain = network.folded(parameters, statistics)
            right = metrics.found(*(
                network.embed(plain, data.as_input(validation[:, look])) for look in (0, 1)
            )).mean()
            print(f"step {step}: loss {loss:.4f}, validation retrieval@1 {right:.4f}", flush=True)
            if right >= most:
                most, best = right, plain
    return best
