using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Winograd;

/// <summary>
/// 3×3 convolution of stride 1 of one group, or its input gradient, by Winograd's transforms. Tiles are transformed into
/// [frequency][tile / 8][channel / 16][8][16], multiplied frequency by frequency by filters [frequency][K / 16][C][16], and transformed back.
/// Some images with about 64 tiles are a part; where parts are many, each goes all the way in a core's caches. Otherwise parts are shared
/// out by outputs, too, and filters that do not fit the third cache go slab by slab. No sum depends on how the work is cut.
/// </summary>
internal sealed unsafe class WinogradConv<TForm> where TForm : struct, IWinogradForm
{
    private const int Rows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes, Taps = 9;
    private const int ManyTasks = 16;
    private const long FiltersAtOnce = 4 << 20, SlabSize = 5 << 19; // numbers

    private static readonly int s_tile = TForm.Tile, s_places = TForm.Points * TForm.Points;

    private readonly int _images, _top, _left, _imagesPart, _parts, _tilesImage, _slabBlocks;
    private readonly (int Rows, int Columns) _grid;
    private readonly Planes _input, _output;
    private readonly nint _partSize;

    // Numbers between frequencies: an odd number of cache lines, so that they do not share sets of a cache.
    private readonly nint _vStep, _uStep;

    /// <param name="top">Rows of zeros above the image; <paramref name="left"/> likewise.</param>
    public WinogradConv(int images, Planes input, Planes output, int top, int left)
    {
        const int TilesPart = 64, FewTiles = 32;
        (_images, _input, _output, _top, _left) = (images, input, output, top, left);
        _grid = Planes.Tiles(output, s_tile);
        _tilesImage = _grid.Rows * _grid.Columns;
        var filters = (long)s_places * input.Padded * output.Padded;
        var slabs = filters <= FiltersAtOnce ? 1 : (int)((filters + SlabSize - 1) / SlabSize);
        _slabBlocks = (output.Blocks + slabs - 1) / slabs;
        _imagesPart = Math.Clamp(TilesPart * 6 / TForm.Points / _tilesImage, 1, images);
        int Parts() => (images + _imagesPart - 1) / _imagesPart;
        while (Parts() * ((_slabBlocks + 1) / 2) < ManyTasks && _imagesPart > 1 && _imagesPart * _tilesImage > FewTiles)
        {
            _imagesPart = (_imagesPart + 1) / 2;
        }

        _parts = Parts();
        var tiles = ((_imagesPart * _tilesImage) + Rows - 1) / Rows * Rows;
        (_vStep, _uStep) = (((nint)tiles * input.Padded) + Lanes, ((nint)_slabBlocks * Lanes * input.Padded) + Lanes);
        _partSize = _vStep * s_places;
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
        using var all = Scratch.Rent(whole ? 1 : _partSize * _parts);
        var v = all.Data;
        if (!whole)
        {
            parallel(_images * _input.Blocks, i =>
                Transform(i / _input.Blocks, i % _input.Blocks, x, inputs, v + (i / _input.Blocks / _imagesPart * _partSize)));
        }

        for (var first = 0; first < _output.Blocks; first += _slabBlocks)
        {
            var (slab, blocks) = (first, Math.Min(_slabBlocks, _output.Blocks - first));
            parallel(blocks * _input.Blocks, i => TransformFilters(filters, turned, slab, i / _input.Blocks, i % _input.Blocks, u));
            if (whole)
            {
                parallel(_parts, part =>
                {
                    using var own = Scratch.Rent(_partSize);
                    for (var i = 0; i < ImagesOf(part) * _input.Blocks; i++)
                    {
                        Transform((part * _imagesPart) + (i / _input.Blocks), i % _input.Blocks, x, inputs, own.Data);
                    }

                    Finish(part, own.Data, u, 0, blocks, outputs, y);
                });
                continue;
            }

            // Pairs of blocks make whole register tiles.
            var shares = Math.Min((blocks + 1) / 2, (ManyTasks + _parts - 1) / _parts);
            parallel(_parts * shares, i =>
            {
                var (part, share) = (i % _parts, i / _parts);
                var (begin, end) = ((blocks + 1) / 2 * share / shares * 2, Math.Min(blocks, (blocks + 1) / 2 * (share + 1) / shares * 2));
                Finish(part, v + (part * _partSize), u + ((nint)begin * _input.Padded * Lanes), slab + begin, end - begin, outputs, y);
            });
        }
    }

    private int ImagesOf(int part) => Math.Min(_imagesPart, _images - (part * _imagesPart));

    // One block of channels of one image.
    private void Transform(int image, int block, float* x, nint* places, float* v)
    {
        using var scratch = Scratch.Rent(TileTable.PanelSize(_input) + (s_places * Lanes));
        float* temp = scratch.Data, panel = temp + (s_places * Lanes);
        TileTable.Pack(x + _input.Block(image, block), _input.Size, _input.LanesOf(block), panel);
        var first = image % _imagesPart * _tilesImage;
        for (var tile = first; tile < first + _tilesImage; tile++, places += s_places)
        {
            TForm.Input(panel, places, temp, v + ((nint)(tile / Rows) * Rows * _input.Padded) + (((block * Rows) + (tile % Rows)) * Lanes), _vStep);
        }
    }

    // One block of outputs, counted in the slab, by one block of channels.
    private void TransformFilters(float* filters, bool turned, int slab, int outputBlock, int block, float* u)
    {
        var temp = stackalloc float[s_places * Lanes];
        var g = stackalloc float[Taps * Lanes];
        var (first, lanes) = ((slab + outputBlock) * Lanes, _output.LanesOf(slab + outputBlock));
        for (var channel = block * Lanes; channel < (block + 1) * Lanes; channel++)
        {
            new Span<float>(g, Taps * Lanes).Clear();
            for (var lane = 0; channel < _input.Channels && lane < lanes; lane++)
            {
                var output = (nint)first + lane;
                var source = filters + ((turned ? ((nint)channel * _output.Channels) + output : (output * _input.Channels) + channel) * Taps);
                for (var tap = 0; tap < Taps; tap++)
                {
                    g[((turned ? Taps - 1 - tap : tap) * Lanes) + lane] = source[tap];
                }
            }

            TForm.Filter(g, temp, u + ((((nint)outputBlock * _input.Padded) + channel) * Lanes), _uStep);
        }
    }

    // Some blocks of outputs of a part: products, and the way back.
    private void Finish(int part, float* v, float* u, int firstBlock, int blocks, nint* places, float* y)
    {
        var tileBlocks = ((ImagesOf(part) * _tilesImage) + Rows - 1) / Rows;
        var step = ((nint)tileBlocks * Rows * blocks * Lanes) + Lanes;
        using var products = Scratch.Rent(step * s_places);
        for (var f = 0; f < s_places; f++)
        {
            Multiply(v + (f * _vStep), u + (f * _uStep), tileBlocks, blocks, products.Data + (f * step));
        }

        using var scratch = Scratch.Rent(TileTable.PanelSize(_output) + (s_places * Lanes));
        float* temp = scratch.Data, panel = temp + (s_places * Lanes);
        for (var image = 0; image < ImagesOf(part); image++)
        {
            for (var block = 0; block < blocks; block++)
            {
                for (var t = 0; t < _tilesImage; t++)
                {
                    var (rows, row) = Math.DivRem((image * _tilesImage) + t, Rows);
                    var source = products.Data + (((((nint)rows * blocks) + block) * Rows) + row) * Lanes;
                    TForm.Output(source, step, temp, panel, places + (t * s_tile * s_tile));
                }

                var at = _output.Block((part * _imagesPart) + image, firstBlock + block);
                TileTable.Unpack(panel, _output.Size, _output.LanesOf(firstBlock + block), y + at);
            }
        }
    }

    // [tile / 8][C / 16][8][16] · [K / 16][C][16] → [tile / 8][K / 16][8][16]
    private void Multiply(float* v, float* u, int tileBlocks, int blocks, float* m)
    {
        var (rowsSize, filterSize, sumsSize) = ((nint)Rows * _input.Padded, (nint)_input.Padded * Lanes, (nint)Rows * blocks * Lanes);
        var block = 0;
        for (; block < blocks - 1; block += 2, u += 2 * filterSize, m += 2 * Rows * Lanes)
        {
            for (var tiles = 0; tiles < tileBlocks; tiles++)
            {
                var sums = m + (tiles * sumsSize);
                RegisterTiles.RowsBy32(v + (tiles * rowsSize), u, u + filterSize, _input.Blocks, sums, sums + (Rows * Lanes));
            }
        }

        for (var tiles = 0; block < blocks && tiles < tileBlocks; tiles += 2)
        {
            var second = Math.Min(tiles + 1, tileBlocks - 1);
            RegisterTiles.TwoRowsBy16(
                v + (tiles * rowsSize), v + (second * rowsSize), u, _input.Blocks, m + (tiles * sumsSize), m + (second * sumsSize));
        }
    }
}
