using Jem.Graphs.Ir;
using Jem.Graphs.Seeding;

namespace Jem.Graphs.Nn;

/// <summary>The distribution from which a parameter takes its first values, as data.</summary>
/// <param name="Spread">Constant: the value. Normal, TruncatedNormal: the standard deviation. Uniform: the bound, either side of zero.</param>
public sealed record Init(InitKind Kind, double Spread)
{
    /// <summary>0 everywhere.</summary>
    public static Init Zeros { get; } = new(InitKind.Constant, 0);

    /// <summary>1 everywhere.</summary>
    public static Init Ones { get; } = new(InitKind.Constant, 1);

    /// <summary>He et al., arXiv:1502.01852, equation 10 with the fan out, as torchvision initialises the filters [O,C,kh,kw] of a ResNet.</summary>
    public static Init KaimingFanOut(Shape filter) => new(InitKind.Normal, Math.Sqrt(2.0 / (filter[0] * filter[2] * filter[3])));

    /// <summary>U(−1/√in, 1/√in): PyTorch's default for the weight and the bias of a linear layer.</summary>
    public static Init LinearDefault(long inputs) => new(InitKind.Uniform, 1 / Math.Sqrt(inputs));

    /// <summary>Normal, drawn again outside ±2: PyTorch's trunc_normal_, whose bounds are values and not deviations.</summary>
    public static Init TruncatedNormal(double deviation) => new(InitKind.TruncatedNormal, deviation);

    /// <summary>Rows of unit length in uniformly random directions.</summary>
    public static Init UnitRows { get; } = new(InitKind.UnitRows, 1);

    /// <summary>The values of a parameter: they depend on the seed and the parameter's name only.</summary>
    public float[] Draw(Shape shape, string name, ulong seed)
    {
        var values = new float[shape.Size];
        Draw(shape, name, seed, values);
        return values;
    }

    // Where nothing but zeros are.
    internal void Draw(Shape shape, string name, ulong seed, Span<float> values)
    {
        if (this == Zeros)
        {
            return;
        }

        var random = new SeededRandom(seed, SeededRandom.Hash(name));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Kind switch
            {
                InitKind.Normal or InitKind.UnitRows => Spread * random.NextNormal(),
                InitKind.TruncatedNormal => Truncated(ref random, Spread),
                InitKind.Uniform => random.NextDouble(-Spread, Spread),
                _ => Spread,
            });
        }

        for (var row = 0; Kind == InitKind.UnitRows && row < values.Length; row += (int)shape[-1])
        {
            var elements = values.Slice(row, (int)shape[-1]);
            var length = Math.Sqrt(elements.ToArray().Sum(element => (double)element * element));
            foreach (ref var element in elements)
            {
                element = (float)(element / length);
            }
        }
    }

    private static double Truncated(ref SeededRandom random, double deviation)
    {
        while (true)
        {
            if (deviation * random.NextNormal() is >= -2 and <= 2 and var value)
            {
                return value;
            }
        }
    }
}

/// <summary>The families of first values.</summary>
public enum InitKind
{
    /// <summary>One value.</summary>
    Constant,
    /// <summary>Normal about 0.</summary>
    Normal,
    /// <summary>Normal about 0, drawn again outside ±2.</summary>
    TruncatedNormal,
    /// <summary>Uniform about 0.</summary>
    Uniform,
    /// <summary>Normal, each row scaled to unit length.</summary>
    UnitRows,
}
