using System.Runtime.CompilerServices;
using Jem.Graphs.Export;
using Jem.Imaging;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

/// <summary>Executed views against what torchvision made of the same images (oracles/views.py).</summary>
public sealed class TorchvisionTests
{
    private static readonly Dictionary<string, NamedTensor> s_oracle = Load();

    private static IEnumerable<string> Tensors => s_oracle.Keys.Where(name => name.Contains('|') && !IsPil(name));

    private static IEnumerable<string> Pil => s_oracle.Keys.Where(IsPil);

    [TestCaseSource(nameof(Tensors))]
    public void A_view_is_torchvisions_within_rounding(string program)
    {
        // A crop's level that was rounded the other way is stretched by the colour changes that follow.
        var tolerance = program.Contains("crop") && program.Contains("hue") ? 3 : 1;

        // Without antialias the weights are few simple fractions, so that many levels lie halfway between two.
        var share = program.Contains("plain") ? 0.96 : 0.99;
        var differences = Differences(program);
        var exact = differences.Count(difference => difference == 0) / (double)differences.Count;
        TestContext.Out.WriteLine($"{exact:P2} of the bytes are equal, the largest difference is {differences.Max()}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differences.Max(), Is.LessThanOrEqualTo(tolerance));
            Assert.That(exact, Is.GreaterThan(share));
        }
    }

    [TestCaseSource(nameof(Pil))]
    public void A_crop_is_pils_but_for_its_rounding_between_columns_and_rows(string program)
    {
        // PIL rounds and clips to bytes after the columns, which cuts off what a cubic overshoots; tensors keep it for the rows.
        var differences = Differences(program);
        var near = differences.Count(difference => difference <= 1) / (double)differences.Count;
        TestContext.Out.WriteLine($"{near:P2} of the bytes are within a level, the mean difference is {differences.Average():F3}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(near, Is.GreaterThanOrEqualTo(program.Contains("bilinear") ? 1 : 0.9));
            Assert.That(differences.Average(), Is.LessThan(0.6));
        }
    }

    private static bool IsPil(string name) => name.EndsWith(" pil", StringComparison.Ordinal);

    private static List<int> Differences(string text)
    {
        var (program, expected) = (ViewProgram.Parse(text, Image), s_oracle[text]);
        var image = Image(program.Image);
        var actual = new byte[expected.Data.Length];
        new ViewSampler(program.Recipe, image.Channels).Render(image, program.Parameters, actual);
        return [.. actual.Zip(expected.Data, (a, b) => Math.Abs(a - b))];
    }

    private static PlanarImage Image(string name)
    {
        var tensor = s_oracle[name];
        return new PlanarImage(tensor.Data, (int)tensor.Shape[0], (int)tensor.Shape[1], (int)tensor.Shape[2]);
    }

    private static Dictionary<string, NamedTensor> Load([CallerFilePath] string here = "")
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "views.safetensors"));
        return Safetensors.Read(file).ToDictionary(tensor => tensor.Name);
    }
}
