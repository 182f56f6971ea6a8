using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The gradient of a softmax over the last axis, from its result: (y, δy [...,D]) → δx = y·(δy − ⟨δy, y⟩).</summary>
internal sealed unsafe class CompiledSoftmaxGrad : IKernel
{
    public void Run(KernelContext context)
    {
        var (y, δy) = (context.Input(0), context.Input(1));
        y.RequireShapeOf(δy, "y", "dy");
        var rows = CompiledRows.Of(y);
        float* result = y.Data, gradient = δy.Data, output = context.Output(0, y.Shape).Data;
        rows.Run("softmax_grad", context.Cuda.Stream, (nint)(&result), (nint)(&gradient), (nint)(&output));
    }
}
