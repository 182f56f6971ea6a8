using System.Runtime.Versioning;

namespace Jem.Imaging.Tests;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Images_are_found_by_their_endings_in_the_order_of_their_names()
    {
        Touch("b/2.PNG", "b/10.jpeg", "a.tif", "b-c/1.webp", "b/notes.txt", "z.svg");
        Assert.That(Names(), Is.EqualTo(new[] { "a.tif", "b-c/1.webp", "b/10.jpeg", "b/2.PNG" }));
        Assert.That(ImageFiles.InFolder(_folder.Path)[2].Path, Is.EqualTo(_folder.At("b", "10.jpeg")));
    }

    [Test]
    public void Hidden_files_and_folders_and_by_products_are_passed_over()
    {
        Touch("a/1.png", "a/.1.png", ".hidden/2.png", "a/.thumbnails/normal/3.png", "a/@eaDir/4.png", "__MACOSX/a/5.png");
        Assert.That(Names(), Is.EqualTo(new[] { "a/1.png" }));
        Assert.That(Names(".hidden"), Is.EqualTo(new[] { "2.png" }), "the folder that was named");
    }

    [Test]
    public void A_link_to_a_folder_above_adds_nothing()
    {
        Touch("cat/1.png", "dog/2.png");
        Directory.CreateSymbolicLink(_folder.At("cat", "up"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.At("cat", "parent"), "..");
        Directory.CreateSymbolicLink(_folder.At("dog", "self"), ".");
        Assert.That(Names(), Is.EqualTo(new[] { "cat/1.png", "dog/2.png" }));
    }

    [Test]
    public void A_folder_that_several_links_lead_to_is_entered_once_by_the_first_of_them()
    {
        Touch("outside/deep/1.png", "in/2.png");
        Directory.CreateSymbolicLink(_folder.At("in", "b"), _folder.At("outside", "deep"));
        Directory.CreateSymbolicLink(_folder.At("in", "a"), _folder.At("outside", "deep"));
        Directory.CreateSymbolicLink(_folder.At("in", "c"), Path.Combine("b"));
        Assert.That(Names("in"), Is.EqualTo(new[] { "2.png", "a/1.png" }));
        Directory.CreateSymbolicLink(_folder.At("root"), _folder.At("in"));
        Assert.That(Names("root"), Is.EqualTo(new[] { "2.png", "a/1.png" }), "the folder itself may be a link");
    }

    [Test]
    public void A_linked_image_is_one_of_its_own()
    {
        Touch("a/1.png");
        File.CreateSymbolicLink(_folder.At("a", "2.png"), "1.png");
        Assert.That(Names(), Is.EqualTo(new[] { "a/1.png", "a/2.png" }));
    }

    [Test]
    public void What_is_no_folder_is_said()
    {
        Touch("a.png");
        Assert.That(
            () => ImageFiles.InFolder(_folder.At("none")),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo($"There is no folder {_folder.At("none")}."));
        Assert.That(
            () => ImageFiles.InFolder(_folder.At("a.png")),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo($"{_folder.At("a.png")} is a file; expected a folder of images."));
        Directory.CreateDirectory(_folder.At("empty"));
        Assert.That(Names("empty"), Is.Empty);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_an_error_that_names_it()
    {
        Touch("a/1.png", "shut/2.png");
        Assume.That(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, Is.False, "root may read everything");
        File.SetUnixFileMode(_folder.At("shut"), UnixFileMode.None);
        try
        {
            Assert.That(
                () => Names(),
                Throws.TypeOf<JemException>().With.Message.Match(
                    "^Cannot list the folder '.*': .*shut.* Check its permissions and those of the folders in it\\.$"));
        }
        finally
        {
            File.SetUnixFileMode(_folder.At("shut"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public void A_listing_tells_how_far_it_is_and_can_be_interrupted()
    {
        Touch("1.png", "2.png", "sub/3.png");
        var told = new List<int>();
        ImageFiles.InFolder(_folder.Path, told.Add);
        Assert.That(told, Is.EqualTo(new[] { 1, 2, 3 }));
        using var stop = new CancellationTokenSource();
        Assert.That(() => ImageFiles.InFolder(_folder.Path, _ => stop.Cancel(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private IEnumerable<string> Names(string folder = "") => ImageFiles.InFolder(Path.Combine(_folder.Path, folder)).Select(image => image.Name);

    private void Touch(params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(_folder.At(name.Split('/')), "");
        }
    }
}
