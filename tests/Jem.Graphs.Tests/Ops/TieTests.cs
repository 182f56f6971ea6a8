using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ops;

/// <summary>Where a gradient is a matter of choice – kinks, ties, bounds – it is PyTorch's choice.</summary>
public class TieTests
{
    [Test]
    public void Equal_elements_share_the_gradient_of_a_maximum_by_halves()
    {
        double[] a = [1, 2, 3], b = [1, 5, -3];
        Assert.That(Gradients(x => Op.Max(x[0], x[1]), a, b), Is.EqualTo(new double[][] { [0.5, 0, 1], [0.5, 1, 0] }));
        Assert.That(Gradients(x => Op.Min(x[0], x[1]), a, b), Is.EqualTo(new double[][] { [0.5, 1, 0], [0.5, 0, 1] }));
    }

    [Test]
    public void Equal_extremes_share_the_gradient_evenly()
    {
        Assert.That(Gradients(x => Op.ReduceMax(x[0]), [4, 1, 4, 4, 1, 0]), Is.EqualTo(new double[][] { [1.0 / 3, 0, 1.0 / 3, 1.0 / 3, 0, 0] }));
        Assert.That(Gradients(x => Op.ReduceMin(x[0]), [4, 1, 4, 4, 1, 2]), Is.EqualTo(new double[][] { [0, 0.5, 0, 0, 0.5, 0] }));
    }

    [Test]
    public void The_first_of_equal_elements_in_a_window_takes_the_gradient()
    {
        double[] image =
        [
            1, 1, 0, 3,
            1, 1, 3, 3,
            0, 0, 5, 2,
            0, 0, 5, 5,
        ];
        var gradient = Gradients(x => Op.MaxPool(Op.Reshape(x[0], [1, 1, 4, 4]), 2, 2), image)[0];
        Assert.That(gradient, Is.EqualTo(new double[]
        {
            1, 0, 0, 1,
            0, 0, 0, 0,
            1, 0, 1, 0,
            0, 0, 0, 0,
        }));
    }

    [Test]
    public void An_element_that_wins_several_windows_takes_all_their_gradients()
    {
        double[] image = [0, 0, 0, 0, 9, 0, 0, 0, 0];
        var gradient = Gradients(x => Op.MaxPool(Op.Reshape(x[0], [1, 1, 3, 3]), 2, 1), image)[0];
        Assert.That(gradient, Is.EqualTo(new double[] { 0, 0, 0, 0, 4, 0, 0, 0, 0 }));
    }

    [Test]
    public void The_bounds_of_a_clip_let_the_gradient_through() =>
        Assert.That(Gradients(x => Op.Clip(x[0], -1, 2), [-1.5, -1, 0, 2, 2.5]), Is.EqualTo(new double[][] { [0, 1, 1, 1, 0] }));

    [Test]
    public void Kinks_at_zero_let_no_gradient_through()
    {
        double[] x = [-1, 0, 1];
        Assert.That(Gradients(x => Op.Relu(x[0]), x), Is.EqualTo(new double[][] { [0, 0, 1] }));
        Assert.That(Gradients(x => Op.Abs(x[0]), x), Is.EqualTo(new double[][] { [-1, 0, 1] }));
    }

    [Test]
    public void A_leaky_kink_takes_the_slope_below() =>
        Assert.That(Gradients(x => Op.LeakyRelu(x[0], 0.25), [-1, 0, 1]), Is.EqualTo(new double[][] { [0.25, 0.25, 1] }));

    [Test]
    public void A_stopped_value_is_a_constant_to_the_gradient() =>
        Assert.That(Gradients(x => x[0] * Op.StopGradient(x[0]), [1, 2, 3]), Is.EqualTo(new double[][] { [1, 2, 3] }));

    /// <summary>The gradients of the sum of f by each vector.</summary>
    private static double[][] Gradients(Func<Value[], Value> f, params double[][] inputs)
    {
        var graph = new Graph("ties");
        Value[] x = [.. inputs.Select((input, i) => graph.Input($"x{i}", DType.Double, [input.Length]))];
        foreach (var (i, gradient) in Gradient.Of(Op.Sum(f(x)), x).Index())
        {
            graph.Output($"gradient{i}", Op.Identity(gradient));
        }

        graph.Prune();
        using var runner = new GraphRunner(graph);
        return runner.Run(inputs);
    }
}
