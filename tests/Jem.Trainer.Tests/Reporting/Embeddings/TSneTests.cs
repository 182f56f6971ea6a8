using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Jem.Embed.Index;
using Jem.Embed.Vectors;
using Jem.Trainer.Reporting.Embeddings;
using Jem.Trainer.Tests.Eval;

namespace Jem.Trainer.Tests.Reporting.Embeddings;

public sealed class TSneTests
{
    [Test]
    public void Affinities_are_those_of_the_paper()
    {
        var oracle = Oracle();
        var x = Floats(oracle["x"]!);
        var n = oracle["x"]!.AsArray().Count;
        var p = Affinities.Of(Affinities.Squares(new VectorMatrix(x, n, x.Length / n)), n, (double)oracle["perplexity"]!);
        Assert.That(p, Is.EqualTo(Floats(oracle["p"]!)).Within(2e-6f));
        Assert.That(p.Sum(), Is.EqualTo(1).Within(1e-5));
    }

    [Test]
    public void The_gradient_is_that_of_the_divergence()
    {
        var oracle = Oracle();
        var (p, y, expected) = (Floats(oracle["p"]!), Floats(oracle["y"]!), Floats(oracle["gradient"]!));
        var n = y.Length / 2;
        var (points, gradient) = (new TSne.Points(n), new TSne.Points(n));
        for (var i = 0; i < n; i++)
        {
            (points.X[i], points.Y[i]) = (y[2 * i], y[(2 * i) + 1]);
        }

        TSne.Gradient(points, p, n, 1, gradient);
        for (var i = 0; i < n; i++)
        {
            Assert.That((double)gradient.X[i], Is.EqualTo(expected[2 * i]).Within(1e-6));
            Assert.That((double)gradient.Y[i], Is.EqualTo(expected[(2 * i) + 1]).Within(1e-6));
        }
    }

    [Test]
    public void Clouds_that_are_apart_stay_apart()
    {
        var blobs = Blobs.Draw(300, dimension: 40, classes: 6, distance: 12, seed: 1);
        Assert.That(Purity(TSne.Map(blobs.Vectors), blobs.Labels), Is.GreaterThan(0.99));
    }

    [Test]
    public void Without_clouds_there_is_nothing_to_see()
    {
        var noise = Blobs.Draw(300, dimension: 40, classes: 6, distance: 0, seed: 1);
        Assert.That(Purity(TSne.Map(noise.Vectors), noise.Labels), Is.LessThan(0.3));
    }

    [Test]
    public void The_same_vectors_give_the_same_map()
    {
        var blobs = Blobs.Draw(60, dimension: 8, classes: 3, distance: 4, seed: 2);
        Assert.That(TSne.Map(blobs.Vectors), Is.EqualTo(TSne.Map(blobs.Vectors)));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(50)]
    public void Few_or_equal_vectors_still_have_a_place(int count)
    {
        var collapsed = new VectorMatrix(Enumerable.Repeat(0.5f, count * 3).ToArray(), count, 3);
        Assert.That(TSne.Map(collapsed), Has.Length.EqualTo(2 * count).And.All.Matches<float>(float.IsFinite));
    }

    // The share of the five nearest points that are of a point's own class.
    private static double Purity(float[] map, int[] labels)
    {
        // As dot products: |a − b|² is smallest where a·b − |b|²/2 is largest.
        var n = labels.Length;
        var (queries, bank) = (new float[3 * n], new float[3 * n]);
        for (var i = 0; i < n; i++)
        {
            var (x, y) = (map[2 * i], map[(2 * i) + 1]);
            (queries[3 * i], queries[(3 * i) + 1], queries[(3 * i) + 2]) = (x, y, 1);
            (bank[3 * i], bank[(3 * i) + 1], bank[(3 * i) + 2]) = (x, y, -((x * x) + (y * y)) / 2);
        }

        var nearest = ExactSearch.Nearest(new VectorMatrix(queries, n, 3), new VectorMatrix(bank, n, 3), 6);
        return Enumerable.Range(0, n).Average(i => nearest.Rows(i).ToArray().Where(row => row != i).Average(row => labels[row] == labels[i] ? 1.0 : 0));
    }

    private static JsonNode Oracle([CallerFilePath] string here = "") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "tsne.json")))!;

    private static float[] Floats(JsonNode rows) => [.. rows.AsArray().SelectMany(row => row!.AsArray().Select(value => (float)(double)value!))];
}
