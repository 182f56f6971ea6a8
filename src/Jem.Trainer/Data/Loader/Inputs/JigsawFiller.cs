using System.Buffers;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Jem.Imaging;
using Jem.Trainer.Views;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>
/// The shuffled patches of a view (Noroozi and Favaro, arXiv:1603.09246): the gaps between them leave no edge that goes on from one to the next.
/// </summary>
internal sealed class JigsawFiller : InputFiller
{
    private static readonly ulong s_stream = SeededRandom.Hash("jigsaw");

    private readonly JigsawInput _input;
    private readonly ViewSampler _sampler;
    private readonly int _channels, _cell, _length;

    public JigsawFiller(JigsawInput input, int channels)
    {
        (_input, _channels, _sampler) = (input, channels, new ViewSampler(input.Recipe with { Count = 1 }, channels, input.First));
        (_cell, _length) = (input.Recipe.Size / input.Grid, channels * input.Patch * input.Patch);
        if (_cell < input.Patch)
        {
            throw new ArgumentException(
                $"A view of {input.Recipe.Size} pixels has {input.Grid}×{input.Grid} cells of {_cell}, which cannot hold patches of {input.Patch}. "
                + $"Take patches of at most {_cell}, or larger views.");
        }
    }

    public override long Length(int batch) => (long)_input.Grid * _input.Grid * batch * _length;

    public override void Fill(in BatchRow row, PlanarImage image, Span<byte> patches)
    {
        var random = new SeededRandom(row.Seed, s_stream, (ulong)row.Epoch, (ulong)row.Number);
        var cells = Enumerable.Range(0, _input.Grid * _input.Grid).ToArray();
        random.Shuffle(cells.AsSpan());
        var view = ArrayPool<byte>.Shared.Rent(_sampler.ViewLength);
        _sampler.Sample(image, row.Seed, row.Epoch, row.Number, 0, view.AsSpan(0, _sampler.ViewLength));
        for (var place = 0; place < cells.Length; place++)
        {
            var (down, right) = Math.DivRem(cells[place], _input.Grid);
            var top = (down * _cell) + random.NextInt(_cell - _input.Patch + 1);
            var left = (right * _cell) + random.NextInt(_cell - _input.Patch + 1);
            Cut(view, top, left, patches.Slice(((place * row.Batch) + row.Row) * _length, _length));
        }

        ArrayPool<byte>.Shared.Return(view);
    }

    private void Cut(ReadOnlySpan<byte> view, int top, int left, Span<byte> patch)
    {
        var (side, size) = (_input.Patch, _input.Recipe.Size);
        for (var line = 0; line < _channels * side; line++)
        {
            var (channel, y) = Math.DivRem(line, side);
            view.Slice((((channel * size) + top + y) * size) + left, side).CopyTo(patch[(line * side)..]);
        }
    }
}
