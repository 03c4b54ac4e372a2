"""Statistics of taught segments, by which discovery tells what was not taught.

Reads what the example `taught_days` wrote with the INT8 file that lies beside this program, and
writes `known.bin`, little-endian: `TRKN`, version 1 (u32), SHA-256 of the model file, number of
classes and of signatures (u32 each), greatest distance of a trace and of a signature that is known
(f32 each), the matrix that whitens a trace (64 rows of 64 f32), each class's mean trace after it
(64 f32), each signature (9 f32).

Limits are of days held out: every third.
"""

import argparse
import hashlib
import json
import pathlib
import struct

import numpy as np

TRACE = 64
# Shrinks the covariance towards a sphere: some hidden units hardly ever speak.
SHRINKAGE = 0.1
# A trace lies within this share of held-out segments' distances, a signature within that.
TRACE_QUANTILE = 0.99
SIGNATURE_QUANTILE = 0.999
# Signatures nearer to one another than this are kept once.
SPACING = 0.08


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--segments", type=pathlib.Path, required=True)
    given = arguments.parse_args()
    folder = pathlib.Path(__file__).parent
    model = hashlib.sha256((folder / "dual_activation.int8.onnx").read_bytes())
    table = np.load(given.segments)
    days, labels = table[:, 0].astype(int), table[:, 1].astype(int)
    traces, signatures = table[:, 2 : 2 + TRACE], table[:, 2 + TRACE :]
    # Of segments in which one scene passes to the next only the limits know.
    pure, held = labels >= 0, days % 3 == 0
    classes = np.unique(labels[pure])

    whitening, means = whiten(traces, labels, pure & ~held, classes)
    trace_limit = np.quantile(distances(traces[held] @ whitening.T, means), TRACE_QUANTILE)
    some = spaced(signatures[pure & ~held])
    signature_limit = np.quantile(distances(signatures[held], some), SIGNATURE_QUANTILE)

    whitening, means = whiten(traces, labels, pure, classes)
    kept = spaced(signatures[pure])
    parts = [
        b"TRKN",
        struct.pack("<I", 1),
        model.digest(),
        struct.pack("<IIff", len(classes), len(kept), trace_limit, signature_limit),
        *(array.astype("<f4").tobytes() for array in (whitening, means, kept)),
    ]
    (folder / "known.bin").write_bytes(b"".join(parts))
    figures = {
        "model": model.hexdigest(),
        "days": len(np.unique(days)),
        "segments": len(table),
        "signatures": len(kept),
        "trace_limit": float(trace_limit),
        "signature_limit": float(signature_limit),
    }
    (folder / "known.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(figures)


def whiten(traces, labels, chosen, classes):
    """The matrix that makes the spread within classes one everywhere, and the means after it."""
    means = np.array([traces[chosen & (labels == one)].mean(0) for one in classes])
    rest = np.concatenate(
        [traces[chosen & (labels == one)] - mean for one, mean in zip(classes, means)]
    )
    covariance = np.cov(rest.T)
    covariance += SHRINKAGE * np.trace(covariance) / TRACE * np.eye(TRACE)
    matrix = np.linalg.cholesky(np.linalg.inv(covariance)).T
    return matrix, means @ matrix.T


def distances(points, places):
    """Of each point to the nearest place."""
    return np.array([np.sqrt(((places - point) ** 2).sum(1).min()) for point in points])


def spaced(points):
    """Some of the points, none of them within `SPACING` of another; all others are."""
    kept = points[:1]
    for point in points[1:]:
        if ((kept - point) ** 2).sum(1).min() > SPACING**2:
            kept = np.vstack([kept, point])
    return kept


if __name__ == "__main__":
    main()
