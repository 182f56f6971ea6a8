using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Winograd;

/// <summary>
/// 3×3 convolution of stride 1 of one group, or its input gradient, by Winograd's transforms. Tiles are transformed into
/// [frequency][tile / 8][channel / 16][8][16], multiplied frequency by frequency by filters [frequency][K / 16][C][16], and transformed back.
/// Some images with about 64 tiles are a part; where parts are many, each goes all the way in a core's caches. Otherwise products are shared out
/// by frequencies, whose filters stay near, and filters that do not fit the third cache go slab by slab. No sum depends on how the work is cut.
/// Where a place has two numbers, channels that are 16 apart share one once they are transformed.
/// </summary>
internal sealed unsafe class WinogradConv<TForm, TFactors>
    where TForm : struct, IWinogradForm
    where TFactors : struct, IFactors
{
    private const int Rows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes, Taps = 9;
    private const int ManyTasks = 16;
    private const long FiltersAtOnce = 4 << 20, SlabSize = 5 << 19; // numbers

    private static readonly int s_tile = TForm.Tile, s_places = TForm.Points * TForm.Points;

    private readonly int _images, _top, _left, _imagesPart, _parts, _tilesImage, _slabBlocks, _vectors, _channels;
    private readonly (int Rows, int Columns) _grid;
    private readonly Planes _input, _output;

    // Numbers between frequencies: an odd number of cache lines, so that they do not share sets of a cache.
    private readonly nint _vStep, _uStep, _mStep;

    /// <param name="top">Rows of zeros above the image; <paramref name="left"/> likewise.</param>
    public WinogradConv(int images, Planes input, Planes output, int top, int left)
    {
        const int TilesPart = 64, FewTiles = 16;
        (_images, _input, _output, _top, _left) = (images, input, output, top, left);
        _grid = Planes.Tiles(output, s_tile);
        _tilesImage = _grid.Rows * _grid.Columns;
        _vectors = (input.Blocks + TFactors.PerPlace - 1) / TFactors.PerPlace;
        _channels = _vectors * Lanes; // places of them
        var filters = (long)s_places * _channels * output.Padded;
        var slabs = filters <= FiltersAtOnce ? 1 : (int)((filters + SlabSize - 1) / SlabSize);
        _slabBlocks = (output.Blocks + slabs - 1) / slabs;
        _imagesPart = Math.Clamp(TilesPart * 6 / TForm.Points / _tilesImage, 1, images);
        int Parts() => (images + _imagesPart - 1) / _imagesPart;

        while (Parts() < ManyTasks && slabs == 1 && _imagesPart > 1 && _imagesPart * _tilesImage > FewTiles)
        {
            _imagesPart = (_imagesPart + 1) / 2;
        }

        _parts = Parts();
        var tiles = ((_imagesPart * _tilesImage) + Rows - 1) / Rows * Rows;
        (_vStep, _uStep) = (((nint)tiles * _channels) + Lanes, ((nint)_slabBlocks * Lanes * _channels) + Lanes);
        _mStep = ((nint)tiles * _slabBlocks * Lanes) + Lanes;
    }

    /// <param name="x">The group's first channel in the first image, as <paramref name="y"/>.</param>
    /// <param name="filters">[K][C][9]; of an input gradient [C][K][9], to be turned by half a turn.</param>
    /// <param name="turned">Whether it is an input gradient.</param>
    public void Run(float* x, float* filters, float* y, bool turned, ParallelFor parallel)
    {
        using var tables = Scratch.Rent((long)_tilesImage * (s_places + (s_tile * s_tile)) * sizeof(nint) / sizeof(float));
        var inputs = (nint*)tables.Data;
        var outputs = inputs + (_tilesImage * s_places);
        TileTable.Write(inputs, _input, _grid, (s_tile, s_tile), (TForm.Points, TForm.Points), (1, 1), _top, _left);
        TileTable.Write(outputs, _output, _grid, (s_tile, s_tile), (s_tile, s_tile), (1, 1), 0, 0);

        using var transformed = Scratch.Rent(_uStep * s_places);
        var u = transformed.Data;
        var whole = _parts >= ManyTasks && _slabBlocks == _output.Blocks;
        using var all = Scratch.Rent(whole ? 1 : _vStep * s_places * _parts);
        var v = all.Data;
        if (!whole)
        {
            // A task is some channels of an image.
            var groups = Math.Clamp((ManyTasks + _images - 1) / _images, 1, _vectors);
            parallel(_images * groups, i =>
            {
                var (image, group) = (i / groups, i % groups);
                for (var vector = _vectors * group / groups; vector < _vectors * (group + 1) / groups; vector++)
                {
                    Transform(image, vector, x, inputs, v + (image / _imagesPart * s_places * _vStep));
                }
            });
        }

        using var products = Scratch.Rent(whole ? 1 : _mStep * s_places * _parts);
        var m = products.Data;
        for (var slab = 0; slab < _output.Blocks; slab += _slabBlocks)
        {
            var (first, blocks) = (slab, Math.Min(_slabBlocks, _output.Blocks - slab));
            parallel(blocks * _vectors, i => TransformFilters(filters, turned, first, i / _vectors, i % _vectors, u));
            if (whole)
            {
                parallel(_parts, part =>
                {
                    using var own = Scratch.Rent((_vStep + _mStep) * s_places);
                    float* ownV = own.Data, ownM = ownV + (_vStep * s_places);
                    for (var i = 0; i < ImagesOf(part) * _vectors; i++)
                    {
                        Transform((part * _imagesPart) + (i / _vectors), i % _vectors, x, inputs, ownV);
                    }

                    for (var f = 0; f < s_places; f++)
                    {
                        Multiply(part, ownV + (f * _vStep), u + (f * _uStep), blocks, ownM + (f * _mStep));
                    }

                    for (var image = part * _imagesPart; image < (part * _imagesPart) + ImagesOf(part); image++)
                    {
                        Finish(image, ownM, first, blocks, outputs, y);
                    }
                });
                continue;
            }

            // A task multiplies by the filters of one frequency, which stay near.
            parallel(_parts * s_places, i =>
            {
                var (part, f) = (i % _parts, i / _parts);
                Multiply(part, v + (((part * s_places) + f) * _vStep), u + (f * _uStep), blocks, m + (((part * s_places) + f) * _mStep));
            });
            parallel(_images, image => Finish(image, m + (image / _imagesPart * s_places * _mStep), first, blocks, outputs, y));
        }
    }

    private int ImagesOf(int part) => Math.Min(_imagesPart, _images - (part * _imagesPart));

    // The channels that share a vector's places, of one image.
    private void Transform(int image, int vector, float* x, nint* places, float* v)
    {
        var (first, panelSize, block) = (image % _imagesPart * _tilesImage, TileTable.PanelSize(_input), vector * TFactors.PerPlace);
        using var scratch = Scratch.Rent((panelSize * TFactors.PerPlace) + (s_places * Lanes * (1 + TFactors.PerPlace)));
        float* temp = scratch.Data, one = temp + (s_places * Lanes), panel = one + (s_places * Lanes * TFactors.PerPlace);
        var numbers = Math.Min(TFactors.PerPlace, _input.Blocks - block);
        for (var number = 0; number < numbers; number++)
        {
            TileTable.Pack(x + _input.Block(image, block + number), _input.Size, _input.LanesOf(block + number), panel + (number * panelSize));
        }

        new Span<float>(one, s_places * Lanes * TFactors.PerPlace).Clear();
        for (var tile = first; tile < first + _tilesImage; tile++, places += s_places)
        {
            var target = v + ((nint)(tile / Rows) * Rows * _channels) + (((vector * Rows) + (tile % Rows)) * Lanes);
            if (TFactors.PerPlace == 1)
            {
                TForm.Input(panel, places, temp, target, _vStep);
                continue;
            }

            for (var number = 0; number < numbers; number++)
            {
                TForm.Input(panel + (number * panelSize), places, temp, one + (number * s_places * Lanes), Lanes);
            }

            Join(one, target, _vStep);
        }
    }

    private static void Join(float* numbers, float* target, nint step)
    {
        for (var f = 0; f < s_places; f++, numbers += Lanes, target += step)
        {
            TFactors.Join(Vector512.Load(numbers), Vector512.Load(numbers + (s_places * Lanes))).Store(target);
        }
    }

    // One block of outputs, counted in the slab, by the channels that share a vector's places.
    private void TransformFilters(float* filters, bool turned, int slab, int outputBlock, int vector, float* u)
    {
        var temp = stackalloc float[s_places * Lanes];
        var one = stackalloc float[s_places * Lanes * TFactors.PerPlace];
        var size = FilterBlock.Size(Taps);
        var g = stackalloc float[size * TFactors.PerPlace];
        new Span<float>(g, size * TFactors.PerPlace).Clear();
        for (var number = 0; number < TFactors.PerPlace; number++)
        {
            FilterBlock.Read(
                filters, _input, _output, Taps, turned, rotated: turned, slab + outputBlock, (vector * TFactors.PerPlace) + number, g + (number * size));
        }

        u += (((nint)outputBlock * _channels) + (vector * Lanes)) * Lanes;
        for (var channel = 0; channel < Lanes; channel++, g += Taps * Lanes, u += Lanes)
        {
            if (TFactors.PerPlace == 1)
            {
                TForm.Filter(g, temp, u, _uStep);
                continue;
            }

            for (var number = 0; number < TFactors.PerPlace; number++)
            {
                TForm.Filter(g + (number * size), temp, one + (number * s_places * Lanes), Lanes);
            }

            Join(one, u, _uStep);
        }
    }

    // The way back for some blocks of outputs of an image.
    private void Finish(int image, float* m, int firstBlock, int blocks, nint* places, float* y)
    {
        using var scratch = Scratch.Rent(TileTable.PanelSize(_output) + (s_places * Lanes));
        float* temp = scratch.Data, panel = temp + (s_places * Lanes);
        for (var block = 0; block < blocks; block++)
        {
            for (var t = 0; t < _tilesImage; t++)
            {
                var (rows, row) = Math.DivRem((image % _imagesPart * _tilesImage) + t, Rows);
                TForm.Output(m + ((((((nint)rows * blocks) + block) * Rows) + row) * Lanes), _mStep, temp, panel, places + (t * s_tile * s_tile));
            }

            TileTable.Unpack(panel, _output.Size, _output.LanesOf(firstBlock + block), y + _output.Block(image, firstBlock + block));
        }
    }

    // Of a part: [tile / 8][vector][8][16] · [K / 16][place of C][16] → [tile / 8][K / 16][8][16]
    private void Multiply(int part, float* v, float* u, int blocks, float* m)
    {
        var tileBlocks = ((ImagesOf(part) * _tilesImage) + Rows - 1) / Rows;
        var (rowsSize, filterSize, sumsSize) = ((nint)Rows * _channels, (nint)_channels * Lanes, (nint)Rows * blocks * Lanes);
        var block = 0;
        for (; block < blocks - 1; block += 2, u += 2 * filterSize, m += 2 * Rows * Lanes)
        {
            for (var tiles = 0; tiles < tileBlocks; tiles++)
            {
                var sums = m + (tiles * sumsSize);
                TFactors.RowsBy32(v + (tiles * rowsSize), u, u + filterSize, _vectors, sums, sums + (Rows * Lanes), add: false, Lanes);
            }
        }

        for (var tiles = 0; block < blocks && tiles < tileBlocks; tiles += 2)
        {
            var second = Math.Min(tiles + 1, tileBlocks - 1);
            TFactors.TwoRowsBy16(
                v + (tiles * rowsSize), v + (second * rowsSize), u, _vectors, m + (tiles * sumsSize), m + (second * sumsSize), add: false, Lanes);
        }
    }
}
