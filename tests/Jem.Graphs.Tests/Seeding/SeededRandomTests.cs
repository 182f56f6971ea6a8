using Jem.Graphs.Seeding;

namespace Jem.Graphs.Tests.Seeding;

public class SeededRandomTests
{
    private const int Count = 200_000;

    // From oracles/seeded_random.py, which follows the published generators.
    [TestCase(new ulong[] { }, 4768932952251265552UL, 16168679545894742312UL, 6487188721686299062UL)]
    [TestCase(new ulong[] { 0 }, 7421629122807502682UL, 16129990183657047738UL, 18130317390225860902UL)]
    [TestCase(new ulong[] { 1 }, 439695171368945960UL, 17485697345422288362UL, 4304625034942059249UL)]
    [TestCase(new ulong[] { 1, 2 }, 8414231981909857506UL, 9213924075235597998UL, 18560494405275071UL)]
    [TestCase(new ulong[] { 2, 1 }, 13561965818251483709UL, 2441609258405253816UL, 6103356930132812895UL)]
    [TestCase(new ulong[] { ulong.MaxValue, 3, 5 }, 15752528767793188818UL, 17236468930892360056UL, 15120934307613106560UL)]
    public void Numbers_are_those_of_the_published_generator(ulong[] seeds, params ulong[] expected)
    {
        var random = new SeededRandom(seeds);
        Assert.That(expected.Select(_ => random.NextUInt64()).ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void A_name_is_hashed_as_published() =>
        Assert.That(SeededRandom.Hash("layer1.0.conv1.weight"), Is.EqualTo(8222887692483215594UL));

    [Test]
    public void Uniform_numbers_have_the_mean_and_the_variance_of_their_interval()
    {
        var x = Draw((ref random) => random.NextDouble(-1, 3));
        Assert.That(x, Is.All.InRange(-1, 3));
        Assert.That(x.Average(), Is.EqualTo(1).Within(0.01));
        Assert.That(Central(x, 2), Is.EqualTo(16.0 / 12).Within(0.01));
    }

    [Test]
    public void Normal_numbers_have_the_moments_of_a_standard_normal()
    {
        var x = Draw((ref random) => random.NextNormal());
        Assert.That(x.Average(), Is.EqualTo(0).Within(0.01));
        Assert.That(Central(x, 2), Is.EqualTo(1).Within(0.02));
        Assert.That(Central(x, 3), Is.EqualTo(0).Within(0.03));
        Assert.That(Central(x, 4), Is.EqualTo(3).Within(0.1));
    }

    [Test]
    public void The_second_normal_of_a_pair_does_not_depend_on_the_first()
    {
        var x = Draw((ref random) => random.NextNormal());
        Assert.That(x.Chunk(2).Average(pair => pair[0] * pair[1]), Is.EqualTo(0).Within(0.01));
    }

    [Test]
    public void Integers_are_uniform([Values(1, 2, 7, 1000)] int count)
    {
        var counts = new double[count];
        foreach (var x in Draw((ref random) => random.NextInt(count)))
        {
            counts[(int)x]++;
        }

        // χ² has count − 1 degrees of freedom: mean count − 1, variance twice that.
        var expected = (double)Count / count;
        var chiSquared = counts.Sum(n => (n - expected) * (n - expected) / expected);
        Assert.That(chiSquared, Is.LessThanOrEqualTo(count - 1 + (4 * Math.Sqrt(2.0 * (count - 1)))));
    }

    [Test]
    public void Every_order_of_a_shuffle_is_as_likely()
    {
        var random = new SeededRandom(3);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 24_000; i++)
        {
            var letters = "abcd".ToCharArray();
            random.Shuffle<char>(letters);
            counts[new string(letters)] = counts.GetValueOrDefault(new string(letters)) + 1;
        }

        Assert.That(counts, Has.Count.EqualTo(24));
        Assert.That(counts.Values, Is.All.EqualTo(1000).Within(130));
    }

    [Test]
    public void Streams_of_other_seeds_are_other_streams()
    {
        var first = Enumerable.Range(0, 1000).Select(seed => new SeededRandom((ulong)seed).NextUInt64()).ToList();
        var second = Enumerable.Range(0, 1000).Select(seed => new SeededRandom(7, (ulong)seed).NextUInt64());
        Assert.That(first.Concat(second), Is.Unique);
    }

    [Test]
    public void A_count_below_one_is_refused() => Assert.That(() => new SeededRandom(1).NextInt(0), Throws.TypeOf<ArgumentOutOfRangeException>());

    private delegate double Drawing(ref SeededRandom random);

    private static double[] Draw(Drawing draw)
    {
        var random = new SeededRandom(42);
        var values = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            values[i] = draw(ref random);
        }

        return values;
    }

    private static double Central(double[] x, int power)
    {
        var mean = x.Average();
        return x.Average(element => Math.Pow(element - mean, power));
    }
}
