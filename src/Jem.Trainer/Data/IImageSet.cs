using Jem.Imaging;

namespace Jem.Trainer.Data;

/// <summary>Images of one split, with labels where there are any. Safe to read from many threads.</summary>
public interface IImageSet
{
    /// <summary>Number of images, ≥ 1.</summary>
    int Count { get; }

    /// <summary>Channels of every image: 1 grey, 3 red-green-blue, or any other number.</summary>
    int Channels { get; }

    /// <summary>The class of each image as an index into <see cref="ClassNames"/>; null without classes.</summary>
    int[]? Labels { get; }

    /// <summary>The names of the classes, in the order of their indices; empty without classes.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Where the data come from, for a model card: one line of prose.</summary>
    string Provenance { get; }

    /// <summary>SHA-256, in hexadecimal, over what identifies the data: the same data give the same, other data another.</summary>
    string Fingerprint { get; }

    /// <summary>Images that were left out because they cannot be read. The others are counted without them.</summary>
    IReadOnlyList<BadImage> Skipped => [];

    /// <summary>How many images of which part an epoch draws; of a plain set each image once. They add up to <see cref="Count"/>.</summary>
    IReadOnlyList<ImageShare> Shares => [new(0, Count, Count)];

    /// <summary>An image's pixels. Images of one set may differ in size.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="DataException">The image cannot be read; the message names it.</exception>
    PlanarImage Image(int index);

    /// <summary>What a person calls the image: its path within a folder, or the split and its number.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    string Name(int index);
}

/// <summary>The two parts of a data set.</summary>
public enum DataSplit
{
    /// <summary>The images to train on.</summary>
    Train,

    /// <summary>The images to measure with, which training never sees.</summary>
    Test,
}
