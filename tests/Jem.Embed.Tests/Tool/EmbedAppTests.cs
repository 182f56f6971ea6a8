using System.Text.Json;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Tool.Commands;
using Jem.Embed.Vectors;

namespace Jem.Embed.Tests.Tool;

/// <summary>What the verbs make, and how they refuse what is wrong.</summary>
public sealed class EmbedAppTests : EmbedAppFixture
{
    [Test]
    public async Task Images_are_indexed_and_found()
    {
        var made = await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        Assert.That(made, Is.EqualTo((0, made.Output, "")));
        Assert.That(made.Output, Does.StartWith($"{Folder.At("index")}: 3 images (6 numbers each) in "));

        File.Delete(Model);
        var found = await RunAsync("search", TestImages.SavePlain(Folder.At("query.png"), 245, 20, 15), "--index", Folder.At("index"), "-k", "2", "--json");
        var items = JsonDocument.Parse(found.Output).RootElement.EnumerateArray().ToList();
        Assert.That(
            items.Select(item => item.GetProperty("path").GetString()),
            Is.EqualTo(new[] { Folder.At("photos/reds/red.png"), Folder.At("photos/reds/orange.jpg") }));
        Assert.That(items[0].GetProperty("rank").GetInt32(), Is.EqualTo(1));
        Assert.That(items[0].GetProperty("similarity").GetDouble(), Is.GreaterThan(0.99));

        var table = await RunAsync("search", Folder.At("query.png"), "--index", Folder.At("index"));
        Assert.That(table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
    }

    [TestCase("v.npy", "v.npy,v.txt")]
    [TestCase("v.csv", "v.csv")]
    [TestCase("v.parquet", "v.parquet")]
    public async Task Images_andFolders_are_encoded(string name, string files)
    {
        var run = await RunAsync("encode", Folder.At("photos"), Folder.At("photos/blue.webp"), "--model", Model, "--out", Folder.At($"out/{name}"));
        Assert.That(run, Is.EqualTo((0, run.Output, "")));
        Assert.That(run.Output, Does.Contain(": 4 images (6 numbers each)"));
        Assert.That(Directory.EnumerateFiles(Folder.At("out/.")).Select(Path.GetFileName).Order(), Is.EqualTo(files.Split(',')));
    }

    [TestCase("index", "--model", "encoder.onnx", "--out", "i")]
    [TestCase("encode", "--model", "encoder.onnx", "--out", "v.csv")]
    [TestCase("gallery", "--index", "made", "--out", "page.html")]
    public async Task What_is_passed_over_is_said_in_one_line(string verb, params string[] args)
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("made"));
        TestImages.SavePlain(Folder.At("photos/reds/.thumbnails/red.png"), 250, 10, 10);
        File.WriteAllText(Folder.At("photos/reds/telephone.HEIC"), "");
        var run = await RunAsync([verb, Folder.At("photos"), .. args.Select(arg => arg.StartsWith('-') ? arg : Folder.At(arg))]);
        Assert.That(
            (run.Code, run.Error),
            Is.EqualTo((0, $"{Folder.At("photos")}: passed over: 1 .heic, which is not read, 1 in a hidden folder (.thumbnails).\n")));
    }

    [Test]
    public async Task Damaged_images_are_skipped_and_named()
    {
        File.WriteAllText(Folder.At("photos/bad.jpg"), "damaged");
        var run = await RunAsync("encode", Folder.At("photos"), "--model", Model, "--out", Folder.At("v.csv"));
        Assert.That((run.Code, run.Output.Contains("3 images")), Is.EqualTo((0, true)));
        Assert.That(run.Error, Does.StartWith($"Skipped 1 of 4 files. Cannot read {Folder.At("photos/bad.jpg")} as an image: ").And.EndsWith(".\n"));
        Assert.That(run.Error.Count(character => character == '\n'), Is.EqualTo(1));
    }

    [Test]
    public async Task Nothing_is_written_when_no_image_is_left()
    {
        var run = await RunAsync("encode", Folder.At("photos/notes.txt"), "--model", Model, "--out", Folder.At("v.csv"));
        Assert.That((run.Code, run.Error.TrimEnd().Split('\n')[^1]), Is.EqualTo((1, "None of the 1 files could be read as an image; nothing is written.")));
        Assert.That(Directory.EnumerateFiles(Folder.Path, "v.csv*"), Is.Empty);
    }

    [Test]
    public async Task What_exists_is_replaced_only_on_request()
    {
        string[] encode = ["encode", Folder.At("photos"), "--model", Model, "--out", Folder.At("v.npy")];
        string[] index = ["index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index")];
        File.WriteAllText(Folder.At("v.txt"), "mine");
        Assert.That(await RunAsync(encode), Is.EqualTo((2, "", $"{Folder.At("v.txt")} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. encode, "--overwrite"])).Code, Is.Zero);
        Assert.That((await RunAsync(index)).Code, Is.Zero);
        Assert.That(await RunAsync(index), Is.EqualTo((2, "", $"{Folder.At("index")} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. index, "--overwrite"])).Code, Is.Zero);
    }

    [Test]
    public async Task AFolder_that_is_no_index_is_never_replaced()
    {
        var run = await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("photos"), "--overwrite");
        Assert.That(
            run,
            Is.EqualTo((2, "", $"{Folder.At("photos")} is a folder with other things in it, and no index; it is left as it is. Choose another --out.\n")));
        Assert.That(File.Exists(Folder.At("photos/blue.webp")));
    }

    [Test]
    public async Task An_index_that_is_being_written_is_refused_with_one_line()
    {
        using (var encoder = new Encoder(Model))
        using (new IndexWriter(Folder.At("index"), encoder, Folder.At("photos")))
        {
            var run = await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"), "--overwrite");
            Assert.That(run, Is.EqualTo((2, "", $"{Folder.At("index")} is being written by somebody else at this moment. Choose another --out.\n")));
        }

        Assert.That((await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"))).Code, Is.Zero);
    }

    [TestCase("v.npy")]
    [TestCase("v.csv")]
    [TestCase("v.parquet")]
    public async Task A_file_that_is_being_written_is_refused_with_one_line(string name)
    {
        using var writer = VectorWriter.Create(Folder.At(name), 6);
        var run = await RunAsync("encode", Folder.At("photos"), "--model", Model, "--out", Folder.At(name));
        Assert.That(run, Is.EqualTo((2, "", $"{Folder.At(name)} is being written by somebody else at this moment. Choose another --out.\n")));
    }

    [Test]
    public async Task Pictures_that_were_moved_are_told_of_and_found_by_root()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        Directory.Move(Folder.At("photos"), Folder.At("moved"));
        string[] search = ["search", Folder.At("moved/blue.webp"), "--index", Folder.At("index"), "-k", "2"];
        var lost = await RunAsync(search);
        Assert.That((lost.Code, lost.Error), Is.EqualTo((
            0,
            $"2 of the 2 pictures found are not there, such as {Folder.At("photos/blue.webp")}. "
            + "If they were moved, name the folder that was indexed by --root.\n")));
        var found = await RunAsync([.. search, "--root", Folder.At("moved")]);
        Assert.That((found.Code, found.Error, found.Output.Contains(Folder.At("moved/blue.webp"))), Is.EqualTo((0, "", true)));
        Assert.That(await RunAsync([.. search, "--root", Folder.At("none")]), Is.EqualTo((2, "", $"There is no folder {Folder.At("none")}.\n")));

        Directory.Move(Folder.At("index"), Folder.At("together/index"));
        Directory.Move(Folder.At("moved"), Folder.At("together/photos"));
        search[1] = Folder.At("together/photos/blue.webp");
        search[3] = Folder.At("together/index");
        Assert.That((await RunAsync(search)).Error, Is.Empty);
    }

    [Test]
    public async Task More_neighbours_may_be_asked_for_than_there_are()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        var page = Folder.At("page.html");
        Assert.That((await RunAsync("gallery", Folder.At("photos"), "--index", Folder.At("index"), "--out", page, "-k", "2147483647")).Code, Is.Zero);
        Assert.That(File.ReadAllText(page).Split("<img "), Has.Length.EqualTo(1 + 3 + (3 * 2)));
        var found = await RunAsync("search", Folder.At("photos/blue.webp"), "--index", Folder.At("index"), "-k", "2147483647");
        Assert.That(found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
    }

    [TestCase("-k is 1e9; expected a whole number.", "-k", "1e9")]
    [TestCase("-k is -1; expected at least 1.", "-k", "-1")]
    [TestCase("-k is given twice, as 1 and as 2; expected once.", "-k", "1", "-k", "2")]
    public async Task A_number_that_is_wrong_is_told_without_names_of_types(string complaint, params string[] flags)
    {
        var run = await RunAsync(["search", Folder.At("photos/blue.webp"), "--index", Folder.At("index"), .. flags]);
        Assert.That((run.Code, run.Error.TrimEnd()), Is.EqualTo((2, $"{complaint} See `jem-embed search --help`.")));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Such names are not allowed there.")]
    public async Task Any_name_of_a_file_is_indexed_found_and_shown_on_one_line()
    {
        var odd = Folder.At("photos/x\ny\u001b[31m\t.png");
        TestImages.SavePlain(Folder.At("plain.png"), 10, 250, 10);
        File.Move(Folder.At("plain.png"), odd);
        var made = await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        Assert.That((made.Code, made.Output.Contains("4 images"), made.Error), Is.EqualTo((0, true, "")));
        var found = await RunAsync("search", odd, "--index", Folder.At("index"), "-k", "1");
        Assert.That(found.Output, Is.EqualTo($"   1   1.0000  {Folder.At("photos/")}x\\ny\\u001b[31m\\t.png\n"));
        var json = await RunAsync("search", odd, "--index", Folder.At("index"), "-k", "1", "--json");
        Assert.That(JsonDocument.Parse(json.Output).RootElement[0].GetProperty("path").GetString(), Is.EqualTo(odd));
        File.WriteAllText(odd, "no image");
        var error = (await RunAsync("search", odd, "--index", Folder.At("index"))).Error;
        Assert.That(error, Does.StartWith($"Cannot read {Folder.At("photos/")}x\\ny\\u001b[31m\\t.png as an image: "));
        foreach (var name in new[] { "v.npy", "v.csv", "v.parquet" })
        {
            Assert.That((await RunAsync("encode", Folder.At("photos"), "--model", Model, "--out", Folder.At(name))).Code, Is.Zero);
        }
    }

    [TestCase(2, "There is no encoder {0}/none.onnx.", "search", "encoder.onnx", "--index", "made", "--model", "none.onnx")]
    [TestCase(2, "{0}/photos is no index: it has no index.json. Make one with `jem-embed index`.", "search", "encoder.onnx", "--index", "photos")]
    [TestCase(2, "There is no index {0}/i. Make one with `jem-embed index`.", "gallery", "photos", "--index", "i", "--out", "v.csv")]
    [TestCase(
        2,
        "Cannot write vectors to {0}/photos: the ending is ''; expected one of .parquet, .npy, .csv.",
        "encode", "photos", "--model", "encoder.onnx", "--out", "photos")]
    [TestCase(2, "There is no folder {0}/none.", "index", "none", "--model", "encoder.onnx", "--out", "i")]
    [TestCase(2, "There is no image or folder {0}/none.", "encode", "none", "--model", "encoder.onnx", "--out", "v.csv")]
    [TestCase(2, "There is no encoder {0}/none.onnx.", "encode", "photos", "--model", "none.onnx", "--out", "v.csv")]
    [TestCase(2, "There is no image {0}/none.png.", "search", "none.png", "--index", "i")]
    [TestCase(2, "There is no index {0}/i. Make one with `jem-embed index`.", "search", "encoder.onnx", "--index", "i")]
    [TestCase(2, "{0}/encoder.onnx is a file; expected a folder of images.", "index", "encoder.onnx", "--model", "encoder.onnx", "--out", "i")]
    [TestCase(
        2, "{0}/encoder.onnx is a file; an index is a folder. Choose another --out.", "index", "photos", "--model", "encoder.onnx", "--out", "encoder.onnx")]
    [TestCase(
        1, "There are no images in {0}/empty: looked for .jpg .jpeg .jfif .png .webp .avif .bmp .tif .tiff .gif, in sub-folders too.", "index", "empty",
        "--model", "encoder.onnx", "--out", "i")]
    public async Task What_is_missing_is_one_clear_line(int code, string message, params string[] args)
    {
        Directory.CreateDirectory(Folder.At("empty"));
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("made"));
        var names = new[] { "made", "none", "none.png", "none.onnx", "encoder.onnx", "photos", "i", "v.csv", "empty" };
        var run = await RunAsync([.. args.Select(argument => names.Contains(argument) ? Folder.At(argument) : argument)]);
        Assert.That(run, Is.EqualTo((code, "", $"{string.Format(null, message, Folder.Path)}\n")));
    }

    [TestCase("Option '--model' is required. Option '--out' is required. See `jem-embed encode --help`.", "encode", "photos")]
    [TestCase("-k is 0; expected at least 1. See `jem-embed search --help`.", "search", "a.png", "--index", "i", "-k", "0")]
    [TestCase("Unknown 'serch'. Did you mean 'search'? See `jem-embed --help`.", "serch", "a.png")]
    [TestCase("Unknown '--indx'. Did you mean '--index'? See `jem-embed search --help`.", "search", "--indx", "i", "a.png")]
    [TestCase("An argument is empty. Is a variable of the shell not set?", "index", "photos", "--model", "encoder.onnx", "--out", "")]
    [TestCase("Required command was not provided. See `jem-embed --help`.")]
    public async Task Wrong_usage_is_one_line_and_code_2(string message, params string[] args) =>
        Assert.That(await RunAsync(args), Is.EqualTo((2, "", $"{message}\n")));

    [TestCase("encode")]
    [TestCase("index")]
    [TestCase("search")]
    [TestCase("gallery")]
    public async Task Help_ends_with_an_example(string verb)
    {
        var run = await RunAsync(verb, "--help");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Match($@"Usage:\s.*{verb}[\s\S]*Example:\s+jem-embed {verb} "));
    }

    [Test]
    public async Task Interruption_is_code_130_and_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        using var output = new StringWriter();
        var code = await EmbedApp.RunAsync(
            ["encode", Folder.At("photos"), "--model", Model, "--out", Folder.At("v.csv")], output, output, cancellation.Token);
        Assert.That((code, output.ToString()), Is.EqualTo((130, "Interrupted.\n")));
        Assert.That(Directory.EnumerateFiles(Folder.Path, "v.csv*"), Is.Empty);
    }

    [Test]
    public async Task A_terminal_that_is_gone_costs_no_index()
    {
        File.WriteAllText(Folder.At("photos/telephone.heic"), "of a kind that is not read");
        using var output = new StringWriter();
        using var gone = new GoneWriter();
        string[] args = ["index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index")];
        Assert.That(await EmbedApp.RunAsync(args, output, gone), Is.Zero);
        Assert.That(gone.Lines, Is.GreaterThan(0), "what was passed over was to be said");
    }

    private sealed class GoneWriter : StringWriter
    {
        public int Lines { get; private set; }

        public override void WriteLine(string? value)
        {
            Lines++;
            throw new IOException("The terminal is gone.");
        }
    }
}
