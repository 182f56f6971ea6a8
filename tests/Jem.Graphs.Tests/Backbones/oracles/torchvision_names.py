"""Names and shapes of torchvision's ResNets, without the classifier and the counts of batches."""

import json
from pathlib import Path

import torchvision

lines = []
for name in ["resnet18", "resnet34", "resnet50"]:
    for key, value in getattr(torchvision.models, name)().state_dict().items():
        if not key.startswith("fc.") and not key.endswith("num_batches_tracked"):
            lines.append(f"{name} {key} {json.dumps(list(value.shape))}\n")
Path(__file__).with_suffix(".txt").write_text("".join(lines))
