using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Products;

/// <summary>
/// A batch of products of matrices, [..., M, K] · [..., K, N] → [..., M, N], of tensors whose axes lie in any order in which a row's or a column's numbers
/// are adjacent: what attention computes for each image and head, without bringing its heads together first.
/// </summary>
/// <param name="aAxes">The axis of the tensor that is each of the factor's; likewise of b, and of the result.</param>
/// <param name="bf16">Whether factors are rounded to bfloat16.</param>
internal sealed unsafe class BatchedProduct(int[] aAxes, int[] bAxes, int[] yAxes, bool bf16) : IKernel
{
    public const string Base = "BatchedProduct";

    private const int ManyTasks = 16;

    /// <summary>Whether rows or columns of a factor's matrices, rows of a result's, have adjacent numbers.</summary>
    public static bool Takes(long[] axes) => axes[^1] == axes.Length - 1 || axes[^2] == axes.Length - 1;

    public static IKernel Create(NodeAttributes attributes) =>
        new BatchedProduct(attributes.Ints("a"), attributes.Ints("b"), attributes.Ints("y"), attributes.Bf16);

    public void Run(KernelContext context)
    {
        if (bf16)
        {
            Run<Bf16Factors>(context);
        }
        else
        {
            Run<Float32Factors>(context);
        }
    }

    private void Run<TFactors>(KernelContext context)
        where TFactors : struct, IFactors
    {
        var (a, b) = (new View(context.Input(0), aAxes), new View(context.Input(1), bAxes));
        if (a.Columns != b.Rows || !a.Batch.SequenceEqual(b.Batch))
        {
            throw new ArgumentException($"Inputs 'a' and 'b' must have shapes [...,M,K] and [...,K,N]; got {a} and {b}.");
        }

        int[] shape = [.. a.Batch, a.Rows, b.Columns];
        var y = new View(context.Output(0, [.. Enumerable.Range(0, shape.Length).Select(axis => shape[Array.IndexOf(yAxes, axis)])]), yAxes);
        var count = a.Batch.Aggregate(1, (product, size) => product * size);

        // y's columns may be what is adjacent: then its turned self is computed, from turned factors.
        var turned = y.IsTurned;
        var (left, right) = turned ? (b.Turned(), a.Turned()) : (a, b);
        var result = turned ? y.Turned() : y;
        var isShared = count < ManyTasks;
        var product = new MatrixProduct<TFactors>(left.Rows, left.Columns, right.Columns, left.IsTurned, right.IsTurned, isShared);
        void Compute(int i, ParallelFor parallel) => product.Run(
            left.Data + left.Offset(i), left.Step, right.Data + right.Offset(i), right.Step, result.Data + result.Offset(i), result.Step, bias: null, parallel);
        if (isShared)
        {
            for (var i = 0; i < count; i++)
            {
                Compute(i, context.ParallelFor);
            }
        }
        else
        {
            context.ParallelFor(count, i => Compute(i, OneThread.For));
        }
    }

    // Matrices in a tensor.
    private readonly struct View
    {
        private readonly nint[] _steps;

        public View(Tensor tensor, int[] axes)
        {
            var rank = axes.Length;
            var steps = new nint[rank];
            nint step = 1;
            for (var axis = rank - 1; axis >= 0; step *= tensor.Shape[axis], axis--)
            {
                steps[axis] = step;
            }

            Data = tensor.Data;
            (Batch, _steps) = ([.. axes[..^2].Select(axis => tensor.Shape[axis])], [.. axes.Select(axis => steps[axis])]);
            (Rows, Columns, IsTurned) = (tensor.Shape[axes[^2]], tensor.Shape[axes[^1]], axes[^1] != rank - 1);
        }

        private View(View other)
        {
            Data = other.Data;
            (Batch, _steps) = (other.Batch, [.. other._steps[..^2], other._steps[^1], other._steps[^2]]);
            (Rows, Columns, IsTurned) = (other.Columns, other.Rows, !other.IsTurned);
        }

        public float* Data { get; }

        public int[] Batch { get; }

        public int Rows { get; }

        public int Columns { get; }

        /// <summary>Whether a column's numbers are adjacent, not a row's.</summary>
        public bool IsTurned { get; }

        /// <summary>Between rows, or columns where it is turned.</summary>
        public nint Step => IsTurned ? _steps[^1] : _steps[^2];

        public View Turned() => new(this);

        public nint Offset(int matrix)
        {
            nint offset = 0;
            for (var axis = Batch.Length - 1; axis >= 0; axis--)
            {
                (matrix, var at) = Math.DivRem(matrix, Batch[axis]);
                offset += at * _steps[axis];
            }

            return offset;
        }

        public override string ToString() => $"[{string.Join(',', [.. Batch, Rows, Columns])}]";
    }
}
