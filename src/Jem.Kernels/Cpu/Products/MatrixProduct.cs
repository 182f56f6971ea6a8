using System.Numerics.Tensors;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Products;

/// <summary>
/// c [M,N] = a [M,K] · b [K,N], either factor row by row or column by column in memory. Factors are packed so that
/// <see cref="RegisterTiles"/> reads them in order: b once, [N / 16][K][16]; a by each task for its rows, a chunk of K at a time that stays in the second
/// cache, unless its rows can be read where they are. Sums are added chunk by chunk: their order depends on the shapes alone. Where a place has two
/// numbers, they are 16 apart in K.
/// </summary>
/// <param name="aTurned">Whether a lies as [K,M]; <paramref name="bTurned"/> whether b lies as [N,K].</param>
/// <param name="isShared">Whether threads share it, rather than compute another one each.</param>
/// <param name="cTurned">Whether c is to lie as [N,M].</param>
internal sealed unsafe class MatrixProduct<TFactors>(int m, int k, int n, bool aTurned, bool bTurned, bool isShared = true, bool cTurned = false)
    where TFactors : struct, IFactors
{
    private const int Rows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes, Pair = 2 * Lanes;
    private const int ChunkApart = 1024, ChunkOfRows = 512, ChunkOfColumns = 256; // places of K
    private const int ManyTasks = 16, FewRows = 32, UsualRows = 48, ManyRows = 192;
    private const int Tile = Rows * Pair, SumsAtOnce = 128 << 10; // in the second cache

    // Rows of numbers side by side need no packing where a place is a number.
    private static readonly bool s_readsApart = TFactors.PerPlace == 1;

    private readonly int _rows = isShared ? RowsOf(m, k, n, aTurned) : ManyRows, _slices = isShared && aTurned ? SlicesOf(m, k) : 1;
    private readonly int _pairs = (n + Pair - 1) / Pair;
    private readonly int _chunk = Math.Min(aTurned ? ChunkOfColumns : s_readsApart ? ChunkApart : ChunkOfRows, FactorPacking<TFactors>.Places(k));

    /// <summary>
    /// As <see cref="Run"/> does, from rows that follow one another, in whichever order packs the smaller factor as a whole: cᵀ = bᵀ·aᵀ where c has fewer rows
    /// than columns.
    /// </summary>
    public static void Compute(
        int m, int k, int n, bool aTurned, bool bTurned, float* a, float* b, float* c, float* bias, float* sums, ParallelFor parallel)
    {
        var (aStep, bStep) = (aTurned ? m : k, bTurned ? k : n);
        if (m >= n)
        {
            new MatrixProduct<TFactors>(m, k, n, aTurned, bTurned).Run(a, aStep, b, bStep, c, n, bias, parallel, sums);
        }
        else
        {
            new MatrixProduct<TFactors>(n, k, m, !bTurned, !aTurned, cTurned: true)
                .Run(b, bStep, a, aStep, c, n, bias, parallel, columnSums: sums);
        }
    }

    /// <summary>Tasks that a product is cut into.</summary>
    public int Tasks => RowTasks * ColumnTasks * _slices;

    // Sums of many numbers and few rows, as of gradients by weights, are cut, and their parts added up: a task that took few of a turned factor's
    // columns would touch all its pages of memory for them.
    private static int SlicesOf(int m, int k)
    {
        const int LeastChunks = 4;
        var rowTasks = (m + ManyRows - 1) / ManyRows;
        return Math.Clamp((ManyTasks + rowTasks - 1) / rowTasks, 1, Math.Max(1, FactorPacking<TFactors>.Places(k) / (ChunkOfColumns * LeastChunks)));
    }

    // Of a task: many, so that b is not read often, as long as there is work for many cores.
    private static int RowsOf(int m, int k, int n, bool aTurned)
    {
        if (aTurned && SlicesOf(m, k) > 1)
        {
            return Math.Min(ManyRows, (m + Lanes - 1) & -Lanes);
        }

        var rows = m >= ManyTasks * ManyRows ? ManyRows : UsualRows;
        while (rows > FewRows && (m + rows - 1) / rows * ((n + Pair - 1) / Pair) < ManyTasks)
        {
            rows = ((rows / 2) + Lanes - 1) & -Lanes;
        }

        return rows;
    }

    private int RowTasks => (m + _rows - 1) / _rows;

    private int ColumnTasks => isShared ? Math.Clamp((ManyTasks + (RowTasks * _slices) - 1) / (RowTasks * _slices), 1, _pairs) : 1;

    // The first place of a slice, which has whole chunks.
    private int SliceStart(int slice) => slice == _slices ? PaddedLength : PaddedLength / _chunk * slice / _slices * _chunk;

    // Places of K with those that fill the last chunk's blocks.
    private int PaddedLength => FactorPacking<TFactors>.Places(k);

    // From a block of 16 columns to the next: an odd number of cache lines, so that a row's blocks do not share sets of a cache.
    private int PanelLength => PaddedLength | 1;

    /// <param name="a">Its rows (or columns, where it is turned) are <paramref name="aStep"/> numbers apart; b and c likewise.</param>
    /// <param name="bias">[N], or [M] where c is turned: added to each row of what lies in memory; null without one.</param>
    /// <param name="sums">[M], the sums of a's rows where it is turned: a layer's gradient by its bias beside that by its weights. Null without them.</param>
    /// <param name="columnSums">[N], those of b's columns.</param>
    public void Run(
        float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* bias, ParallelFor parallel, float* sums = null, float* columnSums = null)
    {
        using var packed = Scratch.Rent((long)_pairs * Pair * PanelLength);
        var panels = packed.Data;
        var chunks = (PaddedLength + _chunk - 1) / _chunk;
        var cuts = bTurned || chunks < ManyTasks ? _pairs : 1;
        parallel(cuts * chunks, i =>
        {
            var (cut, chunk) = Math.DivRem(i, chunks);
            var (first, block) = (chunk * _chunk, _pairs * cut / cuts * 2);
            FactorPacking<TFactors>.Columns(
                b, bStep, k, n, bTurned, first, Math.Min(first + _chunk, PaddedLength), block, _pairs * (cut + 1) / cuts * 2, panels, PanelLength);
        });
        if (columnSums != null)
        {
            parallel((n + Lanes - 1) / Lanes, block => FactorPacking<TFactors>.Sum(
                panels + ((nint)block * PanelLength * Lanes), Math.Min(Lanes, n - (block * Lanes)), PaddedLength, PanelLength, add: false,
                columnSums + (block * Lanes)));
        }

        // The first slice's sums are where the result is to be, the others' behind one another.
        using var others = Scratch.Rent(Math.Max(1, ((long)m * n + m) * (_slices - 1)));
        float* more = others.Data, moreRows = more + ((long)m * n * (_slices - 1));
        parallel(Tasks, task =>
        {
            var (slice, part) = Math.DivRem(task, RowTasks * ColumnTasks);
            var (rows, columns) = Math.DivRem(part, ColumnTasks);
            var own = sums == null || columns > 0 ? null : slice == 0 ? sums : moreRows + ((nint)m * (slice - 1));
            Compute(
                a, aStep, slice, rows * _rows, _pairs * columns / ColumnTasks, _pairs * (columns + 1) / ColumnTasks, panels,
                slice == 0 ? c : more + ((nint)m * n * (slice - 1)), slice == 0 ? cStep : RowLength, slice == 0 ? bias : null, own);
        });
        if (_slices > 1)
        {
            var rows = cTurned ? n : m;
            parallel(ManyTasks, task => AddSlices(rows * task / ManyTasks, rows * (task + 1) / ManyTasks, more, c, cStep));
            for (var slice = 0; sums != null && slice < _slices - 1; slice++)
            {
                TensorPrimitives.Add(new Span<float>(sums, m), new ReadOnlySpan<float>(moreRows + ((nint)m * slice), m), new Span<float>(sums, m));
            }
        }
    }

    // Of the result as it lies in memory.
    private int RowLength => cTurned ? m : n;

    private void AddSlices(int firstRow, int endRow, float* more, float* c, nint cStep)
    {
        for (var row = firstRow; row < endRow; row++)
        {
            var target = new Span<float>(c + (row * cStep), RowLength);
            for (var slice = 0; slice < _slices - 1; slice++)
            {
                TensorPrimitives.Add(target, new ReadOnlySpan<float>(more + ((nint)m * n * slice) + ((nint)row * RowLength), RowLength), target);
            }
        }
    }

    // Where a row of tiles lies side by side already, it is read where it is. Sums of a turned factor's many chunks, and of a turned result's, stay
    // together until the last.
    private void Compute(float* a, nint aStep, int slice, int firstRow, int firstPair, int endPair, float* panels, float* c, nint cStep, float* bias,
        float* rowSums)
    {
        var rows = Math.Min(_rows, m - firstRow);
        var (start, stop) = (SliceStart(slice), SliceStart(slice + 1));
        var staysTogether = cTurned || (aTurned && stop - start > _chunk);
        var tilesOfPair = staysTogether ? (rows + Rows - 1) / Rows : 0;
        var pairsAtOnce = staysTogether && stop - start > _chunk ? Math.Clamp(SumsAtOnce / (tilesOfPair * Tile), 1, endPair - firstPair)
            : cTurned ? 1 : endPair - firstPair;
        var ownStep = (nint)_chunk | 1;
        using var scratch = Scratch.Rent((((_rows + Lanes - 1) & -Lanes) * ownStep) + Math.Max(Tile, (long)tilesOfPair * pairsAtOnce * Tile));
        float* own = scratch.Data, sums = own + (((_rows + Lanes - 1) & -Lanes) * ownStep);
        for (var begin = firstPair; begin < endPair; begin += pairsAtOnce)
        {
            var end = Math.Min(endPair, begin + pairsAtOnce);
            for (var first = start; first < stop; first += _chunk)
            {
                var length = Math.Min(_chunk, stop - first);
                var packed = s_readsApart && !aTurned ? rows / Rows * Rows : 0;
                if (begin == firstPair || stop - start > _chunk)
                {
                    FactorPacking<TFactors>.Rows(
                        a, aStep, k, aTurned, firstRow + packed, rows - packed, first, length, own + (packed * (nint)length), ownStep);
                }

                if (rowSums != null && begin == firstPair)
                {
                    FactorPacking<TFactors>.Sum(own, rows, length, ownStep, first > start, rowSums + firstRow);
                }

                for (var pair = begin; pair < end; pair++)
                {
                    float* b0 = panels + ((((nint)pair * 2 * PanelLength) + first) * Lanes), b1 = b0 + (PanelLength * (nint)Lanes);
                    var tiles = sums + ((nint)(pair - begin) * tilesOfPair * Tile);
                    var columns = Math.Min(Pair, n - (pair * Pair));
                    for (var row = 0; row < rows; row += Rows)
                    {
                        var tile = tiles + (staysTogether ? row * Pair : 0);
                        var target = c + ((firstRow + row) * cStep) + (pair * Pair);
                        var goesThere = !staysTogether && columns == Pair && row + Rows <= rows;
                        var to = goesThere ? target : tile;
                        var step = goesThere ? cStep : Pair;
                        if (!staysTogether && !goesThere && first > start)
                        {
                            Copy(target, cStep, tile, Pair, Math.Min(Rows, rows - row), columns);
                        }

                        if (first == start && bias != null)
                        {
                            Fill(bias, firstRow + row, pair * Pair, columns, to, step);
                        }

                        var add = first > start || bias != null;
                        if (aTurned)
                        {
                            var from = own + (row / Lanes * Lanes * ownStep) + (row % Lanes);
                            TFactors.ColumnsBy32(from, b0, b1, length, to, to + Lanes, add, step);
                        }
                        else if (row < packed)
                        {
                            var from = a + ((firstRow + row) * aStep) + first;
                            RegisterTiles.RowsApartBy32(from, aStep, b0, b1, Math.Min(length, k - first), to, to + Lanes, add, step);
                        }
                        else
                        {
                            TFactors.RowsBy32(own + (row * (nint)length), b0, b1, length / Lanes, to, to + Lanes, add, step);
                        }

                        if (!goesThere && !cTurned && (!staysTogether || first + length == stop))
                        {
                            Copy(tile, Pair, target, cStep, Math.Min(Rows, rows - row), columns);
                        }
                    }

                    if (cTurned && first + length == stop)
                    {
                        Turn(tiles, rows, columns, c + (pair * Pair * cStep) + firstRow, cStep);
                    }
                }
            }
        }
    }

    // The bias of a tile, as it is before anything is added.
    private void Fill(float* bias, int row, int column, int columns, float* tile, nint step)
    {
        for (var r = 0; r < Rows; r++)
        {
            if (cTurned)
            {
                new Span<float>(tile + (r * step), columns).Fill(row + r < m ? bias[row + r] : 0);
            }
            else
            {
                new Span<float>(bias + column, columns).CopyTo(new Span<float>(tile + (r * step), columns));
            }
        }
    }

    // Tiles [row / 8][8][32] → [column][row], eight columns of all rows at a time: whole cache lines one after the other.
    private static void Turn(float* tiles, int rows, int columns, float* c, nint cStep)
    {
        for (var column = 0; column < columns; column += Rows)
        {
            for (var row = 0; row < rows; row += Rows)
            {
                float* from = tiles + (row * Pair) + column, to = c + (column * cStep) + row;
                var count = Math.Min(Rows, columns - column);
                if (rows - row >= Rows)
                {
                    Interleave.Write(from, Pair, Rows, count, to, cStep, Rows);
                    continue;
                }

                for (var i = 0; i < count * (rows - row); i++)
                {
                    to[(i / (rows - row) * cStep) + (i % (rows - row))] = from[(i % (rows - row) * Pair) + (i / (rows - row))];
                }
            }
        }
    }

    private static void Copy(float* from, nint fromStep, float* to, nint toStep, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            new Span<float>(from + (row * fromStep), columns).CopyTo(new Span<float>(to + (row * toStep), columns));
        }
    }
}
