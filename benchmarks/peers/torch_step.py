#!/usr/bin/env python3
"""torch_step.py FOLDER [--channels-last] [--bf16]

Serves the step of a training program in PyTorch: its options, first values and views (NAME.bin), all of FOLDER. A line on standard input
asks for a step, a line of JSON answers; at the end of the input comes the account. Shared/Turns.cs is the same for .NET.

--channels-last  the channels of a pixel lie together, in images and filters
--bf16           convolutions and products in bfloat16, by autocast; the loss in float32
"""

import argparse
import json
import os
import struct
import sys
import time
from pathlib import Path

import torch

from torch_methods import METHODS
from torch_networks import caches_are_known, spare_pointwise_convolutions

# No weight decay besides on these, as in the program: they have more than one axis but are no matrices.
UNDECAYED = ("layer_scale", "cls_token", "pos_embed")


def read(file):
    """Tensors by name: eight bytes with the header's length, the header in JSON, the numbers."""
    data = bytearray(Path(file).read_bytes())
    (length,) = struct.unpack_from("<Q", data)
    header, start = json.loads(data[8 : 8 + length]), 8 + length
    return {
        name: torch.frombuffer(data, dtype=torch.float32, offset=start + entry["data_offsets"][0], count=torch.Size(entry["shape"]).numel())
        .reshape(entry["shape"]).clone()
        for name, entry in header.items() if name != "__metadata__"}


def sgd(network, options, rate):
    groups = {True: [], False: []}
    for name, parameter in network.named_parameters():
        groups[parameter.dim() > 1 and not name.endswith(UNDECAYED)].append(parameter)
    return torch.optim.SGD(
        [{"params": groups[True], "weight_decay": options["weight_decay"]}, {"params": groups[False]}],
        lr=rate, momentum=options["momentum"], fused=True)


class Step:
    def __init__(self, folder, channels_last, bf16):
        program = json.loads((folder / "program.json").read_text())
        options = program["options"]
        inputs = next(stage["inputs"] for stage in program["stages"] if stage["name"] == "step")
        self.scalars = {port["name"]: port["default"] for port in inputs if port["role"] == "scalar"}
        self.batch = {
            port["name"]: torch.frombuffer(bytearray((folder / f"{port['name']}.bin").read_bytes()), dtype=torch.uint8).reshape(port["shape"])
            for port in inputs if port["role"] == "batch"}
        self.mean, self.std = (torch.tensor(options["image"][name])[:, None, None] for name in ("mean", "std"))
        self.method = METHODS[program["method"]](options)
        self.method.load(read(folder / program["initial"]))
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        for network in (self.method.student, getattr(self.method, "teacher", None)):
            if network is not None:
                network.train().to(memory_format=self.layout)
                if not caches_are_known():
                    spare_pointwise_convolutions(network)
        self.bf16 = bf16
        self.optimizer = sgd(self.method.student, options["optimizer"], self.scalars["learning_rate"])

    @property
    def parameters(self):
        return sum(parameter.numel() for parameter in self.method.student.parameters())

    def take(self):
        """One step; returns its loss."""
        images = {
            name: pixels.to(memory_format=self.layout).float().div_(255).sub_(self.mean).div_(self.std) for name, pixels in self.batch.items()}
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            outputs = self.method.outputs(**images)
        loss = self.method.loss(outputs, self.scalars)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.method.after(self.scalars)
        return loss.item()


def answer(**members):
    print(json.dumps(members), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--bf16", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("JEM_PEERS_THREADS", 2)))
    step = Step(chosen.folder, chosen.channels_last, chosen.bf16)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        loss = step.take()
        answer(Milliseconds=1000 * (time.perf_counter() - start), CpuMilliseconds=1000 * (time.process_time() - cpu), Loss=loss)
    # "VmHWM:   123456 kB": the high-water mark of the resident set.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    answer(Parameters=step.parameters, PeakMib=int(peak.split()[1]) / 1024, About=about())


def about():
    return f"PyTorch {torch.__version__}" + ("" if caches_are_known() else ", 1×1 convolutions as products: here its own give wrong numbers")


if __name__ == "__main__":
    main()
