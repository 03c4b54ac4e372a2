"""The manifest that the program checks before it loads a model's file (format 2)."""

import hashlib


def manifest(name: str, version: str, training: str, files, inputs, outputs) -> str:
    """The manifest's text. `files`: (file name, precision, bytes), the preferred one first.
    `inputs` and `outputs`: (name, shape, labels), all in single precision."""
    lines = [
        "# Written by make.py; do not edit by hand.",
        "format = 2",
        f'name = "{name}"',
        f'version = "{version}"',
        'licence = "MIT OR Apache-2.0"',
        f'training = "{training}"',
    ]
    for file, precision, content in files:
        lines += [
            "",
            "[[files]]",
            f'file = "{file}"',
            'format = "onnx"',
            f'precision = "{precision}"',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
        ]
    for kind, tensors in (("inputs", inputs), ("outputs", outputs)):
        for tensor, shape, labels in tensors:
            lines += [
                "",
                f"[[{kind}]]",
                f'name = "{tensor}"',
                f"shape = {list(shape)}",
                'element = "f32"',
            ]
            if labels:
                lines.append("labels = [" + ", ".join(f'"{label}"' for label in labels) + "]")
    return "\n".join(lines) + "\n"
