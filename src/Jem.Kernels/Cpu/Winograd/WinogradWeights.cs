using System.Numerics.Tensors;

namespace Jem.Kernels.Cpu.Winograd;

/// <summary>
/// The weight gradient of a 3×3 convolution of stride 1 in one group: for each frequency a product over all tiles. Images are transformed into
/// [frequency][channel / 16][tile][16] chunk by chunk; the products are added up, in the order of the chunks, as
/// [32 × 32 channels][frequency][output / 8][channel / 16][8][16]. The order of sums depends on the shapes alone.
/// </summary>
internal sealed unsafe class WinogradWeights<TForm> where TForm : struct, IWinogradForm
{
    private const int Lanes = RegisterTiles.Lanes, Pair = 2 * Lanes, Taps = 9;
    private const int TilesAtOnce = 128; // whose factors stay in the first cache
    private const int SumStep = (Pair * Pair) + Lanes;
    private const int ManyTasks = 64, Slices = 16;
    private const long ChunkSize = 5 << 18, SliceChunk = 1 << 17, SlicedSums = 4 << 20; // numbers

    private static readonly int s_tile = TForm.Tile, s_points = TForm.Points, s_places = s_points * s_points;
    private static readonly nint s_sumSize = (nint)s_places * SumStep;

    private readonly int _images, _top, _left, _tilesImage, _pairs, _outputPairs, _chunk;
    private readonly bool _sliced;
    private readonly (int Rows, int Columns) _grid;
    private readonly Planes _input, _output;
    private readonly nint _tiles, _vStep, _gStep;

    public WinogradWeights(int images, Planes input, Planes output, int top, int left)
    {
        (_images, _input, _output, _top, _left) = (images, input, output, top, left);
        _grid = Planes.Tiles(output, s_tile);
        _tilesImage = _grid.Rows * _grid.Columns;
        (_pairs, _outputPairs) = ((input.Blocks + 1) / 2, (output.Blocks + 1) / 2);
        _sliced = s_sumSize * _pairs * _outputPairs * Slices <= SlicedSums;
        var perImage = (long)s_places * (input.Padded + output.Padded) * _tilesImage;

        // A slice's chunk stays in a core's second cache. Large sums are best added to once.
        var size = _sliced ? SliceChunk : Math.Max(ChunkSize, (long)s_places * input.Padded * output.Padded * 9 / 16);
        var atMost = (int)Math.Clamp(size / perImage, 1, images);
        var chunks = (images + atMost - 1) / atMost;
        _chunk = _sliced ? atMost : (images + chunks - 1) / chunks;
        _tiles = (nint)_chunk * _tilesImage;
        (_vStep, _gStep) = ((_tiles * input.Padded) + Lanes, (_tiles * output.Padded) + Lanes);
    }

    /// <param name="x">The group's first channel in the first image, as <paramref name="δy"/>.</param>
    /// <param name="δw">[K][C][9].</param>
    public void Run(float* x, float* δy, float* δw, ParallelFor parallel)
    {
        using var tables = Scratch.Rent((long)_tilesImage * (s_places + (s_tile * s_tile)) * sizeof(nint) / sizeof(float));
        var inputs = (nint*)tables.Data;
        var gradients = inputs + (_tilesImage * s_places);
        TileTable.Write(inputs, _input, _grid, s_tile, s_points, _top, _left);
        TileTable.Write(gradients, _output, _grid, s_tile, s_tile, 0, 0);
        if (_sliced)
        {
            Sliced(x, δy, δw, inputs, gradients, parallel);
        }
        else
        {
            Chunked(x, δy, δw, inputs, gradients, parallel);
        }
    }

    // With many tasks and one chunk, each finishes its own sums; otherwise they stay, and few tasks are cut by frequencies.
    private void Chunked(float* x, float* δy, float* δw, nint* inputs, nint* gradients, ParallelFor parallel)
    {
        var (tasks, blocks) = (_pairs * _outputPairs, _input.Blocks + _output.Blocks);
        var stay = _chunk < _images || tasks < ManyTasks;
        var cuts = tasks < ManyTasks ? s_points : 1;
        using var transformed = Scratch.Rent((_vStep + _gStep) * s_places);
        using var sums = Scratch.Rent(stay ? s_sumSize * tasks : 1);
        float* v = transformed.Data, g = v + (_vStep * s_places), all = sums.Data;
        for (var first = 0; first < _images; first += _chunk)
        {
            var (begin, count) = (first, Math.Min(_chunk, _images - first));
            parallel(count * blocks, i => Transform(begin + (i / blocks), i / blocks, i % blocks, x, δy, inputs, gradients, v, g));
            parallel(tasks * cuts, i =>
            {
                var (task, cut) = Math.DivRem(i, cuts);
                using var own = Scratch.Rent(stay ? 1 : s_sumSize);
                var target = stay ? all + (task * s_sumSize) : own.Data;
                Multiply(task, (s_places * cut / cuts, s_places * (cut + 1) / cuts), v, g, count * _tilesImage, begin > 0, target);
                if (!stay)
                {
                    Finish(task, target, δw);
                }
            });
        }

        if (stay)
        {
            parallel(tasks, task => Finish(task, all + (task * s_sumSize), δw));
        }
    }

    // Small sums: slices of the batch have sums of their own.
    private void Sliced(float* x, float* δy, float* δw, nint* inputs, nint* gradients, ParallelFor parallel)
    {
        var (slices, tasks, blocks) = (Math.Min(_images, Slices), _pairs * _outputPairs, _input.Blocks + _output.Blocks);
        using var sums = Scratch.Rent(s_sumSize * tasks * slices);
        var all = sums.Data;
        parallel(slices, slice =>
        {
            using var transformed = Scratch.Rent((_vStep + _gStep) * s_places);
            float* v = transformed.Data, g = v + (_vStep * s_places);
            var (begin, end) = (_images * slice / slices, _images * (slice + 1) / slices);
            for (var first = begin; first < end; first += _chunk)
            {
                var count = Math.Min(_chunk, end - first);
                for (var i = 0; i < count * blocks; i++)
                {
                    Transform(first + (i / blocks), i / blocks, i % blocks, x, δy, inputs, gradients, v, g);
                }

                for (var task = 0; task < tasks; task++)
                {
                    Multiply(task, (0, s_places), v, g, count * _tilesImage, first > begin, all + (((slice * tasks) + task) * s_sumSize));
                }
            }
        });
        parallel(tasks * s_places, i =>
        {
            var total = new Span<float>(all + ((nint)i * SumStep), SumStep);
            for (var slice = 1; slice < slices; slice++)
            {
                TensorPrimitives.Add(total, new ReadOnlySpan<float>(all + ((((nint)slice * tasks * s_places) + i) * SumStep), SumStep), total);
            }
        });
        parallel(tasks, task => Finish(task, all + (task * s_sumSize), δw));
    }

    // One block of channels of an image, or of outputs: they are counted on.
    private void Transform(int image, int place, int block, float* x, float* δy, nint* inputs, nint* gradients, float* v, float* g)
    {
        var isInput = block < _input.Blocks;
        var (planes, at) = isInput ? (_input, block) : (_output, block - _input.Blocks);
        using var scratch = Scratch.Rent(TileTable.PanelSize(planes) + (s_places * Lanes));
        float* temp = scratch.Data, panel = temp + (s_places * Lanes);
        TileTable.Pack((isInput ? x : δy) + planes.Block(image, at), planes.Size, planes.LanesOf(at), panel);
        var target = (isInput ? v : g) + (((at * _tiles) + ((nint)place * _tilesImage)) * Lanes);
        for (var tile = 0; tile < _tilesImage; tile++, target += Lanes)
        {
            if (isInput)
            {
                TForm.Input(panel, inputs + (tile * s_places), temp, target, _vStep);
            }
            else
            {
                TForm.Gradient(panel, gradients + (tile * s_tile * s_tile), temp, target, _gStep);
            }
        }
    }

    // 32 outputs by 32 channels.
    private void Multiply(int task, (int First, int End) frequencies, float* v, float* g, int tiles, bool add, float* sums)
    {
        const int Half = Lanes / 2 * Lanes; // 8 outputs by 16 channels
        var (pair, outputPair) = Math.DivRem(task, _outputPairs);
        var (two, end) = ((pair * 2) + 1 < _input.Blocks, Math.Min((outputPair + 1) * 2, _output.Blocks));
        for (var f = frequencies.First; f < frequencies.End; f++)
        {
            for (var t = 0; t < tiles; t += TilesAtOnce)
            {
                var (length, more) = (Math.Min(TilesAtOnce, tiles - t), add || t > 0);
                var b = v + (f * _vStep) + (((pair * 2 * _tiles) + t) * Lanes);
                for (var block = outputPair * 2; block < end; block++)
                {
                    var a = g + (f * _gStep) + (((block * _tiles) + t) * Lanes);
                    var target = sums + ((nint)f * SumStep) + (block % 2 * 4 * Half);
                    if (two)
                    {
                        RegisterTiles.ColumnsBy32(a, b, b + (_tiles * Lanes), length, target, target + Half, more);
                        RegisterTiles.ColumnsBy32(a + 8, b, b + (_tiles * Lanes), length, target + (2 * Half), target + (3 * Half), more);
                    }
                    else
                    {
                        RegisterTiles.TwoColumnsBy16(a, b, length, target, target + (2 * Half), more);
                    }
                }
            }
        }
    }

    private void Finish(int task, float* sums, float* δw)
    {
        var temp = stackalloc float[s_places * Lanes];
        var taps = stackalloc float[Taps * Lanes];
        var (pair, outputPair) = Math.DivRem(task, _outputPairs);
        for (var output = outputPair * Pair; output < Math.Min(_output.Channels, (outputPair + 1) * Pair); output++)
        {
            for (var block = pair * 2; block < Math.Min(_input.Blocks, (pair + 1) * 2); block++)
            {
                TForm.Weights(sums + (output % Pair / 8 * 2 * 8 * Lanes) + (block % 2 * 8 * Lanes) + (output % 8 * Lanes), SumStep, temp, taps);
                var target = δw + ((((nint)output * _input.Channels) + (block * Lanes)) * Taps);
                for (var lane = 0; lane < _input.LanesOf(block); lane++)
                {
                    for (var tap = 0; tap < Taps; tap++)
                    {
                        *target++ = taps[(tap * Lanes) + lane];
                    }
                }
            }
        }
    }
}
