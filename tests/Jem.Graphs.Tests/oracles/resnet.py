"""ResNets (arXiv:1512.03385) in plain torch modules with torchvision's names, of any width, with a small or a large stem."""

from torch import nn


class Block(nn.Module):
    """Basic: 3×3, 3×3. Bottleneck: 1×1, 3×3 with the stride, 1×1 with four times the channels."""

    def __init__(self, inputs, width, stride, bottleneck, relu):
        super().__init__()
        outputs = 4 * width if bottleneck else width
        kernels = [(1, 1), (3, stride), (1, 1)] if bottleneck else [(3, stride), (3, 1)]
        channels = [inputs] + [width] * (len(kernels) - 1) + [outputs]
        self.depth, self.relu = len(kernels), relu()
        for i, (kernel, step) in enumerate(kernels, 1):
            conv = nn.Conv2d(channels[i - 1], channels[i], kernel, step, padding=kernel // 2, bias=False)
            self.add_module(f"conv{i}", conv)
            self.add_module(f"bn{i}", nn.BatchNorm2d(channels[i]))
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = x
        for i in range(1, self.depth + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = y if i == self.depth else self.relu(y)
        return self.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class ResNet(nn.Module):
    def __init__(self, name, width, large_stem, relu=nn.ReLU, channels=3):
        super().__init__()
        depths, bottleneck = {
            "resnet18": ([2, 2, 2, 2], False),
            "resnet34": ([3, 4, 6, 3], False),
            "resnet50": ([3, 4, 6, 3], True),
        }[name]
        kernel, stride = (7, 2) if large_stem else (3, 1)
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = relu()
        self.pool = nn.MaxPool2d(3, 2, 1) if large_stem else nn.Identity()
        inputs = width
        for stage, depth in enumerate(depths):
            blocks = []
            for i in range(depth):
                blocks.append(Block(inputs, width << stage, 2 if stage > 0 and i == 0 else 1, bottleneck, relu))
                inputs = (width << stage) * (4 if bottleneck else 1)
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.dimension = inputs

    def forward(self, x):
        x = self.pool(self.relu(self.bn1(self.conv1(x))))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return x.mean(dim=(2, 3))
