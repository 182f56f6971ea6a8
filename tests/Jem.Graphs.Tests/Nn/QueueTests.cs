using FsCheck;
using FsCheck.Fluent;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Nn;

/// <summary>The queue in the graph against a ring in C#.</summary>
public class QueueTests
{
    private const int Dimension = 2;

    [Test]
    public void Every_short_length_holds_the_newest_rows_of_every_small_batch([Range(1, 9)] int length, [Range(1, 9)] int batch) =>
        Assert.That(Queued(length, batch, steps: 7), Is.EqualTo(Ring(length, batch, steps: 7)));

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Any_length_holds_the_newest_rows_of_any_batch() => Prop.ForAll(
        (from length in Gen.Choose(1, 200)
         from batch in Gen.Choose(1, 200)
         from steps in Gen.Choose(1, 9)
         select (length, batch, steps)).ToArbitrary(),
        sizes => Queued(sizes.length, sizes.batch, sizes.steps).SequenceEqual(Ring(sizes.length, sizes.batch, sizes.steps)));

    [Test]
    public void The_first_rows_are_unit_vectors_in_different_directions()
    {
        var net = new Net(new Graph("step"), training: true);
        Queue.Create(net, "queue", 50, 4);
        var rows = net.Variables.Single().Init.Draw([50, 4], "queue", 0).Chunk(4).ToList();
        Assert.That(rows.Select(row => row.Sum(element => (double)element * element)), Is.All.EqualTo(1).Within(1e-6));
        Assert.That(rows.Select(row => row[0]), Is.Unique);
    }

    /// <summary>The numbers of the rows that a step writes: those of all steps are different, and none is of the queue at first.</summary>
    private static double[] Rows(int batch, int step) =>
        [.. Enumerable.Range(0, batch * Dimension).Select(element => (double)((step * batch * Dimension) + element))];

    private static double[] Empty(int length) => [.. Enumerable.Range(1, length * Dimension).Select(element => -(double)element)];

    private static double[] Ring(int length, int batch, int steps)
    {
        var ring = Empty(length);
        var place = 0;
        for (var step = 0; step < steps; step++)
        {
            foreach (var row in Rows(batch, step).Chunk(Dimension))
            {
                row.CopyTo(ring, place * Dimension);
                place = (place + 1) % length;
            }
        }

        return ring;
    }

    private static double[] Queued(int length, int batch, int steps)
    {
        var net = new Net(new Graph("step"), training: true);
        var rows = net.Graph.Input("rows", DType.Float, [batch, Dimension]);
        var pointer = net.Graph.Input("pointer", DType.Int64, Shape.Scalar, Role.Scalar);
        Queue.Enqueue(net, Queue.Create(net, "queue", length, Dimension), rows, pointer);
        net.DeclareUpdates();
        using var runner = new GraphRunner(net.Graph);
        var queue = Empty(length);
        for (var step = 0; step < steps; step++)
        {
            queue = runner.Run(new Dictionary<string, double[]>
            {
                ["queue"] = queue,
                ["rows"] = Rows(batch, step),
                ["pointer"] = [(double)step * batch % length],
            })["queue.next"];
        }

        return queue;
    }
}
