using BenchmarkDotNet.Attributes;
using Jem.Graphs.Programs;
using Jem.Trainer.Data;
using Jem.Trainer.Views;

namespace Jem.Benchmarks.Views;

/// <summary>SimCLR's views of one image on one core, by the defaults for its size.</summary>
public class ViewBenchmarks
{
    private const int Images = 64;
    private IImageSet _images = null!;
    private ViewSampler _sampler = null!;
    private byte[] _view = [];
    private int _next;

    /// <summary>Sides of the images and of their views; those of 160 come from images of 240.</summary>
    [Params("28x28x1", "32x32x3", "160x160x3")]
    public string Size { get; set; } = "";

    [GlobalSetup]
    public void Open()
    {
        var parts = Array.ConvertAll(Size.Split('x'), int.Parse);
        var (side, channels) = (parts[0], parts[2]);
        _images = DataSets.Open($"synthetic:shapes?n={Images}&size={(side > 96 ? side * 3 / 2 : side)}&channels={channels}", DataSplit.Train);
        _sampler = new ViewSampler(new ViewRecipe().ForImages(side, channels), channels);
        _view = new byte[_sampler.ViewLength];
        for (var i = 0; i < Images; i++)
        {
            _images.Image(i);
        }
    }

    [Benchmark]
    public void Sample()
    {
        _sampler.Sample(_images.Image(_next % Images), 0, 0, _next, _next & 1, _view);
        _next++;
    }
}
