using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Views;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>Random views, view-major: the first view of every image, then the second of every image, …</summary>
internal sealed class ViewFiller(ViewsInput input, int channels) : InputFiller
{
    private readonly ViewSampler _sampler = new(input.Recipe, channels, input.First);

    public override long Length(int batch) => (long)input.Recipe.Count * batch * _sampler.ViewLength;

    public override void Fill(in BatchRow row, PlanarImage image, Span<byte> views)
    {
        for (var view = 0; view < input.Recipe.Count; view++)
        {
            var place = ((view * row.Batch) + row.Row) * _sampler.ViewLength;
            _sampler.Sample(image, row.Seed, row.Epoch, row.Number, view, views.Slice(place, _sampler.ViewLength));
        }
    }
}
