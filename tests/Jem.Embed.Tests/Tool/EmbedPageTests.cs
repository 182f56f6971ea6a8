namespace Jem.Embed.Tests.Tool;

/// <summary><c>jem-embed gallery</c>: a page of images with their nearest.</summary>
public sealed class EmbedPageTests : EmbedAppFixture
{
    [Test]
    public async Task Folders_are_classes_on_a_page_only_where_there_are_several()
    {
        async Task<string> PageOf(string folder)
        {
            await RunAsync("index", Folder.At(folder), "--model", Model, "--out", Folder.At("index"), "--overwrite");
            await RunAsync("gallery", Folder.At(folder), "--index", Folder.At("index"), "--out", Folder.At("page.html"), "--overwrite");
            return File.ReadAllText(Folder.At("page.html"));
        }

        TestImages.SavePlain(Folder.At("flat/a.png"), 10, 10, 250);
        TestImages.SavePlain(Folder.At("flat/b.png"), 250, 10, 10);
        Assert.That(await PageOf("flat"), Does.Not.Contain("green frame").And.Contain(" b.png</figcaption>"));
        Assert.That(await PageOf("photos"), Does.Contain("green frame").And.Contain(" reds</figcaption>"));
    }

    [Test]
    public async Task A_page_replaces_a_file_only_on_request()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        string[] gallery = ["gallery", Folder.At("photos"), "--index", Folder.At("index"), "--out", Folder.At("index/encoder.onnx")];
        var before = File.ReadAllBytes(Folder.At("index/encoder.onnx"));
        Assert.That(
            await RunAsync([.. gallery, "--overwrite"]),
            Is.EqualTo((2, "", $"{gallery[^1]} is there and no .html file: it is not replaced, even with --overwrite. Choose another --out.\n")));
        Assert.That(File.ReadAllBytes(Folder.At("index/encoder.onnx")), Is.EqualTo(before));
        gallery[^1] = Folder.At("pages/page.html");
        Assert.That((await RunAsync(gallery)).Code, Is.Zero);
        Assert.That(
            await RunAsync(gallery),
            Is.EqualTo((2, "", $"{gallery[^1]} exists. Choose another --out, or replace it with --overwrite.\n")));
        Assert.That((await RunAsync([.. gallery, "--overwrite"])).Code, Is.Zero);
    }

    [Test]
    public async Task One_bad_picture_never_costs_the_page()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        File.Delete(Folder.At("photos/reds/orange.jpg"));
        File.WriteAllText(Folder.At("photos/<broken>.png"), "no image");
        string[] gallery = ["gallery", Folder.At("photos"), "--index", Folder.At("index"), "--out", Folder.At("page.html")];
        var run = await RunAsync(gallery);
        Assert.That((run.Code, run.Output), Is.EqualTo((0, $"{Folder.At("page.html")}: 3 images with their nearest of 3. Open it in a browser.\n")));
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.That(lines[0], Does.StartWith($"3 pictures of the page cannot be shown. Cannot read {Folder.At("photos/<broken>.png")} as an image: "));
        Assert.That(lines[1], Does.StartWith($"2 of the 4 pictures found are not there, such as {Folder.At("photos/reds/orange.jpg")}."));
        var page = File.ReadAllText(Folder.At("page.html"));
        Assert.That((page.Split("<div class=\"none\"").Length, page.Split("<img ").Length), Is.EqualTo((4, 5)));
        Assert.That(page, Does.Contain("&lt;broken&gt;.png as an image").And.Not.Contain("<broken>"));
    }

    [Test]
    public async Task No_page_is_written_when_no_image_is_left()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        var run = await RunAsync("gallery", Folder.At("photos/notes.txt"), "--index", Folder.At("index"), "--out", Folder.At("page.html"));
        Assert.That((run.Code, run.Error.TrimEnd().Split('\n')[^1]), Is.EqualTo((1, "None of the 1 files could be read as an image; nothing is written.")));
        Assert.That(Directory.EnumerateFiles(Folder.Path, "page.html*"), Is.Empty);
    }

    [Test]
    public async Task A_gallery_by_another_encoder_than_the_indexs_is_refused()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        TestEncoder.Write(Folder.At("index/encoder.onnx"), dimension: 7);
        var run = await RunAsync("gallery", Folder.At("photos"), "--index", Folder.At("index"), "--out", Folder.At("page.html"));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain("was made with another encoder"));
    }
}
