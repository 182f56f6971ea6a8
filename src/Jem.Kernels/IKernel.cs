using System.Globalization;
using Jem.Kernels.Interop;

namespace Jem.Kernels;

/// <summary>A node of a graph, computed in C#. Calls may overlap: a kernel keeps no state between them.</summary>
internal interface IKernel
{
    /// <summary>Reads the inputs of <paramref name="context"/> and writes every output.</summary>
    void Run(KernelContext context);
}

/// <summary>Calls <paramref name="body"/> once for each of 0 … <paramref name="count"/> − 1, on any threads in any order.</summary>
internal delegate void ParallelFor(int count, Action<int> body);

/// <summary>Where there is no thread but the one that calls.</summary>
internal static class OneThread
{
    public static void For(int count, Action<int> body)
    {
        for (var i = 0; i < count; i++)
        {
            body(i);
        }
    }
}

/// <summary>
/// One kernel: the base name of its functions, the counts of its tensors, how a node's kernel is made. Where there are no inputs, the counts follow
/// the base name, as in <c>Elementwise_3_1</c>.
/// </summary>
internal sealed record KernelRow(string Base, int Inputs, int Outputs, Func<NodeAttributes, IKernel> Create)
{
    /// <summary>The execution provider that it is for, by ONNX Runtime's name; null is the processor's.</summary>
    public string? Provider { get; init; }

    /// <summary>The row of a function of this base name.</summary>
    public KernelRow Named(string function) => Inputs == 0 && function.Split('_') is [_, var inputs, var outputs]
        ? this with { Inputs = int.Parse(inputs, CultureInfo.InvariantCulture), Outputs = int.Parse(outputs, CultureInfo.InvariantCulture) }
        : this;
}
