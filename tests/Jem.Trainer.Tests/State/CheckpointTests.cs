using System.Text;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.State;

namespace Jem.Trainer.Tests.State;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.At("one.safetensors");

    public void Dispose() => _folder.Dispose();

    [Test]
    public void What_was_written_is_read()
    {
        var written = Of(42);
        written.Write(File);
        var read = Checkpoint.Read(File);
        Assert.Multiple(() =>
        {
            Assert.That((read.Step, read.Knn), Is.EqualTo((42L, new KnnRecord(40, 0.123456789012345, 1, 42))));
            Assert.That(read.Configuration.ToJsonString(), Is.EqualTo("""{"method":"simclr","options":{"batch":8}}"""));
            Assert.That(read.Tensors.Select(tensor => (tensor.Name, tensor.Type)), Is.EqualTo(new[] { ("w", DType.Float), ("queue_pointer", DType.Int64) }));
            Assert.That(read.Tensors.Select(tensor => tensor.Data), Is.EqualTo(written.Tensors.Select(tensor => tensor.Data)));
        });
    }

    [Test]
    public void A_file_that_was_cut_short_anywhere_is_refused()
    {
        Of(5).Write(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            Assert.That(
                () => Checkpoint.Read(File),
                Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"The checkpoint {File} is broken:"),
                $"{length} of {bytes.Length} bytes");
        }
    }

    [Test]
    public void A_file_in_which_any_byte_was_altered_is_refused()
    {
        Of(5).Write(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var at = 0; at < bytes.Length; at++)
        {
            var altered = (byte[])bytes.Clone();
            altered[at] ^= 1;

            // Space that pads the header carries nothing.
            if (bytes[at] == ' ')
            {
                continue;
            }

            System.IO.File.WriteAllBytes(File, altered);
            Assert.That(() => Checkpoint.Read(File), Throws.TypeOf<InvalidDataException>(), $"byte {at}: '{(char)bytes[at]}'");
        }
    }

    [Test]
    public void An_altered_weight_is_told_from_a_damaged_file()
    {
        Of(5).Write(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.That(() => Checkpoint.Read(File), Throws.TypeOf<InvalidDataException>().With.Message.Match(
            @"is broken: it was altered: its SHA-256 is [0-9a-f]{12}…, expected [0-9a-f]{12}…\. Delete it to use the one before\.$"));
    }

    [Test]
    public void A_safetensors_file_of_somebody_else_is_no_checkpoint()
    {
        using (var file = System.IO.File.Create(File))
        {
            Safetensors.Write(file, [NamedTensor.FromFloats("w", [1], [1])]);
        }

        Assert.That(() => Checkpoint.Read(File), Throws.TypeOf<InvalidDataException>().With.Message.Contains("its format is 'none', expected '1'"));
    }

    [Test]
    public void A_later_format_is_told_of_and_nobody_is_asked_to_delete_it()
    {
        using (var file = System.IO.File.Create(File))
        {
            Safetensors.Write(file, [NamedTensor.FromFloats("w", [1], [1])], new Dictionary<string, string> { ["jem.checkpoint"] = "2" });
        }

        Assert.That(() => Checkpoint.Read(File), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The checkpoint {File} is of format 2; this version of jem reads format 1. Go on with the run by the version of jem that wrote it."));
    }

    [Test]
    public void Bytes_after_the_end_are_refused()
    {
        Of(5).Write(File);
        System.IO.File.AppendAllText(File, "more", Encoding.ASCII);
        Assert.That(() => Checkpoint.Read(File), Throws.TypeOf<InvalidDataException>().With.Message.Contains("4 bytes follow its end"));
    }

    internal static Checkpoint Of(long step, KnnRecord? knn = null) => new(
        step,
        new JsonObject { ["method"] = "simclr", ["options"] = new JsonObject { ["batch"] = 8 } },
        knn ?? new KnnRecord(40, 0.123456789012345, 1, 42),
        [NamedTensor.FromFloats("w", [1, 1], [step]), new NamedTensor("queue_pointer", DType.Int64, [], BitConverter.GetBytes(step))]);
}
