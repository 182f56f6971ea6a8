using FsCheck;
using FsCheck.Fluent;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Seeding;

namespace Jem.Graphs.Tests.Nn;

/// <summary>The bank in the graph against a loop in C#.</summary>
public class MemoryBankTests
{
    private const int Dimension = 3;

    [Test]
    public void Every_small_bank_follows_every_small_batch([Range(1, 6)] int images, [Range(1, 6)] int batch) =>
        Relative.Agree("the bank", Updated(images, batch, 4, 0.5, seed: 1), Looped(images, batch, 4, 0.5, seed: 1), 1e-5);

    // Of so few images most are in a large batch again and again.
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Any_bank_follows_any_batch_with_any_repeats() => Prop.ForAll(
        (from images in Gen.Choose(1, 100)
         from batch in Gen.Choose(1, 100)
         from keep in Gen.Choose(0, 10)
         from seed in Gen.Choose(0, 1_000_000)
         select (images, batch, keep: keep / 10.0, seed)).ToArbitrary(),
        sizes => Relative.Error(Updated(sizes.images, sizes.batch, 3, sizes.keep, sizes.seed),
            Looped(sizes.images, sizes.batch, 3, sizes.keep, sizes.seed)) < 1e-5);

    [Test]
    public void An_image_that_is_not_in_the_batch_keeps_its_vector()
    {
        var bank = UnitRows(new SeededRandom(1), 5);
        using var runner = new GraphRunner(Update(5, 2, 0.5));
        var next = runner.Run(
            new Dictionary<string, double[]> { ["bank"] = bank, ["ids"] = [3, 1], ["vectors"] = UnitRows(new SeededRandom(2), 2) })["bank.next"];
        float[] Row(double[] of, int image) => [.. of.Skip(image * Dimension).Take(Dimension).Select(element => (float)element)];
        Assert.That(new[] { 0, 2, 4 }.Select(image => Row(next, image)), Is.EqualTo(new[] { 0, 2, 4 }.Select(image => Row(bank, image))));
        Assert.That(new[] { 1, 3 }.Where(image => Row(next, image).SequenceEqual(Row(bank, image))), Is.Empty);
    }

    private static double[] Looped(int images, int batch, int steps, double keep, int seed)
    {
        var bank = UnitRows(new SeededRandom((ulong)seed), images);
        for (var step = 0; step < steps; step++)
        {
            var (before, (ids, vectors)) = ((double[])bank.Clone(), Batch(images, batch, seed, step));
            for (var row = 0; row < batch; row++)
            {
                var at = (int)ids[row] * Dimension;
                var mixed = new double[Dimension];
                for (var i = 0; i < Dimension; i++)
                {
                    mixed[i] = (keep * before[at + i]) + ((1 - keep) * vectors[(row * Dimension) + i]);
                }

                Normalized(mixed).CopyTo(bank, at);
            }
        }

        return bank;
    }

    private static double[] Updated(int images, int batch, int steps, double keep, int seed)
    {
        using var runner = new GraphRunner(Update(images, batch, keep));
        var bank = UnitRows(new SeededRandom((ulong)seed), images);
        for (var step = 0; step < steps; step++)
        {
            var (ids, vectors) = Batch(images, batch, seed, step);
            bank = runner.Run(new Dictionary<string, double[]> { ["bank"] = bank, ["ids"] = ids, ["vectors"] = vectors })["bank.next"];
        }

        return bank;
    }

    private static Graph Update(int images, int batch, double keep)
    {
        var net = new Net(new Graph("step"), training: true);
        var ids = net.Graph.Input("ids", DType.Int64, [batch]);
        var vectors = net.Graph.Input("vectors", DType.Float, [batch, Dimension]);
        MemoryBank.Update(net, MemoryBank.Create(net, "bank", images, Dimension), ids, vectors, keep);
        net.DeclareUpdates();
        return net.Graph;
    }

    private static (double[] Ids, double[] Vectors) Batch(int images, int batch, int seed, int step)
    {
        var random = new SeededRandom((ulong)seed, (ulong)step);
        var ids = new double[batch];
        for (var row = 0; row < batch; row++)
        {
            ids[row] = random.NextInt(images);
        }

        return (ids, UnitRows(random, batch));
    }

    private static double[] UnitRows(SeededRandom random, int rows)
    {
        var values = new double[rows * Dimension];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextNormal();
        }

        return [.. values.Chunk(Dimension).SelectMany(Normalized)];
    }

    private static double[] Normalized(double[] x)
    {
        var length = Math.Sqrt(x.Sum(element => element * element));
        return [.. x.Select(element => element / length)];
    }
}
