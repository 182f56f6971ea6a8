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
/// <param name="inputs">How many a set has.</param>
/// <param name="program">Op, left, right of each step; values are inputs first, then the steps' results. An operator of one operand has it twice.</param>
/// <param name="results">The values that are outputs.</param>
/// <param name="sets">The tensors that go through the program, each set by itself: its inputs follow those of the set before, and its outputs.</param>
internal sealed unsafe class ElementwiseProgram(int inputs, int[] program, int[] results, int sets) : IKernel
{
    /// <summary>The base name; the counts of inputs and outputs follow.</summary>
    public const string Base = "Elementwise";

    private const int Block = 1024, TaskSize = 16 * Block;

    private int Steps => program.Length / 3;

    public static IKernel Create(NodeAttributes attributes) => new ElementwiseProgram(
        attributes.Int("inputs", 0), attributes.Ints("program"), attributes.Ints("results"), attributes.Int("sets", 1));

    public void Run(KernelContext context)
    {
        Set[] all = [.. Enumerable.Range(0, sets).Select(set => Of(context, set))];
        (int Set, long Begin)[] tasks =
            [.. all.SelectMany((set, i) => Enumerable.Range(0, (int)((set.Count + TaskSize - 1) / TaskSize)).Select(task => (i, (long)task * TaskSize)))];
        context.ParallelFor(tasks.Length, task =>
        {
            using var scratch = Scratch.Rent((long)Steps * Block);
            var (set, begin) = (all[tasks[task].Set], tasks[task].Begin);
            for (var at = begin; at < Math.Min(set.Count, begin + TaskSize); at += Block)
            {
                Compute(set.Addresses, set.Scalars, at, (int)Math.Min(Block, set.Count - at), scratch.Data);
            }
        });
    }

    /// <summary>The inputs of a set, and the one whose shape the outputs have.</summary>
    /// <exception cref="ArgumentException">One has neither that shape nor one element.</exception>
    public static (Interop.Tensor[] Inputs, Interop.Tensor Full) Operands(KernelContext context, int inputs, int set = 0)
    {
        Interop.Tensor[] tensors = [.. Enumerable.Range(set * inputs, inputs).Select(context.Input)];
        var full = tensors.MaxBy(tensor => (tensor.Count, tensor.Shape.Length));
        var other = Array.FindIndex(tensors, tensor => tensor.Count != full.Count && !IsScalar(tensor, full));
        return other < 0
            ? (tensors, full)
            : throw new ArgumentException(
                $"Input {(set * inputs) + other} must have the shape of the others, or one element; got {tensors[other]} beside {full}.");
    }

    private sealed record Set(nint[] Addresses, bool[] Scalars, long Count);

    private Set Of(KernelContext context, int set)
    {
        var (tensors, full) = Operands(context, inputs, set);
        var (addresses, scalars) = (new nint[inputs + Steps], new bool[inputs + Steps]);
        for (var i = 0; i < inputs; i++)
        {
            (addresses[i], scalars[i]) = ((nint)tensors[i].Data, IsScalar(tensors[i], full));
        }

        for (var i = 0; i < results.Length; i++)
        {
            addresses[results[i]] = (nint)context.Output((set * results.Length) + i, full.Shape).Data;
        }

        return new Set(addresses, scalars, full.Count);
    }

    /// <summary>Whether an input is one number for all places.</summary>
    public static bool IsScalar(Interop.Tensor input, Interop.Tensor full) => input.Count == 1 && full.Count > 1;

    private void Compute(nint[] addresses, bool[] scalars, long at, int length, float* scratch)
    {
        ReadOnlySpan<float> Value(int value) => value < inputs || addresses[value] != 0
            ? new((float*)addresses[value] + at, length)
            : new(scratch + ((value - inputs) * Block), length);
        for (var step = 0; step < Steps; step++)
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
