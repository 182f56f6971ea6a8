using System.Text.Json;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Tool.Commands;
using Jem.Embed.Vectors;

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
            Is.EqualTo((2, "", $"{_folder.At("photos")} is a folder with other things in it, and no index; it is left as it is. Choose another --out.\n")));
        Assert.That(File.Exists(_folder.At("photos/blue.webp")));
    }

    [Test]
    public async Task An_index_that_is_being_written_is_refused_with_one_line()
    {
        using (var encoder = new Encoder(_model))
        using (new IndexWriter(_folder.At("index"), encoder, _folder.At("photos")))
        {
            var run = await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"), "--overwrite");
            Assert.That(run, Is.EqualTo((2, "", $"{_folder.At("index")} is being written by somebody else at this moment. Choose another --out.\n")));
        }

        Assert.That((await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"))).Code, Is.Zero);
    }

    [TestCase("v.npy")]
    [TestCase("v.csv")]
    [TestCase("v.parquet")]
    public async Task A_file_that_is_being_written_is_refused_with_one_line(string name)
    {
        using var writer = VectorWriter.Create(_folder.At(name), 6);
        var run = await RunAsync("encode", _folder.At("photos"), "--model", _model, "--out", _folder.At(name));
        Assert.That(run, Is.EqualTo((2, "", $"{_folder.At(name)} is being written by somebody else at this moment. Choose another --out.\n")));
    }

    [Test]
    public async Task Folders_are_classes_on_a_page_only_where_there_are_several()
    {
        async Task<string> PageOf(string folder)
        {
            await RunAsync("index", _folder.At(folder), "--model", _model, "--out", _folder.At("index"), "--overwrite");
            await RunAsync("gallery", _folder.At(folder), "--index", _folder.At("index"), "--out", _folder.At("page.html"), "--overwrite");
            return File.ReadAllText(_folder.At("page.html"));
        }

        TestImages.SavePlain(_folder.At("flat/a.png"), 10, 10, 250);
        TestImages.SavePlain(_folder.At("flat/b.png"), 250, 10, 10);
        Assert.That(await PageOf("flat"), Does.Not.Contain("green frame").And.Contain(" b.png</figcaption>"));
        Assert.That(await PageOf("photos"), Does.Contain("green frame").And.Contain(" reds</figcaption>"));
    }

    [Test]
    public async Task A_page_replaces_a_file_only_on_request()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        string[] gallery = ["gallery", _folder.At("photos"), "--index", _folder.At("index"), "--out", _folder.At("index/encoder.onnx")];
        var before = File.ReadAllBytes(_folder.At("index/encoder.onnx"));
        Assert.That(
            await RunAsync([.. gallery, "--overwrite"]),
            Is.EqualTo((2, "", $"{gallery[^1]} is there and no .html file: it is not replaced, even with --overwrite. Choose another --out.\n")));
        Assert.That(File.ReadAllBytes(_folder.At("index/encoder.onnx")), Is.EqualTo(before));
        gallery[^1] = _folder.At("pages/page.html");
        Assert.That((await RunAsync(gallery)).Code, Is.Zero);
        Assert.That(
            await RunAsync(gallery),
            Is.EqualTo((2, "", $"{gallery[^1]} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. gallery, "--overwrite"])).Code, Is.Zero);
    }

    [Test]
    public async Task Pictures_that_were_moved_are_told_of_and_found_by_root()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        Directory.Move(_folder.At("photos"), _folder.At("moved"));
        string[] search = ["search", _folder.At("moved/blue.webp"), "--index", _folder.At("index"), "-k", "2"];
        var lost = await RunAsync(search);
        Assert.That((lost.Code, lost.Error), Is.EqualTo((
            0,
            $"2 of the 2 pictures found are not there, such as {_folder.At("photos/blue.webp")}. "
            + "If they were moved, name the folder that was indexed by --root.\n")));
        var found = await RunAsync([.. search, "--root", _folder.At("moved")]);
        Assert.That((found.Code, found.Error, found.Output.Contains(_folder.At("moved/blue.webp"))), Is.EqualTo((0, "", true)));
        Assert.That(await RunAsync([.. search, "--root", _folder.At("none")]), Is.EqualTo((2, "", $"There is no folder {_folder.At("none")}.\n")));

        Directory.Move(_folder.At("index"), _folder.At("together/index"));
        Directory.Move(_folder.At("moved"), _folder.At("together/photos"));
        search[1] = _folder.At("together/photos/blue.webp");
        search[3] = _folder.At("together/index");
        Assert.That((await RunAsync(search)).Error, Is.Empty);
    }

    [Test]
    public async Task One_bad_picture_never_costs_the_page()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        File.Delete(_folder.At("photos/reds/orange.jpg"));
        File.WriteAllText(_folder.At("photos/<broken>.png"), "no image");
        string[] gallery = ["gallery", _folder.At("photos"), "--index", _folder.At("index"), "--out", _folder.At("page.html")];
        var run = await RunAsync(gallery);
        Assert.That((run.Code, run.Output), Is.EqualTo((0, $"{_folder.At("page.html")}: 3 images with their nearest of 3. Open it in a browser.\n")));
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.That(lines[0], Does.StartWith($"3 pictures of the page cannot be shown. Cannot read {_folder.At("photos/<broken>.png")} as an image: "));
        Assert.That(lines[1], Does.StartWith($"2 of the 4 pictures found are not there, such as {_folder.At("photos/reds/orange.jpg")}."));
        var page = File.ReadAllText(_folder.At("page.html"));
        Assert.That((page.Split("<div class=\"none\"").Length, page.Split("<img ").Length), Is.EqualTo((4, 5)));
        Assert.That(page, Does.Contain("&lt;broken&gt;.png as an image").And.Not.Contain("<broken>"));
    }

    [Test]
    public async Task No_page_is_written_when_no_image_is_left()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        var run = await RunAsync("gallery", _folder.At("photos/notes.txt"), "--index", _folder.At("index"), "--out", _folder.At("page.html"));
        Assert.That((run.Code, run.Error.TrimEnd().Split('\n')[^1]), Is.EqualTo((1, "None of the 1 files could be read as an image; nothing is written.")));
        Assert.That(Directory.EnumerateFiles(_folder.Path, "page.html*"), Is.Empty);
    }

    [Test]
    public async Task More_neighbours_may_be_asked_for_than_there_are()
    {
        await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        var page = _folder.At("page.html");
        Assert.That((await RunAsync("gallery", _folder.At("photos"), "--index", _folder.At("index"), "--out", page, "-k", "2147483647")).Code, Is.Zero);
        Assert.That(File.ReadAllText(page).Split("<img "), Has.Length.EqualTo(1 + 3 + (3 * 2)));
        var found = await RunAsync("search", _folder.At("photos/blue.webp"), "--index", _folder.At("index"), "-k", "2147483647");
        Assert.That(found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
    }

    [TestCase("-k is 1e9; expected a whole number.", "-k", "1e9")]
    [TestCase("-k is -1; expected at least 1.", "-k", "-1")]
    [TestCase("-k is given twice, as 1 and as 2; expected once.", "-k", "1", "-k", "2")]
    public async Task A_number_that_is_wrong_is_told_without_names_of_types(string complaint, params string[] flags)
    {
        var run = await RunAsync(["search", _folder.At("photos/blue.webp"), "--index", _folder.At("index"), .. flags]);
        Assert.That((run.Code, run.Error.TrimEnd()), Is.EqualTo((2, $"{complaint} See `jem-embed search --help`.")));
    }

    [TestCase("encode", "--out", "v.csv")]
    [TestCase("encode", "--out", "v.npy")]
    [TestCase("encode", "--out", "v.parquet")]
    [TestCase("index", "--out", "i")]
    public async Task An_encoder_that_is_broken_is_told_with_the_image_and_leaves_nothing(string verb, string option, string name)
    {
        TestEncoder.Write(_model, change: model => TestEncoder.SetWeights(model, _ => float.NaN));
        var run = await RunAsync(verb, _folder.At("photos"), "--model", _model, option, _folder.At(name));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith($"{_model} gives a vector that is not finite for {_folder.At("photos/blue.webp")}: number 0 of it is NaN."));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "encoder.onnx", "photos" }));
    }

    [TestCase("search", "blue.webp")]
    [TestCase("gallery", "", "--out", "page.html")]
    public async Task A_query_that_is_not_finite_is_told_with_the_image(string verb, string query, params string[] rest)
    {
        // Of black pixels the numbers overflow, of the others they do not.
        TestEncoder.Write(_model, change: model => TestEncoder.SetWeights(model, i => i % 12 < 4 ? float.MaxValue : 1));
        await RunAsync("index", _folder.At("photos/reds"), "--model", TestEncoder.Write(_folder.At("good.onnx")), "--out", _folder.At("i"));
        File.Copy(_model, _folder.At("i/encoder.onnx"), overwrite: true);
        var manifest = IndexManifest.Read(_folder.At("i"));
        using (var encoder = new Encoder(_model))
        {
            (manifest with { EncoderSha256 = encoder.Sha256 }).Write(_folder.At("i"));
        }

        var options = rest.Select(part => part.StartsWith('-') ? part : _folder.At(part));
        var run = await RunAsync([verb, Path.Combine(_folder.At("photos"), query), "--index", _folder.At("i"), .. options]);
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain($"encoder.onnx gives a vector that is not finite for {_folder.At("photos/")}"));
    }

    [TestCase("encode", "--out", "v.csv")]
    [TestCase("index", "--out", "i")]
    public async Task An_encoder_that_gives_one_vector_for_all_images_is_warned_of(string verb, string option, string name)
    {
        TestEncoder.Write(_model, change: model => TestEncoder.SetWeights(model, _ => 0));
        var run = await RunAsync(verb, _folder.At("photos"), "--model", _model, option, _folder.At(name));
        var warning = $"3 of 3 different images got the same vector as {_folder.At("photos/blue.webp")} (zeros): {_model} may have collapsed. "
            + "Similarities between them mean nothing.\n";
        Assert.That((run.Code, run.Error), Is.EqualTo((0, warning)));
        if (verb == "index")
        {
            var gallery = await RunAsync("gallery", _folder.At("photos"), "--index", _folder.At(name), "--out", _folder.At("page.html"));
            Assert.That((gallery.Code, gallery.Error), Is.EqualTo((0, warning.Replace(_model, _folder.At("i/encoder.onnx")))));
            var search = await RunAsync("search", _folder.At("photos/blue.webp"), "--index", _folder.At(name));
            Assert.That((search.Code, search.Error), Is.EqualTo((0, search.Error)));
            Assert.That(search.Error, Does.Contain("gives zeros for").And.Contain("may have collapsed"));
        }
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Such names are not allowed there.")]
    public async Task Any_name_of_a_file_is_indexed_found_and_shown_on_one_line()
    {
        var odd = _folder.At("photos/x\ny\u001b[31m\t.png");
        TestImages.SavePlain(_folder.At("plain.png"), 10, 250, 10);
        File.Move(_folder.At("plain.png"), odd);
        var made = await RunAsync("index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index"));
        Assert.That((made.Code, made.Output.Contains("4 images"), made.Error), Is.EqualTo((0, true, "")));
        var found = await RunAsync("search", odd, "--index", _folder.At("index"), "-k", "1");
        Assert.That(found.Output, Is.EqualTo($"   1   1.0000  {_folder.At("photos/")}x\\ny\\u001b[31m\\t.png\n"));
        var json = await RunAsync("search", odd, "--index", _folder.At("index"), "-k", "1", "--json");
        Assert.That(JsonDocument.Parse(json.Output).RootElement[0].GetProperty("path").GetString(), Is.EqualTo(odd));
        File.WriteAllText(odd, "no image");
        var error = (await RunAsync("search", odd, "--index", _folder.At("index"))).Error;
        Assert.That(error, Does.StartWith($"Cannot read {_folder.At("photos/")}x\\ny\\u001b[31m\\t.png as an image: "));
        foreach (var name in new[] { "v.npy", "v.csv", "v.parquet" })
        {
            Assert.That((await RunAsync("encode", _folder.At("photos"), "--model", _model, "--out", _folder.At(name))).Code, Is.Zero);
        }
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
        1, "There are no images in {0}/empty: looked for .jpg .jpeg .jfif .png .webp .avif .bmp .tif .tiff .gif, in sub-folders too.", "index", "empty",
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

    [Test]
    public async Task A_terminal_that_is_gone_costs_no_index()
    {
        File.WriteAllText(_folder.At("photos/telephone.heic"), "of a kind that is not read");
        using var output = new StringWriter();
        using var gone = new GoneWriter();
        string[] args = ["index", _folder.At("photos"), "--model", _model, "--out", _folder.At("index")];
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

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await EmbedApp.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
