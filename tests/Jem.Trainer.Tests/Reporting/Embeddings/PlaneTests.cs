using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using Jem.Trainer.Reporting.Embeddings;

namespace Jem.Trainer.Tests.Reporting.Embeddings;

public class PlaneTests
{
    [TestCase(12, 3)]
    [TestCase(3, 12)]
    [TestCase(200, 64)]
    public void Principal_components_are_the_directions_of_the_largest_spread(int count, int dimension)
    {
        // Along the first axis the points spread most, along the second less, along the others hardly.
        var random = new SeededRandom(4);
        var data = new float[count * dimension];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (float)(7 + (random.NextNormal() * (i % dimension) switch { 0 => 100, 1 => 10, _ => 1e-3 }));
        }

        var positions = PrincipalComponents.Of(new VectorMatrix(data, count, dimension));
        var mean = Enumerable.Range(0, count).Average(row => data[row * dimension]);
        var sign = Math.Sign(positions[0] * (data[0] - mean));
        for (var row = 0; row < count; row++)
        {
            // The two axes are nearly, not quite, those of the data.
            Assert.That(positions[2 * row] * sign, Is.EqualTo(data[row * dimension] - mean).Within(12));
        }

        Assert.That(
            Enumerable.Range(0, count).Sum(row => positions[2 * row] * positions[(2 * row) + 1]),
            Is.Zero.Within(1e-3),
            "the coordinates are uncorrelated");
    }

    [Test]
    public void A_turned_and_mirrored_map_is_turned_back()
    {
        float[] target = [1, 0, 0, 3, -2, 1, 1, -4];
        var turned = new float[target.Length];
        for (var i = 0; i < target.Length; i += 2)
        {
            var (x, y) = (target[i], -target[i + 1]);
            (turned[i], turned[i + 1]) = ((float)((Math.Cos(2) * x) - (Math.Sin(2) * y)), (float)((Math.Sin(2) * x) + (Math.Cos(2) * y)));
        }

        Assert.That(PlaneAlignment.Align(turned, target), Is.EqualTo(target).Within(1e-5f));
    }

    [Test]
    public void A_map_without_extent_stays() => Assert.That(PlaneAlignment.Align([0, 0, 0, 0], [1, 2, 3, 4]), Is.EqualTo(new float[4]));
}
