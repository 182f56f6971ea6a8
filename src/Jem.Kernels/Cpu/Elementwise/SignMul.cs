using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>(x, y), of one shape → sign(x)·y in one pass: with a ReLU's output for x, its gradient.</summary>
internal sealed unsafe class SignMul : IKernel
{
    private const int TaskSize = 1 << 14;

    public static IKernel Create(NodeAttributes attributes) => new SignMul();

    public void Run(KernelContext context)
    {
        var (x, y) = (context.Input(0), context.Input(1));
        x.RequireShapeOf(y, "x", "y");

        Compute(x.Count, x.Data, y.Data, context.Output(0, x.Shape).Data, context.ParallelFor);
    }

    public static void Compute(long count, float* x, float* y, float* product, ParallelFor parallel) =>
        parallel((int)((count + TaskSize - 1) / TaskSize), task =>
        {
            var start = (nint)task * TaskSize;
            Multiply((int)Math.Min(TaskSize, count - start), x + start, y + start, product + start);
        });

    private static void Multiply(int count, float* x, float* y, float* product)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = Vector.Load(x + i);
            var sign = Vector.ConditionalSelect(
                Vector.GreaterThan(value, Vector<float>.Zero),
                Vector<float>.One,
                Vector.ConditionalSelect(Vector.LessThan(value, Vector<float>.Zero), -Vector<float>.One, Vector<float>.Zero));
            (sign * Vector.Load(y + i)).Store(product + i);
        }

        for (; i < count; i++)
        {
            product[i] = (x[i] > 0 ? 1 : x[i] < 0 ? -1 : 0) * y[i];
        }
    }
}
