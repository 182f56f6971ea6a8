using System.Runtime.CompilerServices;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

/// <summary>Executed views against what torchvision made of the same images (oracles/views.py).</summary>
public sealed class TorchvisionTests
{
    private static readonly Dictionary<string, NamedTensor> s_oracle = Load();

    private static IEnumerable<string> Cases => s_oracle.Keys.Where(name => !name.StartsWith("image:", StringComparison.Ordinal));

    [TestCaseSource(nameof(Cases))]
    public void A_view_is_torchvisions_within_rounding(string name)
    {
        var (operation, values) = (name.Split(':')[0], name.Split(':')[1].Split(',').Select(double.Parse).ToArray());
        var image = operation.StartsWith("grey ", StringComparison.Ordinal) ? Image("grey") : values.Length > 1 ? Image("wide") : Image("colour");
        var expected = s_oracle[name];
        var (parameters, threshold) = Parameters(operation, values, image);

        var side = (int)expected.Shape[1];
        var actual = new byte[expected.Data.Length];
        new ViewSampler(new ViewRecipe { Size = side, SolarizeThreshold = threshold }, image.Channels).Render(image, parameters, actual);

        var differences = actual.Zip(expected.Data, (a, b) => Math.Abs(a - b)).ToList();
        var exact = differences.Count(difference => difference == 0) / (double)differences.Count;
        TestContext.Out.WriteLine($"{exact:P2} of the bytes are equal, the largest difference is {differences.Max()}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differences.Max(), Is.LessThanOrEqualTo(1));
            Assert.That(exact, Is.GreaterThan(0.99));
        }
    }

    private static (ViewParameters Parameters, int Threshold) Parameters(string operation, double[] values, PlanarImage image)
    {
        var whole = new ViewParameters(new CropBox(0, 0, image.Width, image.Height), false, null, false, 0, false);
        var (none, value) = (new ColourJitter(0, 1, 1, 1, 0), values[0]);
        return operation switch
        {
            "brightness" => (whole with { Jitter = none with { Brightness = value } }, 0),
            "contrast" or "grey contrast" => (whole with { Jitter = none with { Contrast = value } }, 0),
            "saturation" => (whole with { Jitter = none with { Saturation = value } }, 0),
            "hue" => (whole with { Jitter = none with { Hue = value } }, 0),
            "grey" => (whole with { Grey = true }, 0),
            "solarize" => (whole with { Solarize = true }, (int)value),
            "blur" or "grey blur" => (whole with { BlurSigma = value }, 0),
            "crop" => (Crop(values), 0),
            "chain" => (Crop(values) with { Jitter = new(Order(1, 2, 0, 3), 1.1, 0.8, 1.2, -0.05), BlurSigma = 0.9, Solarize = true }, 200),
            _ => throw new ArgumentException(operation),
        };

        static ViewParameters Crop(double[] box) =>
            new(new CropBox((int)box[0], (int)box[1], (int)box[2], (int)box[3]), box[5] == 1, null, false, 0, false);
    }

    private static int Order(params byte[] sequence) =>
        Enumerable.Range(0, ColourJitter.Orders).Single(order => new ColourJitter(order, 1, 1, 1, 0).Sequence.SequenceEqual(sequence));

    private static PlanarImage Image(string name)
    {
        var tensor = s_oracle[$"image:{name}"];
        return new PlanarImage(tensor.Data, (int)tensor.Shape[0], (int)tensor.Shape[1], (int)tensor.Shape[2]);
    }

    private static Dictionary<string, NamedTensor> Load([CallerFilePath] string here = "")
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "views.safetensors"));
        return Safetensors.Read(file).ToDictionary(tensor => tensor.Name);
    }
}
