"""The figures that stand beside a model."""

import json
import pathlib


def read(folder: pathlib.Path) -> tuple[dict, dict | None]:
    """`figures.json` and `simulator.json`. The simulator's figures of another network are
    deleted: they are of no use any more."""
    figures = json.loads((folder / "figures.json").read_text())
    path = folder / "simulator.json"
    simulator = json.loads(path.read_text()) if path.exists() else None
    if simulator and simulator["of_sha256"] != figures["sha256"]:
        path.unlink()
        simulator = None
    return figures, simulator
