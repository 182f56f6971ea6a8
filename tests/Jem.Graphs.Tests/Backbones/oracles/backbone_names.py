"""Names and shapes of torchvision's networks, and timm's of vision transformers, without the classifier and the counts of batches."""

import json
import sys
from pathlib import Path

import torchvision

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from vit import VisionTransformer

networks = {name: getattr(torchvision.models, name)() for name in ["resnet18", "resnet34", "resnet50", "convnext_tiny"]}
networks["vit_tiny"] = VisionTransformer(width=192, depth=12, patch=16, side=224)
networks["vit_small"] = VisionTransformer(width=384, depth=12, patch=16, side=224)
lines = []
for name, network in networks.items():
    for key, value in network.state_dict().items():
        if not key.startswith(("fc.", "classifier.2.")) and not key.endswith("num_batches_tracked"):
            lines.append(f"{name} {key} {json.dumps(list(value.shape))}\n")
Path(__file__).with_suffix(".txt").write_text("".join(lines))
