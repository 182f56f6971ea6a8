using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>An operator on tensors of one shape, number by number.</summary>
/// <param name="name">Its kernel's.</param>
/// <param name="inputs">1 or 2.</param>
internal sealed unsafe class CompiledPointwise(string name, int inputs) : IKernel
{
    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var y = inputs > 1 ? context.Input(1) : x;
        x.RequireShapeOf(y, "x", "y");

        float* left = x.Data, right = y.Data, result = context.Output(0, x.Shape).Data;
        ReadOnlySpan<nint> arguments = [(nint)(&left), (nint)(&right), (nint)(&result)];
        CompiledKernels.Run(name, x.Count, context.Cuda.Stream, inputs > 1 ? arguments : [arguments[0], arguments[2]]);
    }
}
