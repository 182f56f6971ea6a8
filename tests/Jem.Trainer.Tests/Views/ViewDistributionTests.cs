using System.Globalization;
using System.Runtime.CompilerServices;
using Jem.Graphs.Programs;
using Jem.Trainer.Views;
using MathNet.Numerics.Distributions;

namespace Jem.Trainer.Tests.Views;

/// <summary>
/// What is drawn at random is distributed as the recipe says. Every test would be failed by true randomness with a
/// probability of at most <see cref="FalseAlarm"/>; seeds are fixed, so that one that passes always passes.
/// </summary>
public sealed class ViewDistributionTests
{
    private const int Draws = 20_000;
    private const double FalseAlarm = 1e-6;

    // An image so large that whole pixels do not show, and crops so small that every ratio fits and no try is turned down.
    private const int Side = 100_000;

    private static readonly ViewRecipe s_recipe = new() { CropScale = [0.2, 0.5], Jitter = 1, Blur = [1] };

    /// <summary>What is drawn from a range, mapped to [0, 1].</summary>
    private static readonly Dictionary<string, Func<ViewParameters, double>> s_parameters = new()
    {
        ["crop area"] = view => Within((double)view.Crop.Width * view.Crop.Height / Side / Side, 0.2, 0.5),
        ["crop log-ratio"] = view => Within(Math.Log((double)view.Crop.Width / view.Crop.Height), Math.Log(3.0 / 4), Math.Log(4.0 / 3)),
        ["crop left"] = view => Within(view.Crop.Left, 0, Side - view.Crop.Width),
        ["crop top"] = view => Within(view.Crop.Top, 0, Side - view.Crop.Height),
        ["brightness"] = view => Within(view.Jitter!.Value.Brightness, 0.6, 1.4),
        ["contrast"] = view => Within(view.Jitter!.Value.Contrast, 0.6, 1.4),
        ["saturation"] = view => Within(view.Jitter!.Value.Saturation, 0.6, 1.4),
        ["hue"] = view => Within(view.Jitter!.Value.Hue, -0.1, 0.1),
        ["order"] = view => (view.Jitter!.Value.Order + 0.5) / ColourJitter.Orders,
        ["blur sigma"] = view => Within(view.BlurSigma, 0.1, 2),
    };

    private static readonly List<ViewParameters> s_first = Draw(s_recipe, 0, Side, Side);

    private static IEnumerable<string> Ranges => s_parameters.Keys.Where(name => name != "order");

    [TestCaseSource(nameof(Ranges))]
    public void What_is_drawn_from_a_range_is_uniform(string parameter)
    {
        var sorted = s_first.Select(s_parameters[parameter]).Order().ToList();
        var distance = sorted.Select((value, i) => Math.Abs(value - ((i + 0.5) / sorted.Count))).Max();
        Assert.That(distance, Is.LessThan(KolmogorovSmirnov(sorted.Count)));
    }

    [Test]
    public void The_24_orders_of_the_jitter_are_equally_frequent()
    {
        var counts = s_first.CountBy(view => view.Jitter!.Value.Order).ToDictionary();
        var expected = Draws / (double)ColourJitter.Orders;
        var chiSquared = Enumerable.Range(0, ColourJitter.Orders).Sum(order => Math.Pow(counts.GetValueOrDefault(order) - expected, 2) / expected);
        Assert.That(chiSquared, Is.LessThan(ChiSquared.InvCDF(ColourJitter.Orders - 1, 1 - FalseAlarm)));
    }

    [TestCase(0, 0.5, 0.8, 0.2, 0.3, 0)]
    [TestCase(1, 0.5, 0.8, 0.2, 0.9, 0.2)]
    public void Each_change_happens_as_often_as_its_probability_says(int view, double flip, double jitter, double grey, double blur, double solarize)
    {
        var views = Draw(new ViewRecipe { Blur = [0.3, 0.9], Solarize = [0, 0.2] }, view, 100, 80);
        using (Assert.EnterMultipleScope())
        {
            Frequency(views, view => view.Flip, flip);
            Frequency(views, view => view.Jitter is not null, jitter);
            Frequency(views, view => view.Grey, grey);
            Frequency(views, view => view.BlurSigma > 0, blur);
            Frequency(views, view => view.Solarize, solarize);
        }
    }

    [Test]
    public void Strong_jitter_stops_at_factor_nought()
    {
        var factors = Draw(s_recipe with { Brightness = 3 }, 0, 10, 10).Select(view => view.Jitter!.Value.Brightness).ToList();
        Assert.That(
            (factors.Min(), factors.Max()),
            Is.EqualTo((0.0, 4.0)).Using<(double, double)>((a, b) => Math.Abs(a.Item1 - b.Item1) < 0.01 && Math.Abs(a.Item2 - b.Item2) < 0.01));
    }

    private static IEnumerable<TestCaseData> Pairs()
    {
        var names = s_parameters.Keys.ToList();
        TestCaseData Case(string a, string b, int view, int epoch, int seed, int images) => new(a, b, view, epoch, seed, images);
        return [
            .. names.SelectMany((a, i) => names.Skip(i + 1).Select(b => Case(a, b, 0, 0, 0, 0))),
            .. names.Select(name => Case(name, name, 1, 0, 0, 0)),
            .. names.Select(name => Case(name, name, 0, 1, 0, 0)),
            .. names.Select(name => Case(name, name, 0, 0, 1, 0)),
            .. names.Select(name => Case(name, name, 0, 0, 0, 1)),
        ];
    }

    /// <summary>One parameter of a view against another: of the same view, the other view, the next epoch, seed or image.</summary>
    [TestCaseSource(nameof(Pairs))]
    public void Two_draws_are_independent(string one, string other, int view, int epoch, int seed, int images)
    {
        const int Cells = 6;
        var (a, b) = (s_parameters[one], s_parameters[other]);
        var table = new double[Cells, Cells];
        foreach (var (first, second) in s_first.Zip(Draw(s_recipe, view, Side, Side, epoch, seed, images)))
        {
            table[Cell(a(first)), Cell(b(second))]++;
        }

        double chiSquared = 0, expected = Draws / (double)(Cells * Cells);
        foreach (var count in table)
        {
            chiSquared += Math.Pow(count - expected, 2) / expected;
        }

        Assert.That(chiSquared, Is.LessThan(ChiSquared.InvCDF((Cells * Cells) - 1, 1 - FalseAlarm)));

        // The rounding to pixels can leave the range by a trifle.
        static int Cell(double value) => Math.Clamp((int)(Cells * value), 0, Cells - 1);
    }

    [TestCase(500, 375)]
    [TestCase(300, 60)]
    public void Crops_are_distributed_as_torchvisions(int width, int height)
    {
        var crops = Draw(new ViewRecipe { CropScale = [0.08, 1] }, 0, width, height).ConvertAll(view => view.Crop);
        using (Assert.EnterMultipleScope())
        {
            foreach (var row in Oracle().Select(line => line.Split(',')).Where(row => row[0] == $"{width}" && row[1] == $"{height}"))
            {
                var (pixels, expected) = (int.Parse(row[3]), double.Parse(row[4], CultureInfo.InvariantCulture));
                var figures = crops.Select(crop => row[2] switch { "width" => crop.Width, "height" => crop.Height, "left" => crop.Left, _ => crop.Top });
                var share = figures.Count(figure => figure <= pixels) / (double)Draws;

                // The oracle is itself an average, of 100,000 draws.
                Assert.That(share, Is.EqualTo(expected).Within(KolmogorovSmirnov(1 / ((1.0 / Draws) + 1e-5))), string.Join(' ', row));
            }
        }
    }

    private static List<ViewParameters> Draw(ViewRecipe recipe, int view, int width, int height, int epoch = 0, int seed = 0, int firstImage = 0)
    {
        var sampler = new ViewSampler(recipe, 3);
        return [.. Enumerable.Range(firstImage, Draws).Select(index => sampler.Draw(width, height, 5 + (ulong)seed, epoch, index, view))];
    }

    private static double Within(double value, double low, double high) => (value - low) / (high - low);

    /// <summary>The distance between distribution functions that chance exceeds with probability <see cref="FalseAlarm"/>: 2·exp(−2nd²) (Kolmogorov).</summary>
    private static double KolmogorovSmirnov(double draws) => Math.Sqrt(-Math.Log(FalseAlarm / 2) / (2 * draws));

    private static void Frequency(List<ViewParameters> views, Func<ViewParameters, bool> happens, double probability)
    {
        var deviation = Math.Sqrt(probability * (1 - probability) / views.Count);
        Assert.That(views.Count(happens) / (double)views.Count, Is.EqualTo(probability).Within(-Normal.InvCDF(0, 1, FalseAlarm / 2) * deviation));
    }

    private static IEnumerable<string> Oracle([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "crop_shares.csv")).Skip(1);
}
