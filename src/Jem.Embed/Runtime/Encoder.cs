using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Jem.Embed.Runtime.Cuda;
using Jem.Embed.Vectors;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Imaging.Resizing;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Embed.Runtime;

/// <summary>
/// An encoder file on ONNX Runtime: images in, embeddings out. It prepares images as the file's metadata say.
/// Preparing may happen on many threads at once, embedding on one at a time.
/// </summary>
public sealed class Encoder : IDisposable
{
    private readonly InferenceSession _session;
    private readonly Normalizer _normalizer;
    private readonly float[] _images;

    // What came from no file is kept, for copies of it.
    private readonly byte[]? _model;

    /// <summary>Opens a file as <c>jem export</c> writes it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="JemException">The file is no model, lacks metadata, or has other inputs and outputs than an encoder.</exception>
    public Encoder(string path, EncoderOptions? options = null)
        : this(Read(path), path, options)
    {
        (Path, _model) = (path, null);
    }

    /// <summary>Opens the bytes of such a file. They are kept.</summary>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="JemException">It is no model, lacks metadata, or has other inputs and outputs than an encoder.</exception>
    public Encoder(ReadOnlyMemory<byte> model, string name, EncoderOptions? options = null)
        : this(ArrayOf(model), name, options)
    {
    }

    /// <summary>Opens such a file from a stream, which is read to its end.</summary>
    /// <inheritdoc cref="Encoder(ReadOnlyMemory{byte}, string, EncoderOptions?)"/>
    public Encoder(Stream model, string name, EncoderOptions? options = null)
        : this(Read(model), name, options)
    {
    }

    private Encoder(byte[] model, string name, EncoderOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, Options, _model) = (name, options ?? new EncoderOptions(), model);
        Sha256 = HashOf(model);
        _session = Load(model, name, Options);
        try
        {
            Info = EncoderInfo.Parse(_session.ModelMetadata.CustomMetadataMap, name);
            ModelPorts.Check(_session, Info, name);
            _normalizer = new Normalizer(Info.Mean, Info.Std);
            _images = new float[SamplesPerBatch()];
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>What messages call it: its path, or the name that it was given.</summary>
    public string Name { get; }

    /// <summary>The file that it was opened from; null for bytes and streams.</summary>
    public string? Path { get; }

    public EncoderOptions Options { get; }

    public EncoderInfo Info { get; }

    /// <summary>What a person should know of the files that were encoded with <see cref="FileEncoding"/>.</summary>
    public ImageRemarks Remarks { get; } = new();

    /// <summary>Identifies the file: embeddings of different encoders cannot be compared.</summary>
    public string Sha256 { get; }

    /// <summary>Channels × side × side: the samples of one prepared image.</summary>
    public int SamplesPerImage => Info.Channels * Info.ImageSize * Info.ImageSize;

    /// <summary>An image of any shape as the encoder reads it: uint8 [channels, side, side].</summary>
    /// <exception cref="JemException">Its channels cannot be converted to the encoder's.</exception>
    public ReadOnlyMemory<byte> Prepare(PlanarImage image) => Resizer.ToSquare(image, Info.ImageSize, Info.Resize).WithChannels(Info.Channels).Pixels;

    /// <summary>The embeddings of images of any shapes, [N, D].</summary>
    /// <exception cref="JemException">An image's channels cannot be converted, or its embedding is not finite; the message has its number.</exception>
    public VectorMatrix EmbedBatch(IReadOnlyList<PlanarImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var pixels = new byte[checked(images.Count * SamplesPerImage)];
        for (var i = 0; i < images.Count; i++)
        {
            Prepare(images[i]).Span.CopyTo(pixels.AsSpan(i * SamplesPerImage));
        }

        return Embed(pixels, images.Count);
    }

    /// <summary>The embeddings of prepared images, [N, D].</summary>
    /// <param name="pixels">uint8 [N, channels, side, side].</param>
    /// <param name="nameOf">What a person calls an image, counted from 0, for messages.</param>
    /// <exception cref="ArgumentException">The pixels are not those of so many images.</exception>
    /// <exception cref="JemException">An embedding is not finite, or the encoder fails.</exception>
    public VectorMatrix Embed(ReadOnlySpan<byte> pixels, int count, Func<int, string>? nameOf = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var embeddings = new float[checked(count * Info.Dimension)];
        Embed(pixels, count, embeddings, nameOf);
        return new VectorMatrix(embeddings, count, Info.Dimension);
    }

    /// <inheritdoc cref="Embed(ReadOnlySpan{byte}, int, Func{int, string}?)"/>
    /// <param name="into">[N, D].</param>
    /// <param name="cancellation">Ends the work also within a batch.</param>
    public void Embed(ReadOnlySpan<byte> pixels, int count, Span<float> into, Func<int, string>? nameOf = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (pixels.Length != (long)count * SamplesPerImage || into.Length != (long)count * Info.Dimension)
        {
            var needed = $"{(long)count * SamplesPerImage} samples and room for {(long)count * Info.Dimension} numbers";
            throw new ArgumentException($"{count} images need {needed}; got {pixels.Length} and {into.Length}.");
        }

        // One that was told to stop stays so: every call has its own.
        using var run = new RunOptions();
        using var stop = cancellation.UnsafeRegister(state => ((RunOptions)state!).Terminate = true, run);
        for (var first = 0; first < count; first += Options.BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var (size, start) = (Math.Min(Options.BatchSize, count - first), first);
            _normalizer.Apply(pixels.Slice(first * SamplesPerImage, size * SamplesPerImage), Info.ImageSize * Info.ImageSize, _images);
            Run(run, size, into.Slice(first * Info.Dimension, size * Info.Dimension), nameOf is null ? null : row => nameOf(start + row), cancellation);
        }
    }

    /// <summary>Writes a copy of the file that it was opened from, whole or not at all.</summary>
    /// <exception cref="JemException">The file was changed since it was opened.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void Save(string path)
    {
        var model = _model ?? Read(Path!);
        if (HashOf(model) != Sha256)
        {
            throw new JemException($"{Path} was changed since it was opened: a copy would not be the encoder in use. Put it back as it was.");
        }

        AtomicFile.Write(path, model);
    }

    public void Dispose()
    {
        _session.Dispose();
    }

    // The sizes of one image are limited where they are read, those of a batch by what an array holds.
    private int SamplesPerBatch() => (long)Options.BatchSize * SamplesPerImage is var samples && samples <= Array.MaxLength
        ? (int)samples
        : throw new JemException(
            $"{Name}: {Options.BatchSize} images of {Info.Channels}×{Info.ImageSize}×{Info.ImageSize} are {samples} samples; "
            + $"a batch holds at most {Array.MaxLength}. Encode fewer images at once.");

    private void Run(RunOptions run, int count, Span<float> into, Func<int, string>? nameOf, CancellationToken cancellation)
    {
        long[] shape = [count, Info.Channels, Info.ImageSize, Info.ImageSize];
        using var image = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _images.AsMemory(0, count * SamplesPerImage), shape);
        try
        {
            using var outputs = _session.Run(run, [ModelPorts.Image], [image], [ModelPorts.Embedding]);
            outputs[0].GetTensorDataAsSpan<float>().CopyTo(into);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException error)
        {
            throw new JemException($"{Name} fails on a batch of {count} images: {error.Message.ReplaceLineEndings(" ")}", error);
        }

        VectorMatrix.RequireFinite(into, Info.Dimension, nameOf, Name);
        if (Options.Normalize && !Info.Normalized)
        {
            VectorMatrix.MakeUnitLength(into, Info.Dimension);
        }
    }

    private static byte[] Read(string path) => File.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new FileNotFoundException($"There is no encoder {path}.", path);

    private static byte[] Read(Stream model)
    {
        using var bytes = new MemoryStream();
        model.CopyTo(bytes);
        return bytes.ToArray();
    }

    // ONNX Runtime takes whole arrays only.
    private static byte[] ArrayOf(ReadOnlyMemory<byte> model) =>
        MemoryMarshal.TryGetArray(model, out var part) && part.Array is { } array && array.Length == part.Count ? array : model.ToArray();

    private static string HashOf(byte[] model) => Convert.ToHexStringLower(SHA256.HashData(model));

    private static InferenceSession Load(byte[] model, string name, EncoderOptions how)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = how.Threads > 0 ? how.Threads : Environment.ProcessorCount,
            // What goes wrong is in the exception.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (how.Cuda is { } cuda)
        {
            CudaProvider.Find(cuda).AppendTo(options);
        }

        how.Configure?.Invoke(options);
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new JemException($"Cannot load {name} as an ONNX model: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
