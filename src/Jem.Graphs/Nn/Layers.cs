using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Nn;

/// <summary>Layers: operators with parameters. Names and first values are PyTorch's.</summary>
public static class Layers
{
    /// <summary>A square convolution without bias, same size at stride 1. x [N,C,H,W] → [N,outputs,H/stride,W/stride].</summary>
    public static Value Conv2d(Net net, string name, Value x, long outputs, int kernel, int stride = 1)
    {
        using var scope = net.Enter(name);
        Shape filter = [outputs, x.Shape[1], kernel, kernel];
        return Conv(x, net.Parameter("weight", filter, Init.KaimingFanOut(filter)), stride: stride, padding: kernel / 2);
    }

    /// <summary>x [N,D] → x·Wᵀ + b [N,outputs].</summary>
    public static Value Linear(Net net, string name, Value x, long outputs, bool bias = true)
    {
        using var scope = net.Enter(name);
        var inputs = x.Shape[1];
        var weight = net.Parameter("weight", [outputs, inputs], Init.LinearDefault(inputs));
        return Gemm(x, weight, bias ? net.Parameter("bias", [outputs], Init.LinearDefault(inputs)) : null, transB: true);
    }

    /// <summary>x [N,…,D] → x·Wᵀ + b [N,…,outputs]. The bias begins at zero, as in transformers.</summary>
    /// <param name="init">Of the weight.</param>
    public static Value Linear(Net net, string name, Value x, long outputs, Init init)
    {
        using var scope = net.Enter(name);
        var weight = net.Parameter("weight", [outputs, x.Shape[-1]], init);
        var y = Gemm(Flatten(x, x.Shape.Rank - 1), weight, net.Parameter("bias", [outputs], Init.Zeros), transB: true);
        return Reshape(y, x.Shape.With(-1, outputs));
    }

    /// <summary>
    /// A convolution with bias whose stride is its kernel, as one matrix product of patches: [N,C,H,W] → [N,⌊H/patch⌋,⌊W/patch⌋,outputs].
    /// The weight is the filter of that convolution, [outputs,C,patch,patch].
    /// </summary>
    /// <param name="bias">First values of the bias; null for those of the weight.</param>
    public static Value PatchConv2d(Net net, string name, Value x, long outputs, int patch, Init weight, Init? bias = null)
    {
        using var scope = net.Enter(name);
        var (images, channels, rows, columns) = (x.Shape[0], x.Shape[1], x.Shape[2] / patch, x.Shape[3] / patch);
        if (x.Shape[2] % patch != 0 || x.Shape[3] % patch != 0)
        {
            x = Slice(x, [2, 3], [0, 0], [rows * patch, columns * patch], [1, 1]);
        }

        var size = channels * patch * patch;
        var patches = Transpose(Reshape(x, [images, channels, rows, patch, columns, patch]), 0, 2, 4, 1, 3, 5);
        var filter = Reshape(net.Parameter("weight", [outputs, channels, patch, patch], weight), [outputs, size]);
        var y = Gemm(Flatten(patches, 3), filter, net.Parameter("bias", [outputs], bias ?? weight), transB: true);
        return Reshape(y, [images, rows, columns, outputs]);
    }

    /// <summary>A convolution of each channel by itself, with bias and at the same size: x [N,C,H,W] → [N,C,H,W]. The bias begins at zero.</summary>
    /// <param name="kernel">Odd.</param>
    /// <param name="init">Of the weight.</param>
    public static Value DepthwiseConv2d(Net net, string name, Value x, int kernel, Init init)
    {
        using var scope = net.Enter(name);
        var channels = x.Shape[1];
        var filter = net.Parameter("weight", [channels, 1, kernel, kernel], init);
        return Conv(x, filter, net.Parameter("bias", [channels], Init.Zeros), padding: kernel / 2, groups: (int)channels);
    }

    /// <summary>x·Φ(x), exact. Trained, it is a function, for which kernels exist; an encoder has standard operators alone.</summary>
    public static Value Gelu(Net net, Value x) => net.Training ? GeluFunction(x) : Op.Gelu(x);

    /// <summary>Layer norm over the last axis: x [N,…,D] → [N,…,D].</summary>
    public static Value LayerNorm(Net net, string name, Value x, double epsilon)
    {
        using var scope = net.Enter(name);
        Shape width = [x.Shape[-1]];
        return Op.LayerNorm(x, net.Parameter("weight", width, Init.Ones), net.Parameter("bias", width, Init.Zeros), epsilon);
    }

    /// <summary>
    /// Batch norm over [N,C] or [N,C,H,W]. Trained, it normalises by the batch and keeps running statistics, the variance unbiased:
    /// running ← (1 − m)·running + m·batch, as in PyTorch.
    /// </summary>
    /// <param name="affine">Whether a scale and a bias are trained.</param>
    public static Value BatchNorm(Net net, string name, Value x, bool affine = true, double momentum = 0.1, double epsilon = 1e-5)
    {
        using var scope = net.Enter(name);
        Shape channels = [x.Shape[1]];
        var scale = affine ? net.Parameter("weight", channels, Init.Ones) : null;
        var bias = affine ? net.Parameter("bias", channels, Init.Zeros) : null;
        var runningMean = net.State("running_mean", channels, Init.Zeros);
        var runningVariance = net.State("running_var", channels, Init.Ones);
        scale ??= FillLike(x, channels, 1);
        bias ??= FillLike(x, channels, 0);
        if (!net.Training)
        {
            return BatchNormInference(x, scale, bias, runningMean, runningVariance, epsilon);
        }

        var splits = net.NormSplits;
        var (y, mean, variance) = splits == 1 ? BatchNormTraining(x, scale, bias, epsilon) : SplitBatchNorm(x, scale, bias, splits, epsilon);
        var count = (double)x.Shape.Size / x.Shape[1] / splits;
        net.Update(runningMean, running => (running * (1 - momentum)) + (mean * momentum));
        net.Update(runningVariance, running => (running * (1 - momentum)) + (variance * (momentum * count / (count - 1))));
        return y;
    }

    /// <summary>
    /// Every <paramref name="splits"/>th image is of one group, which is normalised by itself: the groups become channels, for which nothing
    /// is moved. Mean and variance are the groups' averages.
    /// </summary>
    private static (Value Y, Value Mean, Value Variance) SplitBatchNorm(Value x, Value scale, Value bias, int splits, double epsilon)
    {
        var (images, channels) = (x.Shape[0], x.Shape[1]);
        if (images % splits != 0 || images / splits < 2)
        {
            throw new ArgumentException(
                $"Batch norm in {splits} groups needs a batch that {splits} divides, with 2 images or more in each; got {images} images. "
                + "Take another batch, or fewer groups.");
        }

        var grouped = Reshape(x, x.Shape.With(0, images / splits).With(1, channels * splits));
        var (y, mean, variance) = BatchNormTraining(grouped, Tile(scale, splits), Tile(bias, splits), epsilon);
        return (Reshape(y, x.Shape), Average(mean), Average(variance));

        Value Average(Value statistics) => Mean(Reshape(statistics, [splits, channels]), 0);
    }
}
