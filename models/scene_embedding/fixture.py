"""A few held-out pictures for the test of the runtime.

`fixture.bin`, little-endian: `TRSE`, number of rooms n (u32), then n times, for each of its two
views: the picture (3, height, width) as bytes (value = byte / 255), its embedding in single
precision and that of the INT8 file (f32).
"""

import struct

import numpy as np

ROOMS = 4


def make(pictures: np.ndarray, exact, coarse) -> bytes:
    """The file, of rooms that lie evenly in the set."""
    parts = [b"TRSE", struct.pack("<I", ROOMS)]
    for room in np.linspace(0, len(pictures) - 1, ROOMS).round().astype(int):
        for look in (0, 1):
            parts.append(pictures[room, look].tobytes())
            parts += [each[look][room].astype("<f4").tobytes() for each in (exact, coarse)]
    return b"".join(parts)
