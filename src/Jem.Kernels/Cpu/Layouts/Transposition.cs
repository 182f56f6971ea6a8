using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Layouts;

/// <summary>ONNX's Transpose where it turns over each of a batch of matrices: two runs of axes change places, those in front of them stay.</summary>
internal sealed unsafe class Transposition(int[] perm) : IKernel
{
    /// <summary>The base name.</summary>
    public const string Base = "Transpose";

    private const int Lanes = 8, ColumnsAtOnce = 32; // whose results stay in the first cache while their rows come together

    public static IKernel Create(NodeAttributes attributes) => new Transposition(attributes.Ints("perm"));

    /// <summary>The axes that stay in front, and those of the first run behind them; null where that is not what a permutation does.</summary>
    public static (int Batch, int Rows)? Runs(IReadOnlyList<int> perm)
    {
        var batch = 0;
        while (batch < perm.Count && perm[batch] == batch)
        {
            batch++;
        }

        var rows = batch < perm.Count ? perm[batch] - batch : 0;
        var columns = perm.Count - batch - rows;
        return rows > 0 && Enumerable.Range(batch, perm.Count - batch).All(i => perm[i] == (i - batch < columns ? i + rows : i - columns))
            ? (batch, rows)
            : null;
    }

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        if (Runs(perm) is not { } runs || x.Shape.Length != perm.Length)
        {
            throw new ArgumentException($"perm must let two runs of the axes of 'x' change places; got {string.Join(',', perm)} for {x}.");
        }

        static int Size(IEnumerable<int> sides) => sides.Aggregate(1, (size, side) => checked(size * side));
        var y = context.Output(0, [.. perm.Select(axis => x.Shape[axis])]);
        Compute(
            x.Data, y.Data, Size(x.Shape.Take(runs.Batch)), Size(x.Shape.Skip(runs.Batch).Take(runs.Rows)), Size(x.Shape.Skip(runs.Batch + runs.Rows)),
            context.ParallelFor);
    }

    /// <summary>[batch][rows][columns] → [batch][columns][rows].</summary>
    public static void Compute(float* x, float* y, int batch, int rows, int columns, ParallelFor parallel)
    {
        var parts = (columns + ColumnsAtOnce - 1) / ColumnsAtOnce;
        parallel(batch * parts, task =>
        {
            var (matrix, part) = Math.DivRem(task, parts);
            var first = part * ColumnsAtOnce;
            var count = Math.Min(ColumnsAtOnce, columns - first);
            var (from, to) = ((nint)(x + ((nint)matrix * rows * columns) + first), (nint)(y + ((((nint)matrix * columns) + first) * rows)));
            var row = 0;
            for (; row <= rows - Lanes; row += Lanes)
            {
                Interleave.Write((float*)from + ((nint)row * columns), columns, Lanes, count, (float*)to + row, rows, Lanes);
            }

            for (; row < rows; row++)
            {
                for (var column = 0; column < count; column++)
                {
                    ((float*)to)[((nint)column * rows) + row] = ((float*)from)[((nint)row * columns) + column];
                }
            }
        });
    }
}
