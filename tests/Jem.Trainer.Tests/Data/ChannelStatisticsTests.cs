using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class ChannelStatisticsTests
{
    [Test]
    public void Mean_and_standard_deviation_are_those_of_all_pixels_of_a_channel()
    {
        var set = DataSets.Open("synthetic:shapes?n=20&size=9", DataSplit.Train);
        var levels = Enumerable.Range(0, set.Count).SelectMany(index => set.Image(index).Plane(1).ToArray()).Select(level => level / 255.0).ToList();
        var statistics = ChannelStatistics.Of(set);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statistics.Mean[1], Is.EqualTo(levels.Average()).Within(1e-9));
            Assert.That(statistics.Std[1], Is.EqualTo(Math.Sqrt(levels.Average(level => Math.Pow(level - levels.Average(), 2)))).Within(1e-9));
            Assert.That(ChannelStatistics.Of(set, limit: 7).Mean[1], Is.EqualTo(statistics.Mean[1]).Within(0.1));
        }
    }

    [Test]
    public void A_channel_without_variation_is_not_divided_by_nothing()
    {
        using var folder = new TemporaryFolder();
        using var image = NetVips.Image.Black(4, 4, bands: 3);
        image.WriteToFile(folder.At("black.png"));
        Assert.That(ChannelStatistics.Of(DataSets.Open($"folder:{folder.Path}", DataSplit.Train)).Std, Is.EqualTo(new[] { 1.0, 1, 1 }));
    }
}
