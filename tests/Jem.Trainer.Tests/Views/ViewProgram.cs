using System.Globalization;
using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Imaging.Resizing;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

/// <summary>A view's parameters from the name of an oracle: the image, then steps in the order of a view (oracles/views.py).</summary>
internal sealed class ViewProgram
{
    private static readonly string[] s_changes = ["brightness", "contrast", "saturation", "hue"];

    private ViewProgram(string image) => Image = image;

    public string Image { get; }

    public ViewRecipe Recipe { get; private set; } = new();

    public ViewParameters Parameters { get; private set; }

    public static ViewProgram Parse(string text, Func<string, PlanarImage> images)
    {
        var steps = text.Split(" | ");
        var image = images(steps[0]);
        var program = new ViewProgram(steps[0])
        {
            Recipe = new ViewRecipe { Size = image.Width },
            Parameters = new ViewParameters(new CropBox(0, 0, image.Width, image.Height), false, null, false, 0, false),
        };
        var changes = new List<byte>();
        foreach (var words in steps.Skip(1).Select(step => step.Split(' ')))
        {
            program.Add(words, changes);
        }

        return program;
    }

    private void Add(string[] words, List<byte> changes)
    {
        var value = words.Length == 2 ? double.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        (Recipe, Parameters) = words[0] switch
        {
            "crop" => (
                Recipe with { Size = int.Parse(words[3]), Interpolation = words[4], Antialias = !words.Contains("plain") },
                Parameters with { Crop = Box([.. words[1].Split(',').Select(int.Parse)]) }),
            "flip" => (Recipe, Parameters with { Flip = true }),
            "greyed" => (Recipe, Parameters with { Grey = true }),
            "blur" => (Recipe, Parameters with { BlurSigma = value }),
            "solarize" => (Recipe with { SolarizeThreshold = (int)value }, Parameters with { Solarize = true }),
            _ => (Recipe, Parameters with { Jitter = Change(words[0], value, changes) }),
        };
    }

    private ColourJitter Change(string name, double value, List<byte> changes)
    {
        changes.Add((byte)Array.IndexOf(s_changes, name));
        var jitter = Parameters.Jitter ?? new ColourJitter(0, 1, 1, 1, 0);
        return name switch
        {
            "brightness" => jitter with { Order = Order(changes), Brightness = value },
            "contrast" => jitter with { Order = Order(changes), Contrast = value },
            "saturation" => jitter with { Order = Order(changes), Saturation = value },
            "hue" => jitter with { Order = Order(changes), Hue = value },
            _ => throw new ArgumentException(name),
        };
    }

    private static CropBox Box(int[] numbers) => new(numbers[0], numbers[1], numbers[2], numbers[3]);

    /// <summary>An order that begins with the given changes.</summary>
    private static int Order(List<byte> changes) =>
        Enumerable.Range(0, ColourJitter.Orders).First(order => new ColourJitter(order, 1, 1, 1, 0).Sequence.StartsWith(changes.ToArray()));
}
