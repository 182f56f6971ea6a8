using System.Numerics;
using System.Runtime.InteropServices;

namespace Jem.Imaging.Resizing;

/// <summary>
/// An image while it is made: float planes [C, H·W], each padded to whole vectors. Between operations every value is a whole
/// number 0–255, so that the result is that of torchvision's chain on uint8 tensors, without packing and unpacking bytes.
/// </summary>
internal readonly ref struct FloatPlanes
{
    private readonly Span<float> _values;
    private readonly int _stride;

    /// <param name="scratch">At least <see cref="Length"/> floats; their content does not matter.</param>
    public FloatPlanes(Span<float> scratch, int channels, int height, int width)
    {
        (Channels, Height, Width, _stride) = (channels, height, width, Padded(height * width));
        _values = scratch[..Length(channels, height, width)];
        for (var channel = 0; channel < channels; channel++)
        {
            _values.Slice((channel * _stride) + (height * width), _stride - (height * width)).Clear();
        }
    }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>All planes with their padding, which is 0 at first and means nothing.</summary>
    public Span<Vector<float>> All => MemoryMarshal.Cast<float, Vector<float>>(_values);

    public static int Length(int channels, int height, int width) => checked(channels * Padded(height * width));

    /// <summary>A plane without its padding, [H, W].</summary>
    public Span<float> Plane(int channel) => _values.Slice(channel * _stride, Height * Width);

    /// <summary>A plane with its padding.</summary>
    public Span<Vector<float>> Vectors(int channel) => MemoryMarshal.Cast<float, Vector<float>>(_values.Slice(channel * _stride, _stride));

    /// <summary>Writes the image as bytes [C, H, W].</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            Pack(Plane(channel), destination.Slice(channel * Height * Width, Height * Width));
        }
    }

    /// <summary>Turns whole numbers 0–255 into bytes.</summary>
    private static unsafe void Pack(ReadOnlySpan<float> source, Span<byte> destination)
    {
        fixed (float* from = source)
        fixed (byte* to = destination)
        {
            var (width, i) = (Vector<float>.Count, 0);
            for (; i <= source.Length - (4 * width); i += 4 * width)
            {
                var low = Vector.Narrow(Load(from + i), Load(from + i + width));
                var high = Vector.Narrow(Load(from + i + (2 * width)), Load(from + i + (3 * width)));
                Vector.Narrow(Vector.AsVectorUInt16(low), Vector.AsVectorUInt16(high)).Store(to + i);
            }

            for (; i < source.Length; i++)
            {
                to[i] = (byte)from[i];
            }
        }

        static Vector<int> Load(float* values) => Vector.ConvertToInt32Native(Vector.Load(values));
    }

    private static int Padded(int length) => (length + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
}
