"""A model's folder as a board takes it: the file for its NPU beside those that every machine reads."""

import hashlib
import pathlib
import shutil

FIRST_FILE = "[[files]]"


def write(model: pathlib.Path, compiled: pathlib.Path, target: str):
    """Lays `compiled`, the .rknn file of the model in folder `model`, into a folder named after the
    model, with a manifest that prefers it, and the files that the shipped manifest names."""
    manifest = (model / "manifest.toml").read_text()
    folder = compiled.parent / model.name
    folder.mkdir(exist_ok=True)
    for file in model.glob("*.onnx"):
        shutil.copyfile(file, folder / file.name)
    shutil.copyfile(compiled, folder / compiled.name)
    entry = [
        FIRST_FILE,
        f'file = "{compiled.name}"',
        'format = "rknn"',
        'precision = "int8"',
        f'target = "{target}"',
        f'sha256 = "{hashlib.sha256(compiled.read_bytes()).hexdigest()}"',
        "",
        FIRST_FILE,
    ]
    written = manifest.replace("make.py", "convert.py", 1).replace(
        FIRST_FILE, "\n".join(entry), 1
    )
    (folder / "manifest.toml").write_text(written)
