using FsCheck;
using FsCheck.Fluent;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Seeding;

namespace Jem.Graphs.Tests.Nn;

/// <summary>Batch norm in groups against batch norm of each group by itself.</summary>
public class SplitNormTests
{
    [FsCheck.NUnit.Property(MaxTest = 40)]
    public Property Each_group_is_normalised_as_if_it_were_alone() => Prop.ForAll(
        (from splits in Gen.Choose(1, 6)
         from each in Gen.Choose(2, 5)
         from channels in Gen.Choose(1, 4)
         from side in Gen.Choose(0, 3)
         from affine in Gen.Elements(true, false)
         select (splits, each, channels, side, affine)).ToArbitrary(),
        sizes => Agrees(sizes.splits, sizes.each, sizes.channels, sizes.side, sizes.affine));

    [TestCase(6, 4, "Batch norm in 4 groups needs a batch that 4 divides, with 2 images or more in each; got 6 images. Take another batch, or fewer groups.")]
    [TestCase(4, 4, "Batch norm in 4 groups needs a batch that 4 divides, with 2 images or more in each; got 4 images. Take another batch, or fewer groups.")]
    public void Groups_that_do_not_divide_the_batch_or_have_one_image_are_refused(int images, int splits, string message)
    {
        var net = new Net(new Graph("step"), training: true);
        var x = net.Graph.Input("x", DType.Float, [images, 3]);
        using var scope = net.SplitNorm(splits);
        Assert.That(() => Layers.BatchNorm(net, "bn", x), Throws.ArgumentException.With.Message.EqualTo(message));
    }

    [Test]
    public void Groups_end_with_their_scope()
    {
        var net = new Net(new Graph("step"), training: true);
        using (net.SplitNorm(4))
        {
            using (net.SplitNorm(2))
            {
                Assert.That(net.NormSplits, Is.EqualTo(2));
            }

            Assert.That(net.NormSplits, Is.EqualTo(4));
        }

        Assert.That(net.NormSplits, Is.EqualTo(1));
    }

    /// <param name="side">Of an image; 0 for vectors.</param>
    private static bool Agrees(int splits, int each, int channels, int side, bool affine)
    {
        var elements = Math.Max(1, side * side);
        var (image, images) = (channels * elements, splits * each);
        Shape shape = side == 0 ? [images, channels] : [images, channels, side, side];
        var random = new SeededRandom((ulong)((images * 100) + image));
        var (x, δ) = (Normals(ref random, images * image), Normals(ref random, images * image));
        Dictionary<string, double[]> inputs = new()
        {
            ["weight"] = Normals(ref random, channels),
            ["bias"] = Normals(ref random, channels),
            ["running_mean"] = Normals(ref random, channels),
            ["running_var"] = [.. Enumerable.Repeat(1.0, channels)],
        };
        var together = Run(shape, splits, affine, inputs, x, δ);
        List<Dictionary<string, double[]>> alone = [];
        foreach (var group in Enumerable.Range(0, splits))
        {
            double[] Members(double[] rows) => [.. rows.Chunk(image).Where((_, row) => row % splits == group).SelectMany(row => row)];
            alone.Add(Run(shape.With(0, each), 1, affine, inputs, Members(x), Members(δ)));
        }

        // Image i of group g is row i·splits + g; what is one for all groups is their average, and a parameter's gradient their sum.
        double[] Rows(string name) => [.. Enumerable.Range(0, images).SelectMany(row => alone[row % splits][name].Chunk(image).ElementAt(row / splits))];
        double[] Sum(string name) => [.. alone[0][name].Select((_, channel) => alone.Sum(group => group[name][channel]))];
        double[] Average(string name) => [.. Sum(name).Select(element => element / splits)];
        return together.Keys.All(name => name is "y" or "δx" ? Relative.Error(together[name], Rows(name)) < 1e-4
            : name.EndsWith(".next") ? Relative.Error(together[name], Average(name)) < 1e-4

            // Groups may cancel each other: rounding is small beside their gradients, not beside what is left of them.
            : Relative.Distance(together[name], Sum(name)) < 1e-4 * alone.Sum(group => Relative.Norm(group[name])));
    }

    /// <summary>The layer's output, its running statistics, and the gradients of Σ (y + x)·δ.</summary>
    private static Dictionary<string, double[]> Run(Shape shape, int splits, bool affine, Dictionary<string, double[]> variables, double[] x, double[] δ)
    {
        var net = new Net(new Graph("layer"), training: true);
        var (input, weights) = (net.Graph.Input("x", DType.Float, shape), net.Graph.Input("delta", DType.Float, shape));
        using var scope = net.SplitNorm(splits);
        var y = Layers.BatchNorm(net, "", input, affine);
        Value[] by = [input, .. net.Parameters];

        // The image is added: of two images in a group the gradient through the norm alone is no more than rounding.
        foreach (var (value, gradient) in by.Zip(Gradient.Of(Op.Sum((y + input) * weights), by)))
        {
            net.Graph.Output($"δ{value.Name}", Op.Identity(gradient));
        }

        net.Graph.Output("y", Op.Identity(y));
        net.DeclareUpdates();
        net.Graph.Prune();
        using var runner = new GraphRunner(net.Graph);
        return runner.Run(new Dictionary<string, double[]>(variables) { ["x"] = x, ["delta"] = δ });
    }

    private static double[] Normals(ref SeededRandom random, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = random.NextNormal();
        }

        return values;
    }
}
