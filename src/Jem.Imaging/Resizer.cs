using System.Numerics;
using System.Numerics.Tensors;

namespace Jem.Imaging;

/// <summary>
/// Bilinear resizing with antialiasing: when an image shrinks, the triangle filter widens by the same factor
/// (as in Pillow and torchvision with <c>antialias=True</c>). The filter is separable: rows first, then columns.
/// </summary>
public static class Resizer
{
    /// <summary>The image as a square of the given side in pixels.</summary>
    public static Image8 ToSquare(Image8 image, int side, ResizeRule rule)
    {
        var (width, height) = (side, side);
        if (rule == ResizeRule.ShortestSideCenterCrop)
        {
            var shortest = Math.Min(image.Width, image.Height);
            (width, height) = ((int)((long)side * image.Width / shortest), (int)((long)side * image.Height / shortest));
        }

        return Resize(image, Axis.Centred(image.Width, width, side), Axis.Centred(image.Height, height, side));
    }

    /// <summary>The image at exactly this size.</summary>
    public static Image8 Resize(Image8 image, int width, int height) =>
        Resize(image, Axis.Centred(image.Width, width, width), Axis.Centred(image.Height, height, height));

    private static Image8 Resize(Image8 image, Axis columns, Axis rows)
    {
        if (columns.IsIdentity && rows.IsIdentity)
        {
            return image;
        }

        var (width, height) = (columns.Starts.Length, rows.Starts.Length);
        var data = new byte[image.Channels * width * height];
        var (samples, row) = (new float[image.Width], new float[image.Width]);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel);
            for (var y = 0; y < height; y++)
            {
                row.AsSpan().Clear();
                for (var i = 0; i < rows.Weights[y].Length; i++)
                {
                    ToFloat(source.Slice((rows.Starts[y] + i) * image.Width, image.Width), samples);
                    TensorPrimitives.MultiplyAdd<float>(samples, rows.Weights[y][i], row, row);
                }

                var into = data.AsSpan(((channel * height) + y) * width, width);
                for (var x = 0; x < width; x++)
                {
                    var weights = columns.Weights[x];
                    var sum = 0.5f;
                    for (var i = 0; i < weights.Length; i++)
                    {
                        sum += weights[i] * row[columns.Starts[x] + i];
                    }

                    into[x] = (byte)Math.Clamp(sum, 0, 255);
                }
            }
        }

        return new Image8(width, height, image.Channels, data);
    }

    private static void ToFloat(ReadOnlySpan<byte> from, Span<float> into)
    {
        var i = 0;
        for (; i <= from.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(from[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Vector.ConvertToSingle(Vector.AsVectorInt32(a)).CopyTo(into[i..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(b)).CopyTo(into[(i + Vector<float>.Count)..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(c)).CopyTo(into[(i + (2 * Vector<float>.Count))..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(d)).CopyTo(into[(i + (3 * Vector<float>.Count))..]);
        }

        for (; i < from.Length; i++)
        {
            into[i] = from[i];
        }
    }

    /// <summary>One direction: for every output sample the first input sample it sees and the weights from there on.</summary>
    private sealed record Axis(int[] Starts, float[][] Weights, bool IsIdentity)
    {
        /// <summary>From <paramref name="size"/> samples to <paramref name="target"/>, of which the middle <paramref name="count"/> are kept.</summary>
        public static Axis Centred(int size, int target, int count)
        {
            var first = (int)Math.Round((target - count) / 2.0, MidpointRounding.ToEven);
            var scale = (double)size / target;
            var radius = Math.Max(scale, 1);
            var axis = new Axis(new int[count], new float[count][], size == target && target == count);
            for (var i = 0; i < count; i++)
            {
                var centre = (first + i + 0.5) * scale;
                var start = Math.Max((int)(centre - radius + 0.5), 0);
                var end = Math.Min((int)(centre + radius + 0.5), size);
                var weights = new float[end - start];
                for (var j = 0; j < weights.Length; j++)
                {
                    weights[j] = (float)Math.Max(0, 1 - (Math.Abs(start + j + 0.5 - centre) / radius));
                }

                TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
                (axis.Starts[i], axis.Weights[i]) = (start, weights);
            }

            return axis;
        }
    }
}
