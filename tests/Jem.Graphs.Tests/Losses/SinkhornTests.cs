using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Seeding;

namespace Jem.Graphs.Tests.Losses;

public class SinkhornTests
{
    private const int Batch = 24;
    private const int Prototypes = 10;

    [Test]
    public void Three_iterations_are_the_authors([Values(6, 24)] int batch, [Values("0.05", "0.2", "1.0")] string epsilon)
    {
        var oracle = new Oracle("sinkhorn");
        var codes = Codes(Given.From(oracle, $"{batch}.scores"), double.Parse(epsilon), 3);
        Relative.Agree("the codes", codes, oracle[$"{batch}.{epsilon}.codes"], 1e-5);
    }

    [Test]
    public void Absent_rows_have_no_influence([Values(6, 24)] int batch, [Values("0.05", "0.2", "1.0")] string epsilon, [Values(0, 1e4)] double rubbish)
    {
        var oracle = new Oracle("sinkhorn");
        var (scores, present) = (Given.From(oracle, $"{batch}.scores"), Given.From(oracle, $"{batch}.present"));
        var prototypes = (int)scores.Shape[1];
        var codes = Codes(scores.With((x, i) => present.Elements[i / prototypes] == 1 ? x : x + (rubbish * (i % 2))), double.Parse(epsilon), 3, present);
        Assert.That(codes, Is.All.InRange(0, 1.0001));
        Relative.Agree("the codes that are present", [.. codes.Where((_, i) => present.Elements[i / prototypes] == 1)], oracle[$"{batch}.{epsilon}.present"],
            1e-5);
    }

    [Test]
    public void With_all_rows_absent_codes_are_finite() =>
        Assert.That(Codes(Cosines(1), 0.05, 3, new Given([Batch], new double[Batch])), Is.All.InRange(0, 1.0001));

    [Test]
    public void Codes_are_those_of_a_second_implementation([Values(0.05, 0.2, 1)] double epsilon, [Values(1, 3, 30)] int iterations)
    {
        var scores = Cosines(1);
        Relative.Agree("the codes", Codes(scores, epsilon, iterations), HostSinkhorn.Codes(scores.Elements, Prototypes, epsilon, iterations), 2e-5);
    }

    [TestCase(0.01, 200)]
    [TestCase(0.05, 20)]
    [TestCase(0.2, 6)]
    [TestCase(1, 4)]
    public void Enough_iterations_share_the_samples_equally(double epsilon, int iterations)
    {
        var codes = Codes(Cosines(1), epsilon, iterations);
        Assert.That(Rows(codes), Is.All.EqualTo(1).Within(1e-4));
        Assert.That(Unevenness(codes), Is.LessThan(1e-3));
    }

    // How much of the unevenness the paper's three iterations leave depends on ε: at 0.01 most of it, at its 0.05 about 2 % for such scores.
    [TestCase(0.01, 0.1, 1)]
    [TestCase(0.05, 0.01, 0.03)]
    [TestCase(0.2, 0, 1e-4)]
    [TestCase(1, 0, 1e-5)]
    public void Three_iterations_share_the_samples_about_equally(double epsilon, double least, double most)
    {
        var codes = Codes(Cosines(1), epsilon, 3);
        Assert.That(Rows(codes), Is.All.EqualTo(1).Within(1e-5));
        Assert.That(Unevenness(codes), Is.InRange(least, most));
    }

    [Test]
    public void More_iterations_share_better([Values(0.05, 0.2)] double epsilon)
    {
        double[] unevenness = [.. new[] { 1, 2, 3, 6, 12 }.Select(iterations => Unevenness(Codes(Cosines(1), epsilon, iterations)))];
        Assert.That(unevenness, Is.Ordered.Descending);
    }

    [Test]
    public void No_scale_of_the_scores_overflows([Values(1e-4, 1, 1e2, 1e4)] double scale, [Values(0.01, 0.05)] double epsilon)
    {
        var codes = Codes(Cosines(1).With((x, _) => x * scale), epsilon, 3);
        Assert.That(codes, Is.All.InRange(0, 1.0001));
        Assert.That(Rows(codes), Is.All.EqualTo(1).Within(1e-3));
    }

    [Test]
    public void A_prototype_that_all_samples_like_gets_no_more_than_its_share()
    {
        var scores = Cosines(1);
        Relative.Agree("the codes", Codes(scores.With((x, i) => i % Prototypes == 3 ? x + 1 : x), 0.05, 3), Codes(scores, 0.05, 3), 1e-4);
    }

    // As hard as the assignment of equal shares with the largest sum of scores, where that is the best by far.
    [Test]
    public void A_small_epsilon_gives_the_best_assignment_of_equal_shares([Values(3UL, 6UL, 8UL)] ulong seed)
    {
        const double Epsilon = 0.02;
        var scores = Given.Normals([6, 3], seed);
        double Sum(int[] assignment) => assignment.Select((k, b) => scores.Elements[(b * 3) + k]).Sum();
        var assignments = Assignments(6, 3).OrderByDescending(Sum).ToList();
        Assert.That(Sum(assignments[0]) - Sum(assignments[1]), Is.GreaterThan(10 * Epsilon), "scores that decide");
        double[] best = [.. assignments[0].SelectMany(k => Enumerable.Range(0, 3).Select(at => at == k ? 1.0 : 0))];
        Assert.That(Codes(scores, Epsilon, 100), Is.EqualTo(best).Within(0.05));
    }

    [Test]
    public void A_large_epsilon_gives_uniform_codes() =>
        Assert.That(Codes(Cosines(1), 1e6, 3), Is.All.EqualTo(1.0 / Prototypes).Within(1e-5));

    [FsCheck.NUnit.Property(MaxTest = 20)]
    public void Codes_move_with_their_samples(uint seed)
    {
        var scores = Cosines(seed);
        var order = Enumerable.Range(0, Batch).ToArray();
        var random = new SeededRandom(seed);
        random.Shuffle<int>(order);
        double[] Moved(double[] rows) => [.. order.SelectMany(row => rows[(row * Prototypes)..((row + 1) * Prototypes)])];
        Relative.Agree("the codes", Codes(scores with { Elements = Moved(scores.Elements) }, 0.05, 3), Moved(Codes(scores, 0.05, 3)), 1e-5);
    }

    [Test]
    public void Codes_are_constants_to_the_gradient() => LossRunner.Stops(
        x => Op.Sum(Sinkhorn.Codes(x[0], x[1], 3, x[2]) * x[3]), [0, 1, 2], Cosines(1), Given.Scalar(0.05), Given.Normals([Batch]), Cosines(2));

    [TestCase(0, 0, 5)]
    [TestCase(-1, 0, 5)]
    [TestCase(3, 1, 5)]
    [TestCase(3, 0, 1)]
    public void No_iteration_and_shapes_that_do_not_fit_are_refused(int iterations, int rank, int present)
    {
        var x = LossRunner.Values([5, 4], [.. Enumerable.Repeat(1L, rank)], [present]);
        Assert.That(() => Sinkhorn.Codes(x[0], x[1], iterations, x[2]), Throws.ArgumentException.With.Message.EqualTo(
            "Sinkhorn's codes need at least 1 iteration (3 in the paper), scores [B,K], a scalar ε and, if rows may be absent, a mark for each [B]; "
            + $"got {iterations} iterations, scores [5,4], ε {x[1].Shape} and marks [{present}]."));
    }

    [Test]
    public void Scores_that_are_no_matrix_are_refused()
    {
        var x = LossRunner.Values([5], []);
        Assert.That(() => Sinkhorn.Codes(x[0], x[1], 3), Throws.ArgumentException.With.Message.EndsWith("got 3 iterations, scores [5], ε [] and no marks."));
    }

    private static double[] Codes(Given scores, double epsilon, int iterations, Given? present = null) => present is null
        ? LossRunner.Outputs(x => [Sinkhorn.Codes(x[0], x[1], iterations)], scores, Given.Scalar(epsilon))[0]
        : LossRunner.Outputs(x => [Sinkhorn.Codes(x[0], x[1], iterations, x[2])], scores, Given.Scalar(epsilon), present)[0];

    /// <summary>Cosines of random directions in 128 dimensions.</summary>
    private static Given Cosines(ulong seed)
    {
        const int Dimension = 128;
        var (samples, prototypes) = (Given.Normals([Batch, Dimension], seed).Elements.Chunk(Dimension),
            Given.Normals([Prototypes, Dimension], seed + 1).Elements.Chunk(Dimension));
        double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        return new([Batch, Prototypes], [.. samples.SelectMany(a => prototypes.Select(b => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b))))]);
    }

    private static IEnumerable<double> Rows(double[] codes) => codes.Chunk(Prototypes).Select(row => row.Sum());

    /// <summary>How far the worst share of a prototype is from B/K, as a part of it.</summary>
    private static double Unevenness(double[] codes) => Enumerable.Range(0, Prototypes)
        .Max(k => Math.Abs((codes.Where((_, i) => i % Prototypes == k).Sum() * Prototypes / Batch) - 1));

    /// <summary>All ways to give each of the prototypes as many of the samples.</summary>
    private static IEnumerable<int[]> Assignments(int samples, int prototypes)
    {
        var all = Enumerable.Range(0, (int)Math.Pow(prototypes, samples))
            .Select(code => Enumerable.Range(0, samples).Select(b => code / (int)Math.Pow(prototypes, b) % prototypes).ToArray());
        return all.Where(assignment => Enumerable.Range(0, prototypes).All(k => assignment.Count(choice => choice == k) == samples / prototypes));
    }
}
