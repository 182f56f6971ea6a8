using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Layouts;

/// <summary>
/// ONNX's Expand where the last axes have one element: each number of x, [N,C,1,1], many times side by side, [N,C,H,W]. The gradient of a mean over
/// positions is one.
/// </summary>
internal sealed unsafe class Expansion(int[] shape) : IKernel
{
    /// <summary>The base name. Passes of ONNX Runtime take any Expand for its own.</summary>
    public const string Base = "ExpandLast";

    private const int TaskSize = 1 << 14; // numbers of the result

    public static IKernel Create(NodeAttributes attributes) => new Expansion(attributes.Ints("shape"));

    /// <summary>How often each number stands in the result; null where the axes that are expanded are not the last.</summary>
    public static long? Repeats(IReadOnlyList<long> from, IReadOnlyList<long> to)
    {
        var kept = 0;
        while (kept < from.Count && kept < to.Count && from[kept] == to[kept])
        {
            kept++;
        }

        return from.Count == to.Count && from.Skip(kept).All(side => side == 1) ? to.Skip(kept).Aggregate(1L, (product, side) => product * side) : null;
    }

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        if (Repeats([.. x.Shape.Select(side => (long)side)], [.. shape.Select(side => (long)side)]) is not { } repeats)
        {
            throw new ArgumentException($"The last axes of 'x' must have one element where the result [{string.Join(',', shape)}] has more; got {x}.");
        }

        var (from, to, each) = ((nint)x.Data, (nint)context.Output(0, shape).Data, checked((int)repeats));
        var perTask = Math.Max(1, TaskSize / each);
        var tasks = checked((int)((x.Count + perTask - 1) / perTask));
        context.ParallelFor(tasks, task =>
        {
            for (var i = (long)task * perTask; i < Math.Min(x.Count, (task + 1L) * perTask); i++)
            {
                new Span<float>((float*)to + (i * each), each).Fill(((float*)from)[i]);
            }
        });
    }
}
