using Jem.Graphs.Naming;
using Jem.Trainer.Data.Sets;

namespace Jem.Trainer.Data;

/// <summary>One kind of data: a row of <see cref="DataKinds"/>.</summary>
/// <param name="Name">What stands before the colon.</param>
/// <param name="Usage">How a person writes it.</param>
/// <param name="Summary">What it is, in one line for <c>jem data</c> and the help.</param>
/// <param name="Arguments">What may follow the colon: null for nothing, empty for any text, otherwise one of these.</param>
/// <param name="Options">What may follow the question mark.</param>
/// <param name="TestSplit">What makes a test split, with {0} for what follows the colon.</param>
/// <param name="HasSplit">Whether a specification of this kind has a split. A missing folder has all.</param>
/// <param name="Open">
/// Opens a split that is there. It throws a <see cref="DataException"/> for images that are not there or cannot be read.
/// </param>
public sealed record DataKind(
    string Name,
    string Usage,
    string Summary,
    string[]? Arguments,
    IReadOnlyList<DataOption> Options,
    string TestSplit,
    Func<DataSpec, DataSplit, bool> HasSplit,
    Func<DataSpec, DataSplit, DataOpening, IImageSet> Open) : INamed
{
    /// <summary>Whether what follows the colon is a path.</summary>
    public bool TakesPath { get; init; }
}

/// <summary>A whole number that a specification may set: what follows the question mark.</summary>
/// <param name="Name">What stands before the equals sign.</param>
/// <param name="Summary">What the number does, for help and messages.</param>
/// <param name="Default">Its value where a specification does not set it, from <paramref name="Low"/> to <paramref name="High"/>.</param>
/// <param name="Low">The least that it may be.</param>
/// <param name="High">The most that it may be.</param>
public sealed record DataOption(string Name, string Summary, int Default, int Low, int High);

/// <summary>Every kind of data that Jem reads or draws.</summary>
public static class DataKinds
{
    /// <summary>The kind whose argument is made of other specifications.</summary>
    internal const string Mixture = "mix";

    private static readonly DataOption s_channels = new("channels", "1 for grey, 3 for colour, or the number of bands of the files", 3, 1, 1024);

    private static readonly DataOption s_range = new(
        DataSpec.RangeOption, "the level of white in files of more than 8 bits, such as 4095 for 12 bits; 0 takes 65535 for 16 bits", 0, 0, int.MaxValue);

    /// <summary>Every kind of this library.</summary>
    public static Catalog<DataKind> BuiltIn { get; } = new(
        "kind of data",
        new("fashion-mnist", "fashion-mnist", "Fashion-MNIST from the distribution's package", null, [], "",
            (_, _) => true, (_, split, _) => FashionMnist.Open(split)),
        new("cifar10", "cifar10:DIR", "CIFAR-10 in its binary layout: data_batch_*.bin, test_batch.bin", [], [], "",
            (_, _) => true, (spec, split, _) => Cifar.Ten.Open(spec.Argument!, split))
        { TakesPath = true },
        new("cifar100", "cifar100:DIR", "CIFAR-100 in its binary layout: train.bin, test.bin; the fine labels are the classes", [], [], "",
            (_, _) => true, (spec, split, _) => Cifar.Hundred.Open(spec.Argument!, split))
        { TakesPath = true },
        new("idx", "idx:DIR",
            "MNIST's IDX files, plain or .gz: train-images…, train-labels…, t10k-images…; of several sets DIR/emnist-letters names one", [], [],
            "it needs t10k-images-idx3-ubyte or test-images-idx3-ubyte, plain or .gz, in {0}.",
            (spec, split) => Idx.HasSplit(spec.Argument!, split), (spec, split, _) => Idx.Open(spec.Argument!, split))
        { TakesPath = true },
        new("folder", "folder:DIR", "image files; sub-folders are classes; DIR/train and DIR/test (or val, dev, eval…) are splits", [],
            [
                s_channels,
                s_range,
                new("classes", "1 takes sub-folders as classes, 0 takes every image below without labels", 1, 0, 1),
            ],
            "put the images into {0}/train and {0}/test (or val, dev, eval), with the same class folders in both.",
            (spec, split) => ImageFolder.HasSplit(spec.Argument!, split),
            (spec, split, opening) => ImageFolder.Open(spec.Argument!, split, spec.Options["classes"] == 1, spec.Options["channels"], Ranged(spec, opening)))
        { TakesPath = true },
        new("list", "list:FILE",
            "a path per line, and behind a tab or comma its class; a first line may name columns; beside train.txt, test.txt or val.txt is the test split", [],
            [s_channels, s_range],
            "a list called train.txt has its test split in test.txt or val.txt beside it, photos-train.csv in photos-test.csv.",
            (spec, split) => ListFile.HasSplit(spec.Argument!, split),
            (spec, split, opening) => ListFile.Open(spec.Argument!, split, spec.Options["channels"], Ranged(spec, opening)))
        { TakesPath = true },
        new(Mixture, "mix:W*SPEC+W*SPEC",
            "several sets by weight, such as 'mix:0.7*folder:a+0.3*cifar10:b'; labelled if one part has all class names", [], [], "",
            (spec, split) => spec.Parts.All(part => DataSets.HasSplit(part.Spec, split)),
            (spec, split, opening) => Sets.Mixture.Open(spec.Parts, split, opening)),
        new("synthetic", "synthetic:shapes", "shapes drawn by code; test has a fifth of train's images", ["shapes"],
            [
                new("n", "images of the train split", 5000, 5, 10_000_000),
                new("size", "side in pixels", 32, 8, 512),
                new("channels", "1 for grey or 3 for colour", 3, 1, 3),
                new("seed", "another seed draws other images", 0, 0, int.MaxValue),
            ],
            "",
            (_, _) => true, (spec, split, _) => new SyntheticShapes(ShapesOptions.From(spec), split)));

    private static DataOpening Ranged(DataSpec spec, DataOpening opening) => spec.Range > 0 ? opening with { Range = spec.Range } : opening;
}
