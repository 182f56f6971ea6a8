using System.Text.Json;
using Jem.Embed.Tool.Commands;

namespace Jem.Embed.Tests.Tool;

public sealed class EmbedAppTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public EmbedAppTests()
    {
        _model = TestEncoder.Write(_folder.At("encoder.onnx"));
        TestImages.SavePlain(_folder.At("photos/reds/red.png"), 250, 10, 10);
        TestImages.SavePlain(_folder.At("photos/reds/orange.jpg"), 240, 90, 10);
        TestImages.SavePlain(_folder.At("photos/blue.webp"), 10, 10, 250);
        File.WriteAllText(_folder.At("photos/notes.txt"), "no image");
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Images_are_indexed_and_found()
    {
        var made = await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        Assert.That(made, Is.EqualTo((0, made.Output, "")));
        Assert.That(made.Output, Does.StartWith($"{_folder.At("index")}: 3 images (6 numbers each) in "));

        File.Delete(_model);
        var found = await RunAsync("search", TestImages.SavePlain(_folder.At("query.png"), 245, 20, 15), "--index", _folder.At("index"), "-k", "2", "--json");
        var items = JsonDocument.Parse(found.Output).RootElement.EnumerateArray().ToList();
        Assert.That(
            items.Select(item => item.GetProperty("path").GetString()),
            Is.EqualTo(new[] { _folder.At("photos/reds/red.png"), _folder.At("photos/reds/orange.jpg") }));
        Assert.That(items[0].GetProperty("rank").GetInt32(), Is.EqualTo(1));
        Assert.That(items[0].GetProperty("similarity").GetDouble(), Is.GreaterThan(0.99));

        var table = await RunAsync("search", _folder.At("query.png"), "--index", _folder.At("index"));
        Assert.That(table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
    }

    [TestCase("v.npy", "v.npy,v.txt")]
    [TestCase("v.csv", "v.csv")]
    [TestCase("v.parquet", "v.parquet")]
    public async Task Images_and_folders_are_encoded(string name, string files)
    {
        var run = await RunAsync("encode", _folder.At("photos"), _folder.At("photos/blue.webp"), "--model", _model, "--out", _folder.At($"out/{name}"));
        Assert.That(run, Is.EqualTo((0, run.Output, "")));
        Assert.That(run.Output, Does.Contain(": 4 images (6 numbers each)"));
        Assert.That(Directory.EnumerateFiles(_folder.At("out/.")).Select(Path.GetFileName).Order(), Is.EqualTo(files.Split(',')));
    }

    [TestCase("index", "--model", "encoder.onnx", "--out", "i")]
    [TestCase("encode", "--model", "encoder.onnx", "--out", "v.csv")]
    [TestCase("gallery", "--index", "made", "--out", "page.html")]
    public async Task What_is_passed_over_is_said_in_one_line(string verb, params string[] args)
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("made"));
        TestImages.SavePlain(_folder.At("photos/reds/.thumbnails/red.png"), 250, 10, 10);
        File.WriteAllText(_folder.At("photos/reds/telephone.HEIC"), "");
        var run = await RunAsync([verb, _folder.At("photos"), .. args.Select(arg => arg.StartsWith('-') ? arg : _folder.At(arg))]);
        Assert.That(
            (run.Code, run.Error),
            Is.EqualTo((0, $"{_folder.At("photos")}: passed over: 1 .heic, which is not read, 1 in a hidden folder (.thumbnails).\n")));
    }

    [Test]
    public async Task Damaged_images_are_skipped_and_named()
    {
        File.WriteAllText(_folder.At("photos/bad.jpg"), "damaged");
        var run = await RunAsync("encode", _folder.At("photos"), "--model", _model, "--out", _folder.At("v.csv"));
        Assert.That((run.Code, run.Output.Contains("3 images")), Is.EqualTo((0, true)));
        Assert.That(run.Error, Does.StartWith($"Skipped 1 of 4 files. Cannot read {_folder.At("photos/bad.jpg")} as an image: ").And.EndsWith(".\n"));
        Assert.That(run.Error.Count(character => character == '\n'), Is.EqualTo(1));
    }

    [Test]
    public async Task Nothing_is_written_when_no_image_is_left()
    {
        var run = await RunAsync("encode", _folder.At("photos/notes.txt"), "--model", _model, "--out", _folder.At("v.csv"));
        Assert.That((run.Code, run.Error.TrimEnd().Split('\n')[^1]), Is.EqualTo((1, "None of the 1 files could be read as an image; nothing is written.")));
        Assert.That(Directory.EnumerateFiles(_folder.Path, "v.csv*"), Is.Empty);
    }

    [Test]
    public async Task What_exists_is_replaced_only_on_request()
    {
        string[] encode = ["encode", _folder.At("photos"), "--model", _model, "--out", _folder.At("v.npy")];
        string[] index = ["index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index")];
        File.WriteAllText(_folder.At("v.txt"), "mine");
        Assert.That(await RunAsync(encode), Is.EqualTo((2, "", $"{_folder.At("v.txt")} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. encode, "--overwrite"])).Code, Is.Zero);
        Assert.That((await RunAsync(index)).Code, Is.Zero);
        Assert.That(await RunAsync(index), Is.EqualTo((2, "", $"{_folder.At("index")} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. index, "--overwrite"])).Code, Is.Zero);
    }

    [Test]
    public async Task A_folder_that_is_no_index_is_never_replaced()
    {
        var run = await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("photos"), "--overwrite");
        Assert.That(
            run,
            Is.EqualTo((2, "", $"{_folder.At("photos")} is a folder with other things in it; an index would replace them. Choose another --out.\n")));
        Assert.That(File.Exists(_folder.At("photos/blue.webp")));
    }

    [Test]
    public async Task Another_encoder_than_the_indexs_is_refused()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        var run = await RunAsync(
            "search", _folder.At("photos/blue.webp"), "--index", _folder.At("index"), "--model", TestEncoder.Write(_folder.At("other.onnx"), dimension: 7));
        Assert.That((run.Code, run.Error), Is.EqualTo((1, run.Error)));
        Assert.That(run.Error, Does.Contain("was made with another encoder"));
    }

    [TestCase("search")]
    [TestCase("gallery")]
    public async Task An_index_that_lost_its_encoder_is_a_failure_that_says_what_to_do(string verb)
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        File.Delete(_folder.At("index/encoder.onnx"));
        string[] page = verb == "gallery" ? ["--out", _folder.At("page.html")] : [];
        var run = await RunAsync([verb, _folder.At("photos/blue.webp"), "--index", _folder.At("index"), .. page]);
        var lost = $"The index {_folder.At("index")} has lost encoder.onnx. Put a copy of its encoder there, or make the index again.\n";
        Assert.That(run, Is.EqualTo((1, "", lost)));
    }

    [Test]
    public async Task A_gallery_by_another_encoder_than_the_indexs_is_refused()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        TestEncoder.Write(_folder.At("index/encoder.onnx"), dimension: 7);
        var run = await RunAsync("gallery", _folder.At("photos"), "--index", _folder.At("index"), "--out", _folder.At("page.html"));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain("was made with another encoder"));
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
        1, "There are no images in {0}/empty: looked for .jpg .jpeg .jfif .png .webp .bmp .tif .tiff .gif, in sub-folders too.", "index", "empty",
        "--model", "encoder.onnx", "--out", "i")]
    public async Task What_is_missing_is_one_clear_line(int code, string message, params string[] args)
    {
        Directory.CreateDirectory(_folder.At("empty"));
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("made"));
        var names = new[] { "made", "none", "none.png", "none.onnx", "encoder.onnx", "photos", "i", "v.csv", "empty" };
        var run = await RunAsync([.. args.Select(argument => names.Contains(argument) ? _folder.At(argument) : argument)]);
        Assert.That(run, Is.EqualTo((code, "", $"{string.Format(null, message, _folder.Path)}\n")));
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
            ["encode", _folder.At("photos"), "--model", _model, "--out", _folder.At("v.csv")], output, output, cancellation.Token);
        Assert.That((code, output.ToString()), Is.EqualTo((130, "Interrupted.\n")));
        Assert.That(Directory.EnumerateFiles(_folder.Path, "v.csv*"), Is.Empty);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await EmbedApp.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
