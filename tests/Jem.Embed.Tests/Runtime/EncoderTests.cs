using System.Numerics.Tensors;
using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Imaging.Resizing;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Embed.Tests.Runtime;

public sealed class EncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void The_metadata_say_what_it_is()
    {
        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        Assert.That(
            encoder.Info with { Mean = [], Std = [] },
            Is.EqualTo(new EncoderInfo("simclr", "quarters", 8, 3, [], [], ResizeRule.Squash, 6, false, "drawn by code") with { Mean = [], Std = [] }));
        Assert.That(encoder.Info.Mean, Is.EqualTo(new[] { 0.3f, 0.4f, 0.5f }));
        Assert.That(encoder.Info.Std, Is.EqualTo(new[] { 0.20f, 0.21f, 0.22f }));
        Assert.That(encoder.Sha256, Has.Length.EqualTo(64));
    }

    [TestCase(null, 0)]
    [TestCase("4095", 4095)]
    [TestCase("0.5", 0.5)]
    public void The_metadata_may_say_which_level_of_deep_files_is_white(string? range, double expected)
    {
        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx"), change: model =>
        {
            if (range is not null)
            {
                model.MetadataProps.Add(new StringStringEntryProto { Key = "jem.range", Value = range });
            }
        }));
        Assert.That((encoder.Info.Range, encoder.Info.Decoding.Range), Is.EqualTo((expected, expected)));
    }

    [Test]
    public void A_plain_image_gives_what_the_formula_says()
    {
        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        var embedding = encoder.EmbedBatch([TestImages.Plain(30, 20, 255, 51, 0)]).Row(0);
        float[] normalised = [0.7f / 0.20f, -0.2f / 0.21f, -0.5f / 0.22f];
        for (var row = 0; row < 6; row++)
        {
            var expected = Enumerable.Range(0, 12).Sum(column => TestEncoder.Weight(row, column) * normalised[column / 4]);
            Assert.That(embedding[row], Is.EqualTo(expected).Within(1e-4));
        }
    }

    [Test]
    public void Batches_of_any_size_give_the_same_embeddings()
    {
        var images = Enumerable.Range(0, 7).Select(seed => TestImages.Noise(8, 8, 3, seed)).ToList();
        using var whole = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        using var pairs = new Encoder(_folder.At("e.onnx"), new EncoderOptions { BatchSize = 2, Threads = 1 });
        Assert.That(pairs.EmbedBatch(images).Data.ToArray(), Is.EqualTo(whole.EmbedBatch(images).Data.ToArray()).Within(1e-5f));
        var into = new float[7 * 6];
        pairs.Embed(images.SelectMany(image => image.Pixels.ToArray()).ToArray(), 7, into);
        Assert.That(into, Is.EqualTo(pairs.EmbedBatch(images).Data.ToArray()));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_call_that_was_cancelled_leaves_the_next_one_as_it_was(int calls)
    {
        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        var (pixels, into, cancelled) = (new byte[encoder.SamplesPerImage], new float[encoder.Info.Dimension], new CancellationTokenSource());
        if (calls == 1)
        {
            encoder.Embed(pixels, 1, into, cancellation: cancelled.Token);
        }

        cancelled.Cancel();
        Assert.That(() => encoder.Embed(pixels, 1, into, cancellation: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(encoder.Embed(pixels, 1).Data.ToArray(), Has.All.Not.NaN);
    }

    [Test]
    public void Embeddings_have_length_1_on_request()
    {
        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx")), new EncoderOptions { Normalize = true });
        Assert.That(TensorPrimitives.Norm(encoder.EmbedBatch([TestImages.Noise(9, 9, 1, 1)]).Row(0)), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void What_a_caller_configures_is_how_the_model_is_opened()
    {
        var calls = 0;
        void Configure(SessionOptions options)
        {
            calls++;
            options.OptimizedModelFilePath = _folder.At("optimised.onnx");
        }

        using var encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx")), new EncoderOptions { Configure = Configure });
        encoder.EmbedBatch([TestImages.Noise(8, 8, 3, 1)]);
        Assert.That(calls, Is.EqualTo(1));
        Assert.That(_folder.At("optimised.onnx"), Does.Exist);
    }

    [Test]
    public void What_configuring_throws_reaches_the_caller_and_nothing_stays_open()
    {
        TestEncoder.Write(_folder.At("e.onnx"));
        SessionOptions? given = null;
        void Configure(SessionOptions options)
        {
            given = options;
            throw new NotSupportedException("no such device");
        }

        Assert.That(
            () => new Encoder(_folder.At("e.onnx"), new EncoderOptions { Configure = Configure }),
            Throws.TypeOf<NotSupportedException>().With.Message.EqualTo("no such device"));
        Assert.That(given!.IsClosed);
    }

    [Test]
    public void A_batch_that_no_array_holds_is_refused()
    {
        TestEncoder.Write(_folder.At("e.onnx"));
        var message = $"{_folder.At("e.onnx")}: 2147483647 images of 3×8×8 are 412316860224 samples; a batch holds at most {Array.MaxLength}. "
            + "Encode fewer images at once.";
        Assert.That(
            () => new Encoder(_folder.At("e.onnx"), new EncoderOptions { BatchSize = int.MaxValue }),
            Throws.TypeOf<JemException>().With.Message.EqualTo(message));
    }

    [Test]
    public void A_missing_key_is_named()
    {
        TestEncoder.Write(_folder.At("e.onnx"), change: model => model.MetadataProps.Remove(model.MetadataProps.Single(entry => entry.Key == "jem.std")));
        Assert.That(() => new Encoder(_folder.At("e.onnx")), Throws.TypeOf<JemException>().With.Message.EqualTo(
            $"{_folder.At("e.onnx")} has no metadata 'jem.std', so it does not say how to prepare images. "
            + "Export it with `jem export`, or add its jem.* keys."));
    }

    [TestCase(
        "jem.format", "2",
        "expected 1, the one that this version reads. Export it anew with `jem export`, or take the version of jem-embed that reads it.")]
    [TestCase("jem.resize", "stretch", "expected squash or shortest-side-center-crop")]
    [TestCase("jem.image_size", "-8", "expected a whole number above 0")]
    [TestCase("jem.image_size", "46341", "expected a whole number above 0, at most 16384")]
    [TestCase("jem.channels", "1000000000", "expected a whole number above 0, at most 33554431")]
    [TestCase("jem.dimension", "2147483647", "expected a whole number above 0, at most 1048576")]
    [TestCase("jem.mean", "0.5", "expected 3 numbers with commas between")]
    [TestCase("jem.std", "1,0,1", "expected 3 numbers above 0")]
    [TestCase("jem.normalized", "yes", "expected true or false")]
    [TestCase("jem.dimension", "7", "its output 'embedding' is Single [N,6]; by its metadata, expected Single [N,7]")]
    [TestCase("jem.image_size", "9", "its input 'image' is Single [N,3,8,8]; by its metadata, expected Single [N,3,9,9]")]
    public void A_wrong_value_is_named_with_what_was_expected(string key, string value, string message)
    {
        TestEncoder.Write(_folder.At("e.onnx"), change: model => model.MetadataProps.Single(entry => entry.Key == key).Value = value);
        Assert.That(() => new Encoder(_folder.At("e.onnx")), Throws.TypeOf<JemException>().With.Message.Contains(message));
    }

    [Test]
    public void A_model_with_other_ports_is_no_encoder()
    {
        TestEncoder.Write(_folder.At("e.onnx"), change: model => (model.Graph.Input[0].Name, model.Graph.Node[0].Input[0]) = ("x", "x"));
        Assert.That(() => new Encoder(_folder.At("e.onnx")), Throws.TypeOf<JemException>().With.Message.Contains("has no input 'image'; it has x."));
    }

    [Test]
    public void A_stage_without_its_weights_is_no_encoder()
    {
        TestEncoder.Write(_folder.At("e.onnx"), change: model =>
        {
            model.Graph.Initializer.Clear();
            model.Graph.Input.Add(TestEncoder.Port("weights", 6, 12));
        });
        Assert.That(() => new Encoder(_folder.At("e.onnx")), Throws.TypeOf<JemException>().With.Message.Contains("has 2 inputs (image, weights)"));
    }

    [Test]
    public void A_file_that_is_no_model_is_named()
    {
        File.WriteAllText(_folder.At("e.onnx"), "no model");
        Assert.That(
            () => new Encoder(_folder.At("e.onnx")),
            Throws.TypeOf<JemException>().With.Message.StartsWith($"Cannot load {_folder.At("e.onnx")} as an ONNX model:"));
        Assert.That(
            () => new Encoder(_folder.At("none.onnx")),
            Throws.TypeOf<FileNotFoundException>().With.Message.EqualTo($"There is no encoder {_folder.At("none.onnx")}."));
    }

    [Test]
    public void From_bytes_and_from_a_stream_it_gives_the_same_vectors_as_from_its_file()
    {
        var image = TestImages.Noise(30, 20, 3, 1);
        using var file = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        var model = File.ReadAllBytes(_folder.At("e.onnx"));
        using var bytes = new Encoder(model, "bytes");
        using var part = new Encoder(((byte[])[0, .. model, 0]).AsMemory(1, model.Length), "a part of an array");
        using var opened = File.OpenRead(_folder.At("e.onnx"));
        using var stream = new Encoder(opened, "stream");
        foreach (var encoder in new[] { bytes, part, stream })
        {
            Assert.That(encoder.EmbedBatch([image]).Data.ToArray(), Is.EqualTo(file.EmbedBatch([image]).Data.ToArray()), encoder.Name);
            Assert.That((encoder.Sha256, encoder.Path), Is.EqualTo((file.Sha256, (string?)null)), encoder.Name);
        }

        Assert.That((file.Name, file.Path), Is.EqualTo((_folder.At("e.onnx"), _folder.At("e.onnx"))));
    }

    [Test]
    public void Bytes_that_are_no_model_are_called_by_their_name() =>
        Assert.That(
            () => new Encoder("no model"u8.ToArray(), "the upload"),
            Throws.TypeOf<JemException>().With.Message.StartsWith("Cannot load the upload as an ONNX model:"));

    [Test]
    public void A_copy_has_the_same_bytes_and_a_file_that_was_changed_meanwhile_is_not_copied()
    {
        using var file = new Encoder(TestEncoder.Write(_folder.At("e.onnx")));
        var model = File.ReadAllBytes(_folder.At("e.onnx"));
        using var bytes = new Encoder(model, "bytes");
        foreach (var encoder in new[] { file, bytes })
        {
            encoder.Save(_folder.At("copy.onnx"));
            Assert.That(File.ReadAllBytes(_folder.At("copy.onnx")), Is.EqualTo(model));
        }

        TestEncoder.Write(_folder.At("e.onnx"), dimension: 7);
        Assert.That(
            () => file.Save(_folder.At("other.onnx")),
            Throws.TypeOf<JemException>().With.Message.StartsWith($"{_folder.At("e.onnx")} was changed since it was opened"));
        Assert.That(File.Exists(_folder.At("other.onnx")), Is.False);
    }

    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.That(
            () => new EncoderOptions { BatchSize = 0 },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Expected the number of images per run, at least 1."));
        Assert.That(
            () => new EncoderOptions { Threads = -1 },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Expected the number of threads, or 0 for one per core."));
    }
}
