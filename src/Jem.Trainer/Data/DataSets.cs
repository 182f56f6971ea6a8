namespace Jem.Trainer.Data;

/// <summary>Opens data sets by their specification.</summary>
public static class DataSets
{
    /// <inheritdoc cref="Open(DataSpec, DataSplit, DataOpening?)"/>
    /// <exception cref="ArgumentException">The specification names nothing.</exception>
    public static IImageSet Open(string spec, DataSplit split, DataOpening? opening = null) =>
        Open(DataSpec.Parse(spec), split, opening);

    /// <exception cref="DataException">The data are missing or broken, or have no such split.</exception>
    public static IImageSet Open(DataSpec spec, DataSplit split, DataOpening? opening = null) =>
        HasSplit(spec, split)
            ? spec.Kind.Open(spec, split, opening ?? new DataOpening())
            : throw NoSplit(spec.Parts.Select(part => part.Spec).FirstOrDefault(part => !HasSplit(part, split)) ?? spec, split);

    /// <summary>
    /// Whether the data have a split; true where the whole data set is missing, which <see cref="Open(DataSpec, DataSplit, DataOpening?)"/> reports.
    /// </summary>
    public static bool HasSplit(DataSpec spec, DataSplit split) => spec.Kind.HasSplit(spec, split);

    private static DataException NoSplit(DataSpec spec, DataSplit split) =>
        new($"{spec} has no {split.ToString().ToLowerInvariant()} split: {spec.Kind.TestSplit.Replace("{0}", spec.Argument)}");
}
