using Jem.Trainer.Data;
using NetVips;

namespace Jem.Trainer.Tests.Data;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LabelledSplitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Both_splits_are_opened()
    {
        Save("train/cat/1.png", "train/dog/1.png", "test/dog/1.png");
        var (train, test) = Open("folder:DIR");
        Assert.That((train.Count, test.Count), Is.EqualTo((2, 1)));
    }

    [Test]
    public void One_class_only_is_refused()
    {
        Save("train/cat/1.png", "train/cat/2.png", "test/cat/1.png");
        Assert.That(() => Open("folder:DIR"), Throws.TypeOf<DataException>().With.Message.Match("^All 2 training images of folder:.* are of one class, 'cat': any encoder would be right\\. Evaluation needs two classes or more\\.$"));
    }

    [TestCase("folder:DIR", "give .* a sub-folder per class, and leave out classes=0\\.$")]
    [TestCase("list:DIR/train.txt", "write each image's class after its path and a tab or comma\\.$")]
    [TestCase("mix:1*folder:DIR+1*folder:DIR", "every part must be labelled, and one of them must have all names of classes\\. Name one part alone\\.$")]
    public void Images_without_labels_are_refused(string spec, string advice)
    {
        Save("train/1.png", "test/1.png");
        File.WriteAllText(_folder.At("train.txt"), "train/1.png");
        File.WriteAllText(_folder.At("test.txt"), "test/1.png");
        Assert.That(() => Open(spec), Throws.TypeOf<DataException>().With.Message.Match($"^Evaluation needs labels, and the train split of .* has none: {advice}"));
    }

    private (IImageSet Train, IImageSet Test) Open(string spec) => LabelledSplits.Open(DataSpec.Parse(spec.Replace("DIR", _folder.Path)));

    private void Save(params string[] names)
    {
        using var image = Image.Black(4, 4, bands: 3);
        foreach (var name in names)
        {
            image.WriteToFile(_folder.At(name.Split('/')));
        }
    }
}
