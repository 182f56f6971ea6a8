using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Products;

/// <summary>
/// c [M,N] = a [M,K] · b [K,N], either factor row by row or column by column in memory. Factors are packed so that
/// <see cref="RegisterTiles"/> reads them in order: b once, [N / 16][K][16]; a by each task for its rows, a chunk of K at a time that stays in the second
/// cache. Sums are added chunk by chunk: their order depends on the shapes alone.
/// </summary>
/// <param name="aTurned">Whether a lies as [K,M]; <paramref name="bTurned"/> whether b lies as [N,K].</param>
/// <param name="isShared">Whether threads share it, rather than compute another one each.</param>
internal sealed unsafe class MatrixProduct(int m, int k, int n, bool aTurned, bool bTurned, bool isShared = true)
{
    private const int Rows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes, Pair = 2 * Lanes;
    private const int Chunk = 512; // of K: eight rows of a by it fill a third of the first cache
    private const int ManyTasks = 16, FewRows = 32, UsualRows = 96, ManyRows = 192;

    private readonly int _rows = isShared ? RowsOf(m, n) : ManyRows, _pairs = (n + Pair - 1) / Pair, _chunk = Math.Min(Chunk, (k + Lanes - 1) & -Lanes);

    /// <summary>Tasks that a product is cut into.</summary>
    public int Tasks => RowTasks * ColumnTasks;

    // Of a task: many, so that b is not read often, as long as there is work for many cores.
    private static int RowsOf(int m, int n)
    {
        var rows = m >= ManyTasks * ManyRows ? ManyRows : UsualRows;
        while (rows > FewRows && (m + rows - 1) / rows * ((n + Pair - 1) / Pair) < ManyTasks)
        {
            rows = ((rows / 2) + Lanes - 1) & -Lanes;
        }

        return rows;
    }

    private int RowTasks => (m + _rows - 1) / _rows;

    private int ColumnTasks => isShared ? Math.Clamp((ManyTasks + RowTasks - 1) / RowTasks, 1, _pairs) : 1;

    // Rows of b with those that fill the last chunk's blocks.
    private int PaddedLength => (k + Lanes - 1) & -Lanes;

    /// <param name="a">Its rows (or columns, where it is turned) are <paramref name="aStep"/> numbers apart; b and c likewise.</param>
    /// <param name="bias">[N], added to each row; null without one.</param>
    /// <param name="sums">[M], the sums of a's rows where it is turned: a layer's gradient by its bias beside that by its weights. Null without them.</param>
    public void Run(float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* bias, ParallelFor parallel, float* sums = null)
    {
        using var packed = Scratch.Rent((long)_pairs * Pair * PaddedLength);
        var panels = packed.Data;
        var chunks = (PaddedLength + _chunk - 1) / _chunk;
        parallel(_pairs * 2 * chunks, i => PackColumns(b, bStep, i / chunks, i % chunks * _chunk, panels));
        parallel(Tasks, task =>
        {
            var (rows, columns) = Math.DivRem(task, ColumnTasks);
            Compute(a, aStep, rows * _rows, _pairs * columns / ColumnTasks, _pairs * (columns + 1) / ColumnTasks, panels, c, cStep, bias,
                columns == 0 ? sums : null);
        });
    }

    // 16 columns of b by a chunk of its rows; what does not exist is 0.
    private void PackColumns(float* b, nint bStep, int block, int first, float* panels)
    {
        var (column, end) = (block * Lanes, Math.Min(first + _chunk, PaddedLength));
        var target = panels + ((((nint)block * PaddedLength) + first) * Lanes);
        Pack(b, bStep, bTurned, column, Math.Clamp(n - column, 0, Lanes), first, Math.Min(end, k), target);
        new Span<float>(target + ((nint)(Math.Min(end, k) - first) * Lanes), (end - Math.Min(end, k)) * Lanes).Clear();
    }

    // [position][16] of up to 16 lanes: adjacent numbers of a row for each position, or, turned, numbers of as many rows.
    private static void Pack(float* source, nint step, bool turned, int lane, int lanes, int first, int end, float* target)
    {
        const int Half = Lanes / 2;
        if (turned)
        {
            var from = source + (lane * step) + first;
            Interleave.Write(from, step, Math.Min(lanes, Half), end - first, target, Lanes, Half);
            Interleave.Write(from + (Half * step), step, Math.Max(0, lanes - Half), end - first, target + Half, Lanes, Half);
            return;
        }

        for (var i = first; i < end; i++, target += Lanes)
        {
            var from = source + (i * step) + lane;
            if (lanes == Lanes)
            {
                Vector512.Load(from).Store(target);
            }
            else
            {
                new Span<float>(target, Lanes).Clear();
                new Span<float>(from, lanes).CopyTo(new Span<float>(target, Lanes));
            }
        }
    }

    private void Compute(float* a, nint aStep, int firstRow, int firstPair, int endPair, float* panels, float* c, nint cStep, float* bias,
        float* rowSums)
    {
        var rows = Math.Min(_rows, m - firstRow);
        using var scratch = Scratch.Rent(((long)_rows * _chunk) + (2 * Rows * Lanes));
        float* own = scratch.Data + (2 * Rows * Lanes), edge = scratch.Data;
        for (var first = 0; first < PaddedLength; first += _chunk)
        {
            var length = Math.Min(_chunk, PaddedLength - first);
            PackRows(a, aStep, firstRow, rows, first, length, own);
            if (rowSums != null)
            {
                AddRows(own, rows, length, first > 0, rowSums + firstRow);
            }

            for (var pair = firstPair; pair < endPair; pair++)
            {
                var b = panels + ((((nint)pair * 2 * PaddedLength) + first) * Lanes);
                var columns = Math.Min(Pair, n - (pair * Pair));
                for (var row = 0; row < rows; row += Rows)
                {
                    var target = c + ((firstRow + row) * cStep) + (pair * Pair);
                    var isWhole = columns == Pair && row + Rows <= rows;
                    var sums = isWhole ? target : edge;
                    var step = isWhole ? cStep : Pair;
                    if (!isWhole && first > 0)
                    {
                        Copy(target, cStep, edge, Pair, Math.Min(Rows, rows - row), columns);
                    }

                    if (first == 0 && bias != null)
                    {
                        for (var r = 0; r < Rows; r++)
                        {
                            new Span<float>(bias + (pair * Pair), columns).CopyTo(new Span<float>(sums + (r * step), columns));
                        }
                    }

                    var add = first > 0 || bias != null;
                    if (aTurned)
                    {
                        var from = own + (row / Lanes * Lanes * (nint)length) + (row % Lanes);
                        RegisterTiles.ColumnsBy32(from, b, b + (PaddedLength * (nint)Lanes), length, sums, sums + Lanes, add, step);
                    }
                    else
                    {
                        RegisterTiles.RowsBy32(own + (row * (nint)length), b, b + (PaddedLength * (nint)Lanes), length / Lanes, sums, sums + Lanes, add, step);
                    }

                    if (!isWhole)
                    {
                        Copy(edge, Pair, target, cStep, Math.Min(Rows, rows - row), columns);
                    }
                }
            }
        }
    }

    // Of rows packed as a turned factor's are.
    private static void AddRows(float* packed, int rows, int length, bool add, float* sums)
    {
        for (var row = 0; row < rows; row += Lanes)
        {
            var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var end = packed + ((nint)length * Lanes); packed < end; packed += 2 * Lanes)
            {
                even += Vector512.Load(packed);
                odd += Vector512.Load(packed + Lanes);
            }

            var total = even + odd;
            for (var lane = 0; lane < Math.Min(Lanes, rows - row); lane++)
            {
                sums[row + lane] = (add ? sums[row + lane] : 0) + total[lane];
            }
        }
    }

    // Turned, [row / 16][K][16]; otherwise [row / 8][K / 16][8][16].
    private void PackRows(float* a, nint aStep, int firstRow, int rows, int first, int length, float* target)
    {
        var exist = Math.Max(0, Math.Min(length, k - first));
        if (aTurned)
        {
            for (var row = 0; row < rows; row += Lanes, target += (nint)length * Lanes)
            {
                Pack(a, aStep, turned: false, firstRow + row, Math.Min(Lanes, rows - row), first, first + exist, target);
                new Span<float>(target + ((nint)exist * Lanes), (length - exist) * Lanes).Clear();
            }

            return;
        }

        for (var row = 0; row < rows; row += Rows, target += (nint)length * Rows)
        {
            for (var r = 0; r < Rows; r++)
            {
                float* from = a + ((firstRow + row + r) * aStep) + first, to = target + (r * Lanes);
                var left = row + r < rows ? exist : 0;
                for (var at = 0; at < length; at += Lanes, to += Rows * Lanes)
                {
                    if (left - at >= Lanes)
                    {
                        Vector512.Load(from + at).Store(to);
                    }
                    else
                    {
                        new Span<float>(to, Lanes).Clear();
                        if (left > at)
                        {
                            new Span<float>(from + at, left - at).CopyTo(new Span<float>(to, Lanes));
                        }
                    }
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
