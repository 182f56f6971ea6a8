namespace Jem.Kernels.Tests;

/// <summary>Batch norm and its gradient by their definitions, in double precision.</summary>
internal static class BatchNormOracle
{
    public static (double[] Y, double[] Mean, double[] Variance) Forward(TestTensor x, TestTensor scale, TestTensor bias, double epsilon)
    {
        var c = ChannelOf(x);
        var (mean, variance) = (Mean(x, c, x.Doubles), new double[x.Shape[1]]);
        variance = Mean(x, c, [.. x.Doubles.Select((value, i) => Math.Pow(value - mean[c(i)], 2))]);
        double[] y = [.. x.Doubles.Select((value, i) =>
            ((value - mean[c(i)]) / Math.Sqrt(variance[c(i)] + epsilon) * scale.Values[c(i)]) + bias.Values[c(i)])];
        return (y, mean, variance);
    }

    public static (double[] Dx, double[] Dscale, double[] Dbias) Backward(
        TestTensor x, TestTensor δy, TestTensor scale, TestTensor mean, TestTensor variance, double epsilon)
    {
        var c = ChannelOf(x);
        double Deviation(int i) => Math.Sqrt(variance.Values[c(i)] + epsilon);
        double[] normal = [.. x.Doubles.Select((value, i) => (value - mean.Values[c(i)]) / Deviation(i))];
        var meanDy = Mean(x, c, δy.Doubles);
        var meanProduct = Mean(x, c, [.. δy.Doubles.Select((value, i) => value * normal[i])]);
        double[] δx = [.. δy.Doubles.Select((value, i) =>
            scale.Values[c(i)] / Deviation(i) * (value - meanDy[c(i)] - (normal[i] * meanProduct[c(i)])))];
        double count = x.Values.Length / x.Shape[1];
        return (δx, Array.ConvertAll(meanProduct, value => value * count), Array.ConvertAll(meanDy, value => value * count));
    }

    private static Func<int, int> ChannelOf(TestTensor x)
    {
        var inner = x.Shape[2..].Aggregate(1, (product, size) => product * size);
        return i => i / inner % x.Shape[1];
    }

    private static double[] Mean(TestTensor x, Func<int, int> channel, double[] values)
    {
        var mean = new double[x.Shape[1]];
        for (var i = 0; i < values.Length; i++)
        {
            mean[channel(i)] += values[i] * mean.Length / values.Length;
        }

        return mean;
    }
}
