using Jem.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Embed.Runtime;

/// <summary>The one input and the output that every encoder has.</summary>
internal static class ModelPorts
{
    /// <summary>float32 [N, channels, side, side], normalised.</summary>
    public const string Image = "image";

    /// <summary>float32 [N, D].</summary>
    public const string Embedding = "embedding";

    /// <exception cref="JemException">The model's input or output has another name, type or shape.</exception>
    public static void Check(InferenceSession session, EncoderInfo info, string path)
    {
        Check("input", Image, session.InputMetadata, [-1, info.Channels, info.ImageSize, info.ImageSize], path);
        Check("output", Embedding, session.OutputMetadata, [-1, info.Dimension], path);
        if (session.InputMetadata.Count > 1)
        {
            throw new JemException(
                $"{path} has {session.InputMetadata.Count} inputs ({string.Join(", ", session.InputNames)}); expected only '{Image}'. "
                + "Its weights are not in it: export it with `jem export`.");
        }
    }

    private static void Check(string kind, string name, IReadOnlyDictionary<string, NodeMetadata> ports, int[] expected, string path)
    {
        if (!ports.TryGetValue(name, out var port))
        {
            throw new JemException($"{path} has no {kind} '{name}'; it has {string.Join(", ", ports.Keys)}. It is no encoder of Jem.");
        }

        // −1 is a size that the model leaves open; the batch must be open, the others may be.
        var fits = port.IsTensor && port.ElementType == typeof(float) && port.Dimensions.Length == expected.Length
            && port.Dimensions[0] == -1 && port.Dimensions.Skip(1).Zip(expected.Skip(1)).All(pair => pair.First == -1 || pair.First == pair.Second);
        if (!fits)
        {
            var got = port.IsTensor ? $"{port.ElementType.Name} {Text(port.Dimensions)}" : "no tensor";
            throw new JemException($"{path}: its {kind} '{name}' is {got}; by its metadata, expected Single {Text(expected)}.");
        }
    }

    private static string Text(int[] shape) => $"[{string.Join(',', shape.Select(size => size == -1 ? "N" : $"{size}"))}]";
}
