using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class ImageFolderWriterTests
{
    [Test]
    public void An_image_is_there_whole_or_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var set = DataSets.Open("synthetic:shapes?n=5&size=8", DataSplit.Train);
        Assert.That(ImageFolderWriter.Write(set, folder.Path, 5), Is.EqualTo(5));
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.EqualTo(5).And.All.EndsWith(".png"));
        File.WriteAllText(files[0], "before");
        Directory.CreateDirectory($"{files[0]}.partial");
        Assert.That(() => ImageFolderWriter.Write(set, folder.Path, 5), Throws.TypeOf<AggregateException>());
        Assert.That(File.ReadAllText(files[0]), Is.EqualTo("before"));
    }
}
