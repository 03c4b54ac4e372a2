"""From single precision to a checked INT8 file."""

import sys

from common import calibration, quantisation_check, quantise


def make(model: bytes, inputs: list, seed: int, source: str) -> tuple[dict, bytes]:
    """The ranges of the network's tensors over `inputs`, which come from `source`, and the INT8
    file, whose scales and zero points must follow from them: ends the program otherwise."""
    ranges = calibration.measure(model, inputs, seed, source)
    quantised = quantise.quantise(model, inputs)
    faults = quantisation_check.faults(quantised, model, ranges)
    if faults:
        sys.exit("not shipped:\n" + "\n".join(faults))
    return ranges, quantised
