"""The model's card, printed from its figures alone.

Run as a program it prints the card again, after the simulator's figures have changed.
"""

import pathlib

from common import recorded

SETS = {
    "test": "usual change",
    "test_light": "strong change of light",
    "test_moved": "camera moved",
    "test_noisy": "noise, blocks, a visitor",
}


def write(folder: pathlib.Path):
    """Writes `card.md` from the figures beside it."""
    figures, simulator = recorded.read(folder)
    text = card(figures, simulator)
    (folder / "card.md").write_text(text)
    print(text)


def card(figures: dict, simulator: dict | None) -> str:
    return "\n\n".join([_head(figures), _results(figures, simulator), _limits()]) + "\n"


def _head(figures) -> str:
    return f"""# scene_embedding {figures['version']}

Printed by `make.py` from its own figures; `figures.json` holds them all.

**What it does.** It turns a picture (RGB, 160 by 96 pixels) into a vector of 64 numbers. Pictures
of one room give vectors of a small angle, in other light and from a little elsewhere too, so that
a memory of vectors tells when a room was last seen. Compare by cosine: the vector is not
normalised.

**What it is.** Five convolutions of stride 2, one dense layer: {figures['parameters']} parameters,
{figures['bytes'] / 1024:.0f} KiB of ONNX in single precision, SHA-256 `{figures['sha256']}`;
{figures['int8']['bytes'] / 1024:.0f} KiB in INT8, SHA-256 `{figures['int8']['sha256']}`.
Licence: MIT OR Apache-2.0.

**What it learnt from.** {figures['train']['views']} pictures of each of
{figures['train']['rooms']} generated rooms (seed {figures['seed']}): walls, floors, windows, lamps
and things (`room.py`), seen from a camera that moves, turns, over- and under-exposes, tints, blurs,
adds noise and compresses, while lamps go out, small things are moved and people stand in the way
(`view.py`). It learnt that two views of one room belong together and all others do not."""


def _results(figures, simulator) -> str:
    columns = ["FP32", "INT8 (CPU)"]
    note = (
        "INT8: one scale and zero point for each activation, from the least and greatest value "
        "over the calibration pictures (`calibration.json`): scale = (max - min) / 255, zero point "
        "= -min / scale; one scale for each output channel of the weights. CPU: ONNX Runtime. "
        "Least cosine: between the INT8 and the FP32 vector of the same picture, the worst of all."
    )
    if simulator:
        columns.append(f"INT8 ({simulator['target']} simulator)")
        note += (
            f" Simulator: rknn-toolkit2 {simulator['toolkit']} on a PC, which quantises the FP32 "
            "file by itself with the same pictures; it is no measurement of a board."
        )
    lines = [
        "## Held-out rooms",
        "",
        "Retrieval@1: the share of rooms whose second view is nearest, among the first views of "
        "all rooms of the set, to the first view of its own room. In brackets: the 95 % interval "
        "over rooms. Baselines: a histogram of 512 colours, and a thumbnail of 16 by 8 pixels "
        "compared by normalised cross-correlation.",
        "",
        "| set | rooms | " + " | ".join(columns) + " | thumbnail | colour histogram "
        "| least cosine, " + " | least cosine, ".join(columns[1:]) + " |",
        "|---" * (2 * len(columns) + 3) + "|",
    ]
    for name, title in SETS.items():
        of = figures["sets"][name]
        low, high = of["interval"]
        reduced = [of["int8"], *([simulator["sets"][name]] if simulator else [])]
        cells = [
            f"**{of['model']['retrieval']:.3f}** [{low:.3f}, {high:.3f}]",
            *(f"{each['retrieval']:.3f}" for each in reduced),
            f"{of['thumbnail']['retrieval']:.3f}",
            f"{of['histogram']['retrieval']:.3f}",
            *(f"{each['least_cosine']:.4f}" for each in reduced),
        ]
        lines.append(f"| {title} | {of['rooms']} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", note])


def _limits() -> str:
    return """## Limits

- All figures are of generated pictures. Nothing here was measured in a real room: how well the
  model does there is not known.
- The held-out rooms are drawn by the same program as those that it learnt from, with other seeds.
- It tells rooms apart, not things: it has not learnt what anything is.
- A room seen from the other side is another room to it; the camera moved by up to 14 % of the
  picture's width and turned by 3 degrees."""


if __name__ == "__main__":
    write(pathlib.Path(__file__).parent)
