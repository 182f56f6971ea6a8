using System.Collections.Concurrent;
using System.Globalization;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;
using Jem.Kernels.Lowering;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>
/// <see cref="ElementwiseProgram"/> on a GPU: each program is CUDA C++ of its own, whose values between inputs and outputs stay in registers. A
/// multiplication and the addition of its product may round as one.
/// </summary>
/// <inheritdoc cref="ElementwiseProgram"/>
internal sealed unsafe class CompiledElementwise(int inputs, int[] program, int[] results) : IKernel
{
    // Each step but the first has one of its operands from another step.
    private const int MostPointers = (2 * ElementwiseClusters.MostSteps) + 1;

    // Many parameters have one program.
    private static readonly ConcurrentDictionary<string, Lazy<nint>> s_functions = new();

    private nint _function;

    public static IKernel Create(NodeAttributes attributes) =>
        new CompiledElementwise(attributes.Int("inputs", 0), attributes.Ints("program"), attributes.Ints("results"));

    public void Run(KernelContext context)
    {
        var (tensors, full) = ElementwiseProgram.Operands(context, inputs);
        if (_function == 0)
        {
            // The shapes of a node never change.
            _function = Compiled(Source([.. tensors.Select(tensor => ElementwiseProgram.IsScalar(tensor, full))], program, results));
        }

        var count = full.Count;
        var pointers = stackalloc nint[MostPointers];
        for (var i = 0; i < inputs; i++)
        {
            pointers[i] = (nint)tensors[i].Data;
        }

        for (var i = 0; i < results.Length; i++)
        {
            pointers[inputs + i] = (nint)context.Output(i, full.Shape).Data;
        }

        if (count > 0)
        {
            var arguments = stackalloc void*[] { pointers, &count };
            CudaModule.Launch(_function, (CompiledKernels.Blocks((count + 3) / 4), 1, 1), CompiledKernels.Threads, context.Cuda.Stream, arguments);
        }
    }

    /// <summary>A program in CUDA C++. Threads read and write four numbers at once where tensors lie as that needs.</summary>
    /// <param name="scalars">Which of the inputs are one number for all places.</param>
    public static string Source(bool[] scalars, int[] program, int[] results)
    {
        var inputs = scalars.Length;
        int[] full = [.. Enumerable.Range(0, inputs).Where(i => !scalars[i])], outputs = [.. Enumerable.Range(inputs, results.Length)];
        static string List<T>(IEnumerable<T> items, Func<T, string> text, string between = ", ") => string.Join(between, items.Select(text));
        string Call(Func<int, string> input, Func<int, string> output) =>
            $"compute({string.Join(", ", scalars.Select((scalar, i) => scalar ? $"v{i}" : input(i)).Concat(outputs.Select(output)))});";
        string Step(int step) =>
            $"{(results.Contains(inputs + step) ? "" : "float ")}v{inputs + step} = {Expression(program.AsSpan(3 * step, 3))};";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            struct Pointers { float* at[{{MostPointers}}]; };

            __device__ void compute({{List(Enumerable.Range(0, inputs), i => $"float v{i}")}}, {{List(results, i => $"float& v{i}")}})
            {
                {{List(Enumerable.Range(0, program.Length / 3), Step, "\n    ")}}
            }

            extern "C" __global__ void elementwise(Pointers p, long long count)
            {
                {{List(Enumerable.Range(0, inputs).Except(full), i => $"float v{i} = *p.at[{i}];", "\n    ")}}
                bool aligned = ({{List(full.Concat(outputs), i => $"(unsigned long long)p.at[{i}]", " | ")}}) % 16 == 0;
                long long first = blockIdx.x * (long long)blockDim.x + threadIdx.x, stride = gridDim.x * (long long)blockDim.x;
                long long quads = aligned ? count / 4 : 0;
                for (long long i = first; i < quads; i += stride)
                {
                    float4 {{List(full, i => $"v{i} = ((float4*)p.at[{i}])[i]")}}, {{List(outputs, i => $"r{i}")}};
                    {{List("xyzw", part => Call(i => $"v{i}.{part}", i => $"r{i}.{part}"), "\n        ")}}
                    {{List(outputs, i => $"((float4*)p.at[{i}])[i] = r{i};", "\n        ")}}
                }

                for (long long i = 4 * quads + first; i < count; i += stride)
                {
                    {{Call(i => $"p.at[{i}][i]", i => $"p.at[{i}][i]")}}
                }
            }

            """);
    }

    private static string Expression(ReadOnlySpan<int> step) => (ElementwiseOp)step[0] switch
    {
        ElementwiseOp.Add => $"v{step[1]} + v{step[2]}",
        ElementwiseOp.Sub => $"v{step[1]} - v{step[2]}",
        ElementwiseOp.Mul => $"v{step[1]} * v{step[2]}",
        ElementwiseOp.Div => $"v{step[1]} / v{step[2]}",

        // A comparison with NaN is false, which must not lose it.
        ElementwiseOp.Min => $"v{step[1]} < v{step[2]} || v{step[1]} != v{step[1]} ? v{step[1]} : v{step[2]}",
        ElementwiseOp.Max => $"v{step[1]} > v{step[2]} || v{step[1]} != v{step[1]} ? v{step[1]} : v{step[2]}",
        ElementwiseOp.Sqrt => $"sqrtf(v{step[1]})",
        ElementwiseOp.Neg => $"-v{step[1]}",
        ElementwiseOp.Exp => $"expf(v{step[1]})",
        _ => $"erff(v{step[1]})",
    };

    private static nint Compiled(string source) => s_functions.GetOrAdd(source, source => new Lazy<nint>(
        () => new CudaModule(CudaCompiler.Compile(source, CudaRuntime.Architecture())).Function("elementwise"))).Value;
}
