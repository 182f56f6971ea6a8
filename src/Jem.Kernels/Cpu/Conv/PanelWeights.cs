using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The weight gradient of a convolution in one group: for each sum of its form a product over all tiles. Images are brought into
/// [sum][channel / 16][tile][16] chunk by chunk; the products are added up, in the order of the chunks, as
/// [32 × 32 channels][sum][output / 8][channel / 16][8][16]. The order of sums depends on the shapes alone. Where a place has two numbers, these are the same
/// tile of two images: images are counted in such pairs.
/// </summary>
internal sealed unsafe class PanelWeights<TForm, TFactors>
    where TForm : struct, IWeightForm
    where TFactors : struct, IFactors
{
    private const int Lanes = RegisterTiles.Lanes, Pair = 2 * Lanes;
    private const int TilesAtOnce = 128; // whose factors stay in the first cache
    private const int SumStep = (Pair * Pair) + Lanes;
    private const int ManyTasks = 32, Slices = 16;
    private const long ChunkSize = 5 << 18, SliceChunk = 1 << 17, SlicedSums = 4 << 20; // numbers

    private readonly TForm _form;
    private readonly int _images, _all, _sums, _tilesImage, _pairs, _outputPairs, _chunk;
    private readonly bool _sliced;
    private readonly nint _sumSize;
    private readonly Planes _input, _output;
    private readonly nint _tiles, _vStep, _gStep, _transformed;

    public PanelWeights(TForm form, int images, Planes input, Planes output)
    {
        (_form, _all, _input, _output, _sums, _sumSize) = (form, images, input, output, form.Sums, (nint)form.Sums * SumStep);
        _images = images = (images + TFactors.PerPlace - 1) / TFactors.PerPlace;
        var grid = form.Tiles(output);
        _tilesImage = grid.Rows * grid.Columns;
        (_pairs, _outputPairs) = ((input.Blocks + 1) / 2, (output.Blocks + 1) / 2);
        _sliced = _sumSize * _pairs * _outputPairs * Slices <= SlicedSums;
        var perImage = (((long)_sums * input.Padded) + (form.Gradients * output.Padded)) * _tilesImage;

        // A slice's chunk stays in a core's second cache. Large sums are best added to once.
        var size = _sliced ? SliceChunk : Math.Max(ChunkSize, (long)_sums * input.Padded * output.Padded * 9 / 16);
        var atMost = (int)Math.Clamp(size / perImage, 1, images);
        var chunks = (images + atMost - 1) / atMost;
        _chunk = _sliced ? atMost : (images + chunks - 1) / chunks;
        _tiles = (nint)_chunk * _tilesImage;
        (_vStep, _gStep) = ((_tiles * input.Padded) + Lanes, form.Gradients == 1 ? 0 : (_tiles * output.Padded) + Lanes);
        _transformed = (_vStep * _sums) + (((_tiles * output.Padded) + Lanes) * form.Gradients);
    }

    /// <param name="x">The group's first channel in the first image, as <paramref name="δy"/>.</param>
    /// <param name="δw">[K][C][tap].</param>
    public void Run(float* x, float* δy, float* δw, ParallelFor parallel)
    {
        using var tables = Scratch.Rent((long)_tilesImage * (_sums + _form.GradientPlaces) * sizeof(nint) / sizeof(float));
        var inputs = (nint*)tables.Data;
        var gradients = inputs + (_tilesImage * _sums);
        _form.WritePlaces(_input, _output, inputs, gradients);
        if (_sliced)
        {
            Sliced(x, δy, δw, inputs, gradients, parallel);
        }
        else
        {
            Chunked(x, δy, δw, inputs, gradients, parallel);
        }
    }

    // A task is one of the form's sums, whose factors then stay in a core's second cache; where these are few, for a part of the channels.
    private void Chunked(float* x, float* δy, float* δw, nint* inputs, nint* gradients, ParallelFor parallel)
    {
        var (tasks, blocks) = (_pairs * _outputPairs, _input.Blocks + _output.Blocks);
        var cuts = Math.Min(tasks, (ManyTasks + _sums - 1) / _sums);
        using var transformed = Scratch.Rent(_transformed);
        using var sums = Scratch.Rent(_sumSize * tasks);
        float* v = transformed.Data, g = v + (_vStep * _sums), all = sums.Data;
        for (var first = 0; first < _images; first += _chunk)
        {
            var (begin, count) = (first, Math.Min(_chunk, _images - first));
            var groups = Math.Clamp((ManyTasks + count - 1) / count, 1, blocks);
            parallel(count * groups, i =>
            {
                var (place, group) = (i / groups, i % groups);
                for (var block = blocks * group / groups; block < blocks * (group + 1) / groups; block++)
                {
                    Transform(begin + place, place, block, x, δy, inputs, gradients, v, g);
                }
            });
            parallel(_sums * cuts, i =>
            {
                var (sum, cut) = (i / cuts, i % cuts);
                for (var t = 0; t < count * _tilesImage; t += TilesAtOnce)
                {
                    for (var task = tasks * cut / cuts; task < tasks * (cut + 1) / cuts; task++)
                    {
                        var target = all + (task * _sumSize) + ((nint)sum * SumStep);
                        Multiply(task, sum, v, g, (t, Math.Min(TilesAtOnce, (count * _tilesImage) - t)), begin > 0 || t > 0, target);
                    }
                }
            });
        }

        parallel(tasks, task => Finish(task, all + (task * _sumSize), δw));
    }

    // Small sums: slices of the batch have sums of their own.
    private void Sliced(float* x, float* δy, float* δw, nint* inputs, nint* gradients, ParallelFor parallel)
    {
        var (slices, tasks, blocks) = (Math.Min(_images, Slices), _pairs * _outputPairs, _input.Blocks + _output.Blocks);
        using var sums = Scratch.Rent(_sumSize * tasks * slices);
        var all = sums.Data;
        parallel(slices, slice =>
        {
            using var transformed = Scratch.Rent(_transformed);
            float* v = transformed.Data, g = v + (_vStep * _sums);
            var (begin, end) = (_images * slice / slices, _images * (slice + 1) / slices);
            for (var first = begin; first < end; first += _chunk)
            {
                var count = Math.Min(_chunk, end - first);
                for (var i = 0; i < count * blocks; i++)
                {
                    Transform(first + (i / blocks), i / blocks, i % blocks, x, δy, inputs, gradients, v, g);
                }

                for (var i = 0; i < tasks * _sums; i++)
                {
                    var (task, sum) = (i / _sums, i % _sums);
                    var target = all + (((slice * tasks) + task) * _sumSize) + ((nint)sum * SumStep);
                    for (var t = 0; t < count * _tilesImage; t += TilesAtOnce)
                    {
                        Multiply(task, sum, v, g, (t, Math.Min(TilesAtOnce, (count * _tilesImage) - t)), first > begin || t > 0, target);
                    }
                }
            }
        });
        parallel(tasks * _sums, i =>
        {
            var total = new Span<float>(all + ((nint)i * SumStep), SumStep);
            for (var slice = 1; slice < slices; slice++)
            {
                TensorPrimitives.Add(total, new ReadOnlySpan<float>(all + ((((nint)slice * tasks * _sums) + i) * SumStep), SumStep), total);
            }
        });
        parallel(tasks, task => Finish(task, all + (task * _sumSize), δw));
    }

    // One block of channels of an image, or of outputs: they are counted on.
    private void Transform(int image, int place, int block, float* x, float* δy, nint* inputs, nint* gradients, float* v, float* g)
    {
        var isInput = block < _input.Blocks;
        var (planes, at) = isInput ? (_input, block) : (_output, block - _input.Blocks);
        var (panelSize, oneSize) = (TileTable.PanelSize(planes), _sums * Lanes);
        using var scratch = Scratch.Rent((panelSize * TFactors.PerPlace) + (oneSize * (1 + TFactors.PerPlace)));
        float* temp = scratch.Data, one = temp + oneSize, panel = one + (oneSize * TFactors.PerPlace);
        var first = image * TFactors.PerPlace;
        var numbers = Math.Min(TFactors.PerPlace, _all - first);
        for (var number = 0; number < numbers; number++)
        {
            TileTable.Pack((isInput ? x : δy) + planes.Block(first + number, at), planes.Size, planes.LanesOf(at), panel + (number * panelSize));
        }

        new Span<float>(panel + (numbers * panelSize), checked((int)(panelSize * (TFactors.PerPlace - numbers)))).Clear();
        var joinsBefore = TFactors.PerPlace == 1 || _form.Copies;
        if (TFactors.PerPlace > 1 && joinsBefore)
        {
            TileTable.Join<TFactors>(panel, panel + panelSize, panelSize, panel);
        }

        var target = (isInput ? v : g) + (((at * _tiles) + ((nint)place * _tilesImage)) * Lanes);
        for (var tile = 0; tile < _tilesImage; tile++, target += Lanes)
        {
            if (joinsBefore)
            {
                Transform(isInput, panel, inputs, gradients, tile, temp, target, isInput ? _vStep : _gStep);
                continue;
            }

            for (var number = 0; number < TFactors.PerPlace; number++)
            {
                Transform(isInput, panel + (number * panelSize), inputs, gradients, tile, temp, one + (number * oneSize), Lanes);
            }

            for (var sum = 0; sum < (isInput ? _sums : _form.Gradients); sum++)
            {
                var pair = one + (sum * Lanes);
                TFactors.Join(Vector512.Load(pair), Vector512.Load(pair + oneSize)).Store(target + (sum * (isInput ? _vStep : _gStep)));
            }
        }
    }

    private void Transform(bool isInput, float* panel, nint* inputs, nint* gradients, int tile, float* temp, float* target, nint step)
    {
        if (isInput)
        {
            _form.Input(panel, inputs + (tile * _sums), temp, target, step);
        }
        else
        {
            _form.Gradient(panel, gradients + (tile * _form.GradientPlaces), temp, target, step);
        }
    }

    // 32 outputs by 32 channels, for some tiles.
    private void Multiply(int task, int sum, float* v, float* g, (int First, int Count) tiles, bool add, float* target)
    {
        const int Half = Lanes / 2 * Lanes; // 8 outputs by 16 channels
        var (pair, outputPair) = Math.DivRem(task, _outputPairs);
        var b = v + (sum * _vStep) + (((pair * 2 * _tiles) + tiles.First) * Lanes);
        for (var block = outputPair * 2; block < Math.Min((outputPair + 1) * 2, _output.Blocks); block++, target += 4 * Half)
        {
            var a = g + (sum * _gStep) + (((block * _tiles) + tiles.First) * Lanes);
            if ((pair * 2) + 1 < _input.Blocks)
            {
                TFactors.ColumnsBy32(a, b, b + (_tiles * Lanes), tiles.Count, target, target + Half, add, Lanes);
                TFactors.ColumnsBy32(a + 8, b, b + (_tiles * Lanes), tiles.Count, target + (2 * Half), target + (3 * Half), add, Lanes);
            }
            else
            {
                TFactors.TwoColumnsBy16(a, b, tiles.Count, target, target + (2 * Half), add, Lanes);
            }
        }
    }

    private void Finish(int task, float* sums, float* δw)
    {
        var temp = stackalloc float[_sums * Lanes];
        var taps = stackalloc float[_form.Taps * Lanes];
        var (pair, outputPair) = Math.DivRem(task, _outputPairs);
        for (var output = outputPair * Pair; output < Math.Min(_output.Channels, (outputPair + 1) * Pair); output++)
        {
            for (var block = pair * 2; block < Math.Min(_input.Blocks, (pair + 1) * 2); block++)
            {
                _form.Weights(sums + (output % Pair / 8 * 2 * 8 * Lanes) + (block % 2 * 8 * Lanes) + (output % 8 * Lanes), SumStep, temp, taps);
                var target = δw + ((((nint)output * _input.Channels) + (block * Lanes)) * _form.Taps);
                WriteTaps(taps, _form.Taps, _input.LanesOf(block), target);
            }
        }
    }

    // [tap][16] → [channel][tap]
    private static void WriteTaps(float* taps, int count, int channels, float* target)
    {
        const int Half = Lanes / 2;
        if (count == 1)
        {
            new ReadOnlySpan<float>(taps, channels).CopyTo(new Span<float>(target, channels));
            return;
        }

        // Eight taps at a time, the rest one by one.
        for (var tap = 0; tap < count; tap += Half)
        {
            if (count - tap >= Half)
            {
                Interleave.Write(taps + (tap * Lanes), Lanes, Half, channels, target + tap, count, Half);
                continue;
            }

            for (var channel = 0; channel < channels; channel++)
            {
                for (var rest = tap; rest < count; rest++)
                {
                    target[(channel * count) + rest] = taps[(rest * Lanes) + channel];
                }
            }
        }
    }
}
