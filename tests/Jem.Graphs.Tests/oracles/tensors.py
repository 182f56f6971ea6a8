"""Writes tensors as safetensors, for the tests that compare with PyTorch. The scripts beside the tests import it."""

import json
import struct
from pathlib import Path

import torch

TYPES = {torch.float32: "F32", torch.float64: "F64", torch.uint8: "U8", torch.int64: "I64"}


def save(script, tensors):
    """Writes <script>.safetensors beside the script."""
    header, data = {"__metadata__": {"torch": torch.__version__}}, b""
    for name, tensor in tensors.items():
        elements = tensor.detach().contiguous().numpy().tobytes()
        offsets = [len(data), len(data) + len(elements)]
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
        data += elements
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = Path(script).with_suffix(".safetensors")
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(f"{path.name}: {len(header) - 1} tensors, {path.stat().st_size} bytes")
