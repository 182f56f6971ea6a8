using System.Numerics.Tensors;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>Operators on numbers of one place each. IEEE 754 rounds all but the last two in one way only.</summary>
internal enum ElementwiseOp
{
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Sqrt,
    Neg,
    Exp,
    Erf,
}

/// <summary>
/// Several standard operators on tensors of one shape, and scalars, in one pass over memory: a block of numbers goes through all of them while it is
/// in the first cache. Each operator but exp and erf rounds as it does alone, so the bits are those of the operators one by one.
/// </summary>
/// <param name="inputs">How many there are.</param>
/// <param name="program">Op, left, right of each step; values are inputs first, then the steps' results. An operator of one operand has it twice.</param>
/// <param name="results">The values that are outputs.</param>
internal sealed unsafe class ElementwiseProgram(int inputs, int[] program, int[] results) : IKernel
{
    /// <summary>The base name; the counts of inputs and outputs follow.</summary>
    public const string Base = "Elementwise";

    private const int Block = 1024, BlocksPerTask = 16;

    public static IKernel Create(NodeAttributes attributes) =>
        new ElementwiseProgram(attributes.Int("inputs", 0), attributes.Ints("program"), attributes.Ints("results"));

    public void Run(KernelContext context)
    {
        var steps = program.Length / 3;
        var (tensors, full) = Operands(context, inputs);
        var addresses = new nint[inputs + steps];
        var scalars = new bool[inputs + steps];
        for (var i = 0; i < inputs; i++)
        {
            (addresses[i], scalars[i]) = ((nint)tensors[i].Data, IsScalar(tensors[i], full));
        }

        for (var i = 0; i < results.Length; i++)
        {
            addresses[results[i]] = (nint)context.Output(i, full.Shape).Data;
        }

        var tasks = (int)((full.Count + (Block * BlocksPerTask) - 1) / (Block * BlocksPerTask));
        context.ParallelFor(tasks, task =>
        {
            using var scratch = Scratch.Rent((long)steps * Block);
            var begin = (long)task * Block * BlocksPerTask;
            for (var at = begin; at < Math.Min(full.Count, begin + (Block * BlocksPerTask)); at += Block)
            {
                Compute(addresses, scalars, at, (int)Math.Min(Block, full.Count - at), scratch.Data);
            }
        });
    }

    /// <summary>The inputs of a program, and the one whose shape the outputs have.</summary>
    /// <exception cref="ArgumentException">One has neither that shape nor one element.</exception>
    public static (Interop.Tensor[] Inputs, Interop.Tensor Full) Operands(KernelContext context, int inputs)
    {
        Interop.Tensor[] tensors = [.. Enumerable.Range(0, inputs).Select(context.Input)];
        var full = tensors.MaxBy(tensor => (tensor.Count, tensor.Shape.Length));
        var other = Array.FindIndex(tensors, tensor => tensor.Count != full.Count && !IsScalar(tensor, full));
        return other < 0
            ? (tensors, full)
            : throw new ArgumentException($"Input {other} must have the shape of the others, or one element; got {tensors[other]} beside {full}.");
    }

    /// <summary>Whether an input is one number for all places.</summary>
    public static bool IsScalar(Interop.Tensor input, Interop.Tensor full) => input.Count == 1 && full.Count > 1;

    private void Compute(nint[] addresses, bool[] scalars, long at, int length, float* scratch)
    {
        ReadOnlySpan<float> Value(int value) => value < inputs || addresses[value] != 0
            ? new((float*)addresses[value] + at, length)
            : new(scratch + ((value - inputs) * Block), length);
        for (var step = 0; step < program.Length / 3; step++)
        {
            var (op, a, b) = ((ElementwiseOp)program[3 * step], program[(3 * step) + 1], program[(3 * step) + 2]);
            var value = inputs + step;
            var target = new Span<float>(addresses[value] != 0 ? (float*)addresses[value] + at : scratch + (step * Block), length);
            if (op >= ElementwiseOp.Sqrt)
            {
                Apply(op, Value(a), target);
            }
            else if (scalars[a])
            {
                Apply(op, *(float*)addresses[a], Value(b), target);
            }
            else if (scalars[b])
            {
                Apply(op, Value(a), *(float*)addresses[b], target);
            }
            else
            {
                Apply(op, Value(a), Value(b), target);
            }
        }
    }

    private static void Apply(ElementwiseOp op, ReadOnlySpan<float> a, Span<float> target)
    {
        switch (op)
        {
            case ElementwiseOp.Sqrt: TensorPrimitives.Sqrt(a, target); break;
            case ElementwiseOp.Neg: TensorPrimitives.Negate(a, target); break;
            case ElementwiseOp.Exp: TensorPrimitives.Exp(a, target); break;
            default: ErrorFunction.Compute(a, target); break;
        }
    }

    private static void Apply(ElementwiseOp op, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> target)
    {
        switch (op)
        {
            case ElementwiseOp.Add: TensorPrimitives.Add(a, b, target); break;
            case ElementwiseOp.Sub: TensorPrimitives.Subtract(a, b, target); break;
            case ElementwiseOp.Mul: TensorPrimitives.Multiply(a, b, target); break;
            case ElementwiseOp.Min: TensorPrimitives.Min(a, b, target); break;
            case ElementwiseOp.Max: TensorPrimitives.Max(a, b, target); break;
            default: TensorPrimitives.Divide(a, b, target); break;
        }
    }

    private static void Apply(ElementwiseOp op, ReadOnlySpan<float> a, float b, Span<float> target)
    {
        switch (op)
        {
            case ElementwiseOp.Add: TensorPrimitives.Add(a, b, target); break;
            case ElementwiseOp.Sub: TensorPrimitives.Subtract(a, b, target); break;
            case ElementwiseOp.Mul: TensorPrimitives.Multiply(a, b, target); break;
            case ElementwiseOp.Min: TensorPrimitives.Min(a, b, target); break;
            case ElementwiseOp.Max: TensorPrimitives.Max(a, b, target); break;
            default: TensorPrimitives.Divide(a, b, target); break;
        }
    }

    private static void Apply(ElementwiseOp op, float a, ReadOnlySpan<float> b, Span<float> target)
    {
        switch (op)
        {
            case ElementwiseOp.Add: TensorPrimitives.Add(b, a, target); break;
            case ElementwiseOp.Sub: TensorPrimitives.Subtract(a, b, target); break;
            case ElementwiseOp.Mul: TensorPrimitives.Multiply(b, a, target); break;
            case ElementwiseOp.Min: TensorPrimitives.Min(b, a, target); break;
            case ElementwiseOp.Max: TensorPrimitives.Max(b, a, target); break;
            default: TensorPrimitives.Divide(a, b, target); break;
        }
    }
}
