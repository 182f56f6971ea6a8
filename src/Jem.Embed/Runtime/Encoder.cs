using System.Security.Cryptography;
using Jem.Embed.Vectors;
using Jem.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Embed.Runtime;

/// <summary>
/// An encoder file on ONNX Runtime: images in, embeddings out. It prepares images as the file's metadata say.
/// Preparing may happen on many threads at once, embedding on one at a time.
/// </summary>
public sealed class Encoder : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly Normalizer _normalizer;
    private readonly float[] _images;

    /// <param name="path">A file as <c>jem export</c> writes it.</param>
    /// <exception cref="EmbedUsageException">There is no such file.</exception>
    /// <exception cref="JemException">The file is no model, lacks metadata, or has other inputs and outputs than an encoder.</exception>
    public Encoder(string path, EncoderOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new EmbedUsageException($"There is no encoder {path}.");
        }

        (Path, Options) = (path, options ?? new EncoderOptions());
        var bytes = File.ReadAllBytes(path);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _session = Load(bytes, path, Options.Threads);
        try
        {
            Info = EncoderInfo.Parse(_session.ModelMetadata.CustomMetadataMap, path);
            ModelPorts.Check(_session, Info, path);
        }
        catch
        {
            _session.Dispose();
            throw;
        }

        _normalizer = new Normalizer(Info.Mean, Info.Std);
        _images = new float[Options.BatchSize * SamplesPerImage];
    }

    public string Path { get; }

    public EncoderOptions Options { get; }

    public EncoderInfo Info { get; }

    /// <summary>Identifies the file: embeddings of different encoders cannot be compared.</summary>
    public string Sha256 { get; }

    /// <summary>Channels × side × side: the samples of one prepared image.</summary>
    public int SamplesPerImage => Info.Channels * Info.ImageSize * Info.ImageSize;

    /// <summary>An image of any shape as the encoder reads it: uint8 [channels, side, side].</summary>
    /// <exception cref="JemException">Its channels cannot be converted to the encoder's.</exception>
    public byte[] Prepare(Image8 image) => Resizer.ToSquare(image, Info.ImageSize, Info.Resize).WithChannels(Info.Channels).Data;

    /// <summary>The embeddings of images of any shapes, [N, D].</summary>
    public VectorMatrix EmbedBatch(IReadOnlyList<Image8> images) =>
        Embed(images.SelectMany(Prepare).ToArray(), images.Count);

    /// <summary>The embeddings of prepared images, [N, D].</summary>
    /// <param name="pixels">uint8 [N, channels, side, side].</param>
    public VectorMatrix Embed(ReadOnlySpan<byte> pixels, int count)
    {
        var embeddings = new float[count * Info.Dimension];
        Embed(pixels, count, embeddings);
        return new VectorMatrix(embeddings, count, Info.Dimension);
    }

    /// <inheritdoc cref="Embed(ReadOnlySpan{byte}, int)"/>
    /// <param name="into">[N, D].</param>
    public void Embed(ReadOnlySpan<byte> pixels, int count, Span<float> into)
    {
        if (pixels.Length != (long)count * SamplesPerImage || into.Length != (long)count * Info.Dimension)
        {
            throw new ArgumentException($"{count} images need {(long)count * SamplesPerImage} samples and room for {(long)count * Info.Dimension} numbers; got {pixels.Length} and {into.Length}.");
        }

        for (var first = 0; first < count; first += Options.BatchSize)
        {
            var size = Math.Min(Options.BatchSize, count - first);
            _normalizer.Apply(pixels.Slice(first * SamplesPerImage, size * SamplesPerImage), Info.ImageSize * Info.ImageSize, _images);
            Run(size, into.Slice(first * Info.Dimension, size * Info.Dimension));
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private void Run(int count, Span<float> into)
    {
        long[] shape = [count, Info.Channels, Info.ImageSize, Info.ImageSize];
        using var image = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _images.AsMemory(0, count * SamplesPerImage), shape);
        try
        {
            using var outputs = _session.Run(_run, [ModelPorts.Image], [image], [ModelPorts.Embedding]);
            outputs[0].GetTensorDataAsSpan<float>().CopyTo(into);
        }
        catch (OnnxRuntimeException error)
        {
            throw new JemException($"{Path} fails on a batch of {count} images: {error.Message.ReplaceLineEndings(" ")}", error);
        }

        if (Options.Normalize && !Info.Normalized)
        {
            VectorMatrix.MakeUnitLength(into, Info.Dimension);
        }
    }

    private static InferenceSession Load(byte[] model, string path, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads > 0 ? threads : Environment.ProcessorCount,
            // What goes wrong is in the exception.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new JemException($"Cannot load {path} as an ONNX model: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
