namespace Jem.Kernels.Interop;

/// <summary>A float32 tensor in ONNX Runtime's memory, row-major, valid during one call of a kernel.</summary>
internal readonly unsafe struct Tensor(float* data, int[] shape)
{
    public float* Data => data;

    public int[] Shape => shape;

    /// <summary>How many numbers it holds.</summary>
    public long Count => shape.Aggregate(1L, (product, size) => product * size);

    /// <exception cref="ArgumentException">Another tensor has another shape.</exception>
    public void RequireShapeOf(Tensor other, string name, string otherName)
    {
        if (!shape.AsSpan().SequenceEqual(other.Shape))
        {
            throw new ArgumentException($"Inputs '{name}' and '{otherName}' must have one shape; got {this} and {other}.");
        }
    }

    /// <summary>The four sizes of a batch of images [N,C,H,W].</summary>
    public (int N, int C, int H, int W) Images(string name) => shape is [var n, var c, var h, var w]
        ? (n, c, h, w)
        : throw new ArgumentException($"Input '{name}' must have shape [N,C,H,W]; got {this}.");

    public override string ToString() => $"[{string.Join(',', shape)}]";
}
