using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Jem.Graphs.Seeding;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

public sealed class CropBoxTests
{
    [Test]
    public void Boxes_are_torchvisions_on_the_same_random_numbers()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var row in Oracle().Skip(1))
            {
                var numbers = row.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
                var random = new SeededRandom((ulong)numbers[0]);
                var box = CropBox.Draw(ref random, (int)numbers[1], (int)numbers[2], numbers.AsSpan(3, 2), numbers.AsSpan(5, 2));
                Assert.That(new double[] { box.Left, box.Top, box.Width, box.Height }, Is.EqualTo(numbers[7..]), row);
            }
        }
    }

    [FsCheck.NUnit.Property]
    public Property A_crop_lies_within_its_image() =>
        Prop.ForAll(
            Gen.Choose(1, 400).Four().ToArbitrary(),
            numbers =>
            {
                var (width, height, low, seed) = numbers;
                var random = new SeededRandom((ulong)seed);
                var scale = low / 400.0;
                var box = CropBox.Draw(ref random, width, height, [scale, Math.Min(1, 2 * scale)], [0.75, 4.0 / 3]);
                return box.Width > 0 && box.Height > 0 && box.Left >= 0 && box.Top >= 0 && box.Left + box.Width <= width && box.Top + box.Height <= height;
            });

    [TestCase(100, 10, ExpectedResult = "43,0,13,10")]
    [TestCase(10, 100, ExpectedResult = "0,43,10,13")]
    [TestCase(10, 10, ExpectedResult = "0,0,10,10")]
    public string A_crop_that_never_fits_is_the_largest_central_one(int width, int height)
    {
        // The whole area in a shape that a square does not have: ten tries fail, but 10×10 itself is allowed.
        var random = new SeededRandom(1);
        var box = CropBox.Draw(ref random, width, height, [1, 1], width == height ? [0.9, 1.0000001] : [0.75, 4.0 / 3]);
        return $"{box.Left},{box.Top},{box.Width},{box.Height}";
    }

    private static string[] Oracle([CallerFilePath] string here = "") => File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "crops.csv"));
}
