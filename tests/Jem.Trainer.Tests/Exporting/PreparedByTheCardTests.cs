using System.Runtime.InteropServices;
using Jem.Embed.Runtime;
using Jem.Graphs.Export;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;
using Jem.Trainer.Tests.Training;
using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Jem.Trainer.Tests.Exporting;

/// <summary>A person without Jem prepares images by the card alone, in Python, and gets the embeddings of <c>jem-embed</c>.</summary>
public class PreparedByTheCardTests
{
    [Test]
    public async Task Images_of_every_kind_prepared_for_a_grey_encoder_have_its_embeddings() =>
        await Check(Path.Combine(Shell.Root, "models", "fashion-mnist"));

    [Test]
    public async Task Images_of_every_kind_prepared_for_an_encoder_of_colours_have_its_embeddings()
    {
        using var folder = new TemporaryFolder();
        using var run = new TinyRun(folder.At("run"));
        run.Train(steps: 3);
        EncoderExport.Write(EncoderSource.OfRun(run.Folder), folder.At("encoder"));
        await Check(folder.At("encoder"));
    }

    [Test]
    public async Task Images_prepared_for_an_encoder_of_files_with_a_range_have_its_embeddings()
    {
        using var folder = new TemporaryFolder();
        Export(folder, "3", range: 40_000);
        await Check(folder.At("encoder"));
    }

    [Test]
    public void Samples_prepared_for_an_encoder_of_many_channels_are_those_of_jem_embed()
    {
        using var folder = new TemporaryFolder();
        Export(folder, "5", range: 0);
        var pixels = new byte[40 * 30 * 5];
        new Random(1).NextBytes(pixels);
        File.WriteAllBytes(folder.At("samples.raw"), pixels);
        Prepare(folder.At("encoder"), folder.At("samples.raw"), "40", "30");

        using (Image image = Image.NewFromMemory(pixels, 30, 40, 5, Enums.BandFormat.Uchar), bands = image.Copy(interpretation: Enums.Interpretation.Multiband))
        {
            bands.WriteToFile(folder.At("samples.tif"));
        }

        using var encoder = new Encoder(folder.At("encoder", EncoderFiles.Model));
        Assert.That(LevelsApart(encoder, Prepared(folder.At("samples.raw")), folder.At("samples.tif")), Is.LessThan(1));
    }

    /// <summary>An encoder with its first weights.</summary>
    private static void Export(TemporaryFolder folder, string channels, int range)
    {
        Assert.That(
            CommandLine.Run("graph", "simclr", "--width", "8", "--image-size", "16", "--channels", channels, "--out", folder.At("program")).Code,
            Is.Zero);
        using var initial = File.OpenRead(folder.At("program", ProgramWriter.InitialFile));
        EncoderExport.Write(new EncoderSource(folder.At("program"), Safetensors.Read(initial), 0, "nothing") { Range = range }, folder.At("encoder"));
    }

    private static async Task Check(string model)
    {
        using var folder = new TemporaryFolder();
        SavePhotograph(folder.Path);
        Prepare(model, folder.Path);

        using var encoder = new Encoder(Path.Combine(model, EncoderFiles.Model));
        string[] files = [.. Directory.GetFiles(folder.Path).Where(file => !file.EndsWith(".f32")).Order(StringComparer.Ordinal)];
        Assert.That(files, Has.Length.GreaterThan(25));
        using var session = new InferenceSession(encoder.Path!);
        using var scope = Assert.EnterMultipleScope();
        await foreach (var batch in encoder.EncodeFilesAsync(files))
        {
            Assert.That(batch.Skipped, Is.Empty);
            for (var i = 0; i < batch.Files.Count; i++)
            {
                var prepared = Prepared(batch.Files[i]);
                Assert.That(Cosine(Embedding(session, encoder.Info, prepared), batch.Vectors.Row(i).ToArray()), Is.GreaterThan(0.999), batch.Files[i]);
                Assert.That(LevelsApart(encoder, prepared, batch.Files[i]), Is.LessThan(1), batch.Files[i]);
            }
        }
    }

    private static void Prepare(string model, params string[] arguments)
    {
        var python = Python.With("PIL.ImageCms, numpy");
        Prerequisite.Require(python is not null, "Pillow is not installed: apt-get install python3-pil python3-numpy");
        var script = Path.Combine(Shell.Root, "tests", "Jem.Trainer.Tests", "Exporting", "prepare_by_the_card.py");
        var (code, errors) = Python.Run(python!, [script, Path.Combine(model, EncoderFiles.Card), .. arguments]);
        Assert.That(code, Is.Zero, errors);
    }

    private static float[] Prepared(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes($"{file}.f32")).ToArray();

    /// <summary>Soft colours without any symmetry; and as a telephone and a printer have them, with colour profiles that Pillow does not make.</summary>
    private static void SavePhotograph(string folder)
    {
        using Image small = Image.Gaussnoise(9, 7, mean: 128, sigma: 80, seed: 1)
            .Bandjoin(Image.Gaussnoise(9, 7, mean: 128, sigma: 80, seed: 2), Image.Gaussnoise(9, 7, mean: 128, sigma: 80, seed: 3));
        using Image large = small.Resize(15), bytes = large.Cast(Enums.BandFormat.Uchar), colours = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        colours.WriteToFile(Path.Combine(folder, "photograph.png"));
        using Image wide = colours.IccTransform("p3", inputProfile: "srgb"), inks = colours.IccTransform("cmyk", inputProfile: "srgb");
        wide.WriteToFile(Path.Combine(folder, "wide-with-profile.png"));
        inks.WriteToFile(Path.Combine(folder, "inks-with-profile.jpg[Q=95]"));
    }

    private static float[] Embedding(InferenceSession session, EncoderInfo info, float[] prepared)
    {
        using var image = OrtValue.CreateTensorValueFromMemory(prepared, [1, info.Channels, info.ImageSize, info.ImageSize]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [image], ["embedding"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>How far a prepared image is from that of <c>jem-embed</c>, in levels of 0 … 255, on average.</summary>
    private static double LevelsApart(Encoder encoder, float[] prepared, string file)
    {
        var info = encoder.Info;
        var own = encoder.Prepare(Imaging.ImageDecoder.Decode(file, info.Decoding)).ToArray();
        var plane = info.ImageSize * info.ImageSize;
        return own.Select((level, i) => Math.Abs((((prepared[i] * info.Std[i / plane]) + info.Mean[i / plane]) * 255) - level)).Average();
    }

    private static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
