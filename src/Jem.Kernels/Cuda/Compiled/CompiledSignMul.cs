using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>(x, y), of one shape → sign(x)·y: with a ReLU's output for x, its gradient.</summary>
internal sealed unsafe class CompiledSignMul : IKernel
{
    public void Run(KernelContext context)
    {
        var (x, y) = (context.Input(0), context.Input(1));
        x.RequireShapeOf(y, "x", "y");

        float* left = x.Data, right = y.Data, product = context.Output(0, x.Shape).Data;
        CompiledKernels.Run("sign_mul", x.Count, context.Cuda.Stream, (nint)(&left), (nint)(&right), (nint)(&product));
    }
}
