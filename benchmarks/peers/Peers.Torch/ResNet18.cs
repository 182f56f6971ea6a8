using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peers.Torch;

/// <summary>ResNet-18 with a 3×3 stem and SimCLR's projector, with torchvision's names. Images [N,C,H,W] → embeddings [N,D].</summary>
internal sealed class ResNet18 : Module<Tensor, Tensor>
{
    // TorchSharp names parameters after fields.
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly Sequential projector;

    public ResNet18(int channels, int width, int hidden, int output)
        : base(nameof(ResNet18))
    {
        conv1 = Conv2d(channels, width, 3, padding: 1, bias: false);
        bn1 = BatchNorm2d(width);
        layer1 = Stage(width, width, 1);
        layer2 = Stage(width, 2 * width, 2);
        layer3 = Stage(2 * width, 4 * width, 2);
        layer4 = Stage(4 * width, 8 * width, 2);
        hidden = hidden > 0 ? hidden : 8 * width;
        projector = Sequential(
            Linear(8 * width, hidden, hasBias: false), BatchNorm1d(hidden), ReLU(inplace: true),
            Linear(hidden, output, hasBias: false), BatchNorm1d(output));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = bn1.forward(conv1.forward(x)).relu_();
        x = layer4.forward(layer3.forward(layer2.forward(layer1.forward(x))));
        return projector.forward(functional.adaptive_avg_pool2d(x, 1).flatten(1));
    }

    private static Sequential Stage(int inputs, int outputs, int stride) =>
        Sequential(new BasicBlock(inputs, outputs, stride), new BasicBlock(outputs, outputs, 1));

    private sealed class BasicBlock : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly Sequential? downsample;

        public BasicBlock(int inputs, int outputs, int stride)
            : base(nameof(BasicBlock))
        {
            conv1 = Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false);
            bn1 = BatchNorm2d(outputs);
            conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            bn2 = BatchNorm2d(outputs);
            downsample = stride == 1 && inputs == outputs ? null : Sequential(Conv2d(inputs, outputs, 1, stride, bias: false), BatchNorm2d(outputs));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = bn1.forward(conv1.forward(x)).relu_();
            y = bn2.forward(conv2.forward(y));
            return y.add_(downsample is null ? x : downsample.forward(x)).relu_();
        }
    }
}
