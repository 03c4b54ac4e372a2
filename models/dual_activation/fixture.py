"""A few held-out windows for the test of the runtime.

`fixture.bin`, little-endian: `TRDA`, number of windows n (u32), then n times: features by samples
as bytes (value = byte / 255), situation and feeling (a byte each), the rule's situation and
feeling, the reference outputs (f32): situations, feelings and trace in single precision, then the
same of the INT8 file.
"""

import struct

import numpy as np

import data
import export
import rule
from common import runtime

COUNT = 176


def choose(labels: np.ndarray) -> np.ndarray:
    """Every k-th window after ordering by both labels: all labels have their share."""
    order = np.lexsort((np.arange(len(labels)), labels[:, 1], labels[:, 0]))
    return np.sort(order[np.linspace(0, len(order) - 1, COUNT).round().astype(int)])


def make(model: bytes, quantised: bytes, held_out, names, tuned, majority) -> tuple[bytes, dict]:
    """The file, and the figures of exactly these windows."""
    chosen = choose(held_out.labels)
    coded = np.round(held_out.windows[chosen] * 255).astype(np.uint8)
    windows = coded.astype(np.float32) / np.float32(255)
    labels = held_out.labels[chosen]
    outputs = export.run_reference(model, windows)
    coarse = runtime.run(quantised, data.as_inputs(windows))
    ruled = rule.apply(windows, names["features"], tuned)
    parts = [b"TRDA", struct.pack("<I", len(chosen))]
    for place in range(len(chosen)):
        parts.append(coded[place].tobytes())
        parts.append(bytes([*labels[place], ruled[0][place], ruled[1][place]]))
        parts += [output[place].astype("<f4").tobytes() for output in outputs + coarse]
    figures = {"windows": len(chosen)}
    for place, head in enumerate(("situation", "feeling")):
        answer = labels[:, place]
        figures[head] = {
            "model": float((outputs[place].argmax(1) == answer).mean()),
            "int8": float((coarse[place].argmax(1) == answer).mean()),
            "rule": float((ruled[place] == answer).mean()),
            "majority": float((answer == majority[place]).mean()),
        }
    return b"".join(parts), figures
