using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ir;

public class ShapeTests
{
    [Test]
    public void Axes_count_from_either_end()
    {
        Shape shape = [2, 3, 5];
        Assert.That((shape[0], shape[-1], shape.Size, shape.Rank), Is.EqualTo((2, 5, 30, 3)));
        Assert.That(shape.With(-2, 7), Is.EqualTo(new long[] { 2, 7, 5 }));
        Assert.That(Shape.Scalar.Size, Is.EqualTo(1));
    }

    [Test]
    public void The_size_of_any_batch_is_not_known() =>
        Assert.That(() => Shape.Create([Shape.AnyBatch, 3]).Size, Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "The size of [N,3] is not known when the graph is built. Give the batch a size."));

    [Test]
    public void Element_types_are_named_as_in_NumPy()
    {
        Assert.That(Enum.GetValues<DType>().Select(type => DTypes.Parse(type.Name())), Is.EqualTo(Enum.GetValues<DType>()));
        Assert.That(() => DTypes.Parse("float16"), Throws.TypeOf<FormatException>().With.Message.EqualTo(
            "Unknown element type 'float16'. Expected one of float32, uint8, int32, int64, bool, float64."));
    }

    [Test]
    public void Broadcasting_is_symmetric_and_its_result_takes_in_both()
    {
        var shapes = Enumerable.Range(0, 4).SelectMany(Shapes).ToList();
        var x = new Graph("g");
        var values = shapes.Select((shape, i) => x.Input($"x{i}", DType.Float, shape)).ToList();
        foreach (var (a, b) in from a in values from b in values select (a, b))
        {
            var fits = Enumerable.Range(1, Math.Min(a.Shape.Rank, b.Shape.Rank)).All(i => a.Shape[-i] == b.Shape[-i] || a.Shape[-i] == 1 || b.Shape[-i] == 1);
            if (fits)
            {
                var sum = (a + b).Shape;
                Assert.That(sum, Is.EqualTo((b + a).Shape));
                Assert.That(sum.Rank, Is.EqualTo(Math.Max(a.Shape.Rank, b.Shape.Rank)));
                Assert.That(Op.Expand(a, sum).Shape, Is.EqualTo(sum));
            }
            else
            {
                Assert.That(() => a + b, Throws.TypeOf<GraphException>());
            }
        }
    }

    private static IEnumerable<Shape> Shapes(int rank) => rank == 0
        ? [[]]
        : from rest in Shapes(rank - 1) from dimension in new long[] { 1, 2, 3 } select Shape.Create([dimension, .. rest]);
}
