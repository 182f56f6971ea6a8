using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Tests.Index;

public sealed class IndexWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Encoder _encoder;

    public IndexWriterTests() => _encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx"), dimension: 2));

    private string Index => _folder.At("index");

    private string Part => $"{Index}.part";

    public void Dispose()
    {
        _encoder.Dispose();
        _folder.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_folder_of_photographs_is_left_as_it_is_whatever_its_files_are_called(bool overwrite)
    {
        string[] files = [_folder.At("index/encoder.onnx"), _folder.At("index/vectors.npy"), _folder.At("index/holiday.jpg")];
        Array.ForEach(files, file => File.WriteAllText(file, "mine"));
        Assert.That(
            () => new IndexWriter(Index, _encoder, _folder.Path, overwrite),
            Throws.TypeOf<IndexPlaceException>().With.Message.Contains("is a folder with other things in it, and no index"));
        Assert.That(files.Select(File.ReadAllText), Is.All.EqualTo("mine"));
        Assert.That(Directory.Exists(Part), Is.False);
    }

    [Test]
    public void A_part_folder_of_somebody_else_is_left_as_it_is()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Part, "new")).FullName, "vectors.npy"), "mine");
        Assert.That(
            () => new IndexWriter(Index, _encoder, _folder.Path, overwrite: true),
            Throws.TypeOf<IndexPlaceException>().With.Message.StartsWith($"{Part} is in the way"));
        Assert.That(File.ReadAllText(Path.Combine(Part, "new", "vectors.npy")), Is.EqualTo("mine"));
    }

    [Test]
    public async Task An_index_is_replaced_only_on_request()
    {
        await WriteAsync("old.png");
        Assert.That(
            () => new IndexWriter(Index, _encoder, _folder.Path),
            Throws.TypeOf<IndexPlaceException>().With.Message.EqualTo($"{Index} exists.").And.Property("IsIndex").True);
        await WriteAsync("new.png", overwrite: true);
        Assert.That(Names(), Is.EqualTo(new[] { "new.png" }));
    }

    [Test]
    public async Task What_others_put_into_an_index_outlives_it()
    {
        await WriteAsync("old.png");
        File.WriteAllText(_folder.At("index/notes.txt"), "mine");
        File.WriteAllText(_folder.At("index/more/notes.txt"), "mine too");
        await WriteAsync("new.png", overwrite: true);
        Assert.That(Names(), Is.EqualTo(new[] { "new.png" }));
        Assert.That(File.ReadAllText(_folder.At("index/notes.txt")) + File.ReadAllText(_folder.At("index/more/notes.txt")), Is.EqualTo("minemine too"));
        Assert.That(Directory.Exists(Part), Is.False);
    }

    [Test]
    public async Task Of_two_writers_the_first_wins_and_the_second_is_refused()
    {
        using (var first = new IndexWriter(Index, _encoder, _folder.Path))
        {
            await first.WriteAsync(["first.png"], One());
            Assert.That(
                () => new IndexWriter(Index, _encoder, _folder.Path, overwrite: true),
                Throws.TypeOf<IndexPlaceException>().With.Message.EqualTo($"{Index} is being written by somebody else at this moment."));
            await first.CompleteAsync();
        }

        Assert.That(Names(), Is.EqualTo(new[] { "first.png" }));
        Assert.That(Directory.Exists(Part), Is.False);
    }

    [Test]
    public void Many_writers_at_once_leave_one_whole_index()
    {
        var done = 0;
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            try
            {
                using var writer = new IndexWriter(Index, _encoder, _folder.Path, overwrite: true);
                for (var row = 0; row <= i; row++)
                {
                    writer.WriteAsync([$"{i}.png"], One()).GetAwaiter().GetResult();
                }

                writer.CompleteAsync().GetAwaiter().GetResult();
                Interlocked.Increment(ref done);
            }
            catch (IndexPlaceException)
            {
            }
        });
        Assert.That(done, Is.GreaterThan(0));
        Assert.That(Names().Distinct().Count(), Is.EqualTo(1));
        Assert.That(Names(), Has.Length.EqualTo(int.Parse(Path.GetFileNameWithoutExtension(Names()[0])) + 1));
        Assert.That(Directory.Exists(Part), Is.False);
    }

    [Test]
    public async Task A_search_that_opens_while_the_index_is_replaced_gets_the_old_one_or_the_new_one()
    {
        await WriteAsync("old.png");
        using var end = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await WriteAsync($"{i}.png", overwrite: true);
            }

            end.Cancel();
        });
        while (!end.IsCancellationRequested && !writing.IsFaulted)
        {
            Assert.That(Names(), Has.Length.EqualTo(1));
        }

        await writing;
    }

    [Test]
    public async Task A_writer_that_was_killed_between_the_two_indexes_loses_neither()
    {
        await WriteAsync("old.png");
        Kill();
        Directory.Move(Index, Path.Combine(Part, "old"));
        Assert.That(Names(), Is.EqualTo(new[] { "old.png" }), "it is found where it was set aside");

        using (new IndexWriter(Index, _encoder, _folder.Path, overwrite: true))
        {
            Assert.That(File.Exists(Path.Combine(Index, IndexManifest.FileName)), "the next writer puts it back");
        }

        Assert.That((Names()[0], Directory.Exists(Part)), Is.EqualTo(("old.png", false)));
    }

    [Test]
    public async Task A_folder_made_where_a_killed_writer_s_index_was_costs_no_index()
    {
        await WriteAsync("old.png");
        Kill();
        Directory.Move(Index, Path.Combine(Part, "old"));
        Directory.CreateDirectory(Index);
        Assert.That(() => new IndexWriter(Index, _encoder, _folder.Path).Dispose(), Throws.TypeOf<IndexPlaceException>());
        Assert.That((Names()[0], Directory.Exists(Part)), Is.EqualTo(("old.png", false)));
    }

    [Test]
    public async Task Files_of_two_indexes_that_have_one_name_are_not_put_together()
    {
        await WriteAsync("old.png");
        Kill();
        Directory.Move(Index, Path.Combine(Part, "old"));
        File.WriteAllText(Path.Combine(Part, "old", "notes.txt"), "old");
        Directory.Move(Path.Combine(Part, "new"), Index);
        await WriteAsync("new.png", overwrite: true);
        Assert.That(File.ReadAllText(_folder.At("index/notes.txt")), Is.EqualTo("old"), "it had no other of its name");

        Kill();
        Directory.CreateDirectory(Path.Combine(Part, "old"));
        File.WriteAllText(Path.Combine(Part, "old", "notes.txt"), "another");
        Assert.That(
            () => new IndexWriter(Index, _encoder, _folder.Path, overwrite: true),
            Throws.TypeOf<IndexPlaceException>().With.Message.Contains("Move them away"));
        Assert.That(File.ReadAllText(Path.Combine(Part, "old", "notes.txt")) + File.ReadAllText(_folder.At("index/notes.txt")), Is.EqualTo("anotherold"));
    }

    [Test]
    public async Task What_a_killed_writer_left_is_taken_over()
    {
        Kill();
        File.WriteAllText(Path.Combine(Part, "new", "vectors.npy.partial"), "half");
        await WriteAsync("new.png");
        Assert.That((Names()[0], Directory.Exists(Part)), Is.EqualTo(("new.png", false)));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public async Task A_link_to_the_place_of_an_index_stays_one()
    {
        Directory.CreateSymbolicLink(Index, Directory.CreateDirectory(_folder.At("disk/real")).FullName);
        await WriteAsync("a.png");
        await WriteAsync("b.png", overwrite: true);
        Assert.That(new DirectoryInfo(Index).LinkTarget, Is.EqualTo(_folder.At("disk/real")));
        Assert.That(Names(), Is.EqualTo(new[] { "b.png" }));
        Assert.That(Directory.GetFileSystemEntries(_folder.At("disk/.")).Select(Path.GetFileName), Is.EqualTo(new[] { "real" }));
    }

    [Test]
    public void Names_and_vectors_that_do_not_match_are_refused()
    {
        using var writer = new IndexWriter(Index, _encoder, _folder.Path);
        Assert.That(
            async () => await writer.WriteAsync(["a", "b"], One()),
            Throws.ArgumentException.With.Message.StartsWith("2 names came with 1 vectors of 2"));
        Assert.That(
            async () => await writer.WriteAsync(["a"], new VectorMatrix(new float[3], 1, 3)),
            Throws.ArgumentException.With.Message.Contains("vectors of 2."));
    }

    [Test]
    public void A_vector_that_is_not_finite_is_refused_by_name()
    {
        using var writer = new IndexWriter(Index, _encoder, _folder.Path);
        Assert.That(
            async () => await writer.WriteAsync(["good.png", "bad.png"], new VectorMatrix(new float[] { 1, 2, 3, float.NaN }, 2, 2)),
            Throws.TypeOf<JemException>().With.Message.Contains("is not finite for bad.png: number 1 of it is NaN."));
    }

    [Test]
    public async Task Names_with_line_breaks_and_quotes_are_read_back()
    {
        string[] names = ["x\ny.png", "\"quoted\".png", "tab\t.png", "back\\slash\\n.png", "plain, ü.png"];
        using (var writer = new IndexWriter(Index, _encoder, _folder.Path))
        {
            await writer.WriteAsync(names, new VectorMatrix(new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 }, 5, 2));
            await writer.CompleteAsync();
        }

        Assert.That(Names(), Is.EqualTo(names));
    }

    private static VectorMatrix One() => new(new float[] { 1, 2 }, 1, 2);

    // What a process that was killed leaves: the lock's file, held by nobody.
    private void Kill()
    {
        Directory.CreateDirectory(Path.Combine(Part, "new"));
        File.WriteAllText(Path.Combine(Part, "jem-index.lock"), "");
    }

    private string[] Names()
    {
        using var index = VectorIndex.Open(Index);
        return [.. index.Names];
    }

    private async Task WriteAsync(string name, bool overwrite = false)
    {
        using var writer = new IndexWriter(Index, _encoder, _folder.Path, overwrite);
        await writer.WriteAsync([name], One());
        await writer.CompleteAsync();
    }
}
