using System.Diagnostics;
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
        Assert.That(ImageFiles.InFolder(_folder.Path).Images[2].Path, Is.EqualTo(_folder.At("b", "10.jpeg")));
    }

    [Test]
    public void Hidden_files_and_folders_and_by_products_are_passed_over()
    {
        Touch("a/1.png", "a/.1.png", ".hidden/2.png", "a/.thumbnails/normal/3.png", "a/@eaDir/4.png", "__MACOSX/a/5.png");
        Assert.That(Names(), Is.EqualTo(new[] { "a/1.png" }));
        Assert.That(Names(".hidden"), Is.EqualTo(new[] { "2.png" }), "the folder that was named");
    }

    [Test]
    public void What_is_passed_over_is_counted_by_its_reason()
    {
        Touch("1.png", ".2.png", "a/.thumbnails/3.png", "a/.thumbnails/x/4.heic", "b/.thumbnails/5.gif", ".cache/notes.txt", ".ipynb_checkpoints/6.png");
        Touch("@EADIR/7.png", "lost+found/8.jpg", "9.HEIC", "10.heic", "11.cr2", "Thumbs.db", ".DS_Store", "notes.txt");
        File.CreateSymbolicLink(_folder.At("a", "none.png"), "nowhere.png");
        File.CreateSymbolicLink(_folder.At("a", "round.png"), "round.png");
        Directory.CreateSymbolicLink(_folder.At("a", "gone"), "no-folder");
        Directory.CreateSymbolicLink(_folder.At("a", "up"), "..");
        Assert.That(
            Listing().PassedOver.ToString(),
            Is.EqualTo(
                "passed over: 1 .cr2, which is not read, 2 .heic, which are not read, 1 hidden file (.2.png), 2 in folders of other programs' by-products "
                + "(@EADIR, lost+found), 4 in hidden folders (.ipynb_checkpoints, .thumbnails), 3 links that lead nowhere (a/gone, a/none.png, a/round.png), "
                + "1 link to a folder that is listed anyway (a/up)"));
        Assert.That(Listing("a/.thumbnails").PassedOver.Count, Is.EqualTo(1), "the folder that was named");
    }

    [Test]
    public void What_is_no_image_is_not_counted()
    {
        Touch("1.png", "Thumbs.db", ".DS_Store", "desktop.ini", ".nomedia", "notes.txt", ".git/config", "@eaDir/SYNOINDEX", "film.mp4");
        Assert.That((Listing().PassedOver.Count, Listing().PassedOver.ToString()), Is.EqualTo((0, "")));
    }

    [Test]
    [Platform("Linux")]
    public void A_pipe_is_not_opened()
    {
        Touch("1.png");
        Shell("mkfifo 2.png 3.txt");
        Assert.That(Names(), Is.EqualTo(new[] { "1.png" }));
        Assert.That(Listing().PassedOver.ToString(), Is.EqualTo("passed over: 1 pipe or device called like an image (2.png)"));
    }

    [Test]
    [Platform("Linux")]
    public void A_name_that_is_not_UTF_8_is_told()
    {
        Touch("b/1.png", "b/\uFFFD.png");
        try
        {
            Shell("touch b/$(printf 'd\\351.png') b/$(printf 'd\\351.txt')");
            Assert.That(Names(), Is.EqualTo(new[] { "b/1.png", "b/\uFFFD.png" }), "a replacement character is a letter as others");
            Assert.That(
                Listing().PassedOver.ToString(), Is.EqualTo("passed over: 1 whose name is not UTF-8 and has to be renamed (b/d\uFFFD.png)"));
            Shell("mkdir b/$(printf 'e\\351')");
            Assert.That(
                () => Names(),
                Throws.TypeOf<JemException>().With.Message.StartsWith(
                    $"Cannot list the folder '{_folder.Path}': the name of the folder 'b/e\uFFFD' in it is not UTF-8, so that it cannot be opened. Rename it"));
        }
        finally
        {
            Shell("rm -rf b");
        }
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

    private IEnumerable<string> Names(string folder = "") => Listing(folder).Images.Select(image => image.Name);

    private ImageListing Listing(string folder = "") => ImageFiles.InFolder(Path.Combine(_folder.Path, folder));

    private void Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder.Path })!;
        shell.WaitForExit();
        Assert.That(shell.ExitCode, Is.Zero, command);
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(_folder.At(name.Split('/')), "");
        }
    }
}
