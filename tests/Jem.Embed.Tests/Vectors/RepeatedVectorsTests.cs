using Jem.Embed.Vectors;

namespace Jem.Embed.Tests.Vectors;

public sealed class RepeatedVectorsTests
{
    [Test]
    public void One_vector_for_different_images_is_told()
    {
        var repeated = new RepeatedVectors();
        repeated.Add(Vectors(100, _ => 3), row => $"{row}.png", row => row);
        Assert.That(
            repeated.Warning("e.onnx"),
            Is.EqualTo("100 of 100 different images got the same vector as 0.png: e.onnx may have collapsed. Similarities between them mean nothing."));
    }

    [Test]
    public void Zeros_are_called_so()
    {
        var repeated = new RepeatedVectors();
        repeated.Add(Vectors(3, _ => 0), row => $"{row}.png", row => row);
        Assert.That(repeated.Warning("e.onnx"), Does.StartWith("3 of 3 different images got the same vector as 0.png (zeros): "));
    }

    [TestCase(0.75, true)]
    [TestCase(0.55, true)]
    [TestCase(0.4, false)]
    public void It_is_told_of_most_images_wherever_they_stand(double share, bool told)
    {
        // Those with vectors of their own come first, and again between the others.
        var (repeated, random) = (new RepeatedVectors(), new Random(1));
        repeated.Add(Vectors(100, row => row + 1), row => $"{row}.png", row => row);
        for (var batch = 0; batch < 50; batch++)
        {
            var own = batch * 100;
            repeated.Add(Vectors(40, row => random.NextDouble() < share ? -1 : own + row + 1000), row => $"{row}.png", row => own + row + 1000);
        }

        Assert.That(repeated.Warning("e.onnx"), told ? Does.Contain("may have collapsed") : Is.Null);
    }

    [Test]
    public void What_was_not_counted_to_the_end_is_a_least_number()
    {
        var repeated = new RepeatedVectors();
        repeated.Add(Vectors(100, row => row % 5 == 4 ? row : -1), row => $"{row}.png", row => row);
        Assert.That(repeated.Warning("e.onnx"), Does.Match("^At least 7[0-9] of 100 different images "));
    }

    [Test]
    public void Copies_of_an_image_are_no_collapse()
    {
        var repeated = new RepeatedVectors();
        repeated.Add(Vectors(100, row => row < 80 ? 7 : row), row => $"{row}.png", row => row < 80 ? 7 : row);
        Assert.That(repeated.Warning("e.onnx"), Is.Null);
    }

    [Test]
    public void One_image_is_no_collapse()
    {
        var repeated = new RepeatedVectors();
        repeated.Add(Vectors(1, _ => 0), _ => "a.png", _ => 1);
        Assert.That(repeated.Warning("e.onnx"), Is.Null);
    }

    private static VectorMatrix Vectors(int count, Func<int, float> value) =>
        new(Enumerable.Range(0, count).Select(value).SelectMany(number => new[] { number, 2 * number }).ToArray(), count, 2);
}
