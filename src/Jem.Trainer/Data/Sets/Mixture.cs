using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Several sets as one. An epoch has as many images as all parts together, and each part gives its share of them: weights in
/// proportion to the parts' sizes show every image once. A part that gives more than it has repeats its images, all equally
/// often over time; a part that gives fewer goes on in the next epoch where it stopped.
/// Classes are merged by their names if every part is labelled and one part has all names that occur; otherwise the mixture
/// has no labels.
/// </summary>
internal sealed class Mixture : IImageSet
{
    private readonly IImageSet[] _sets;
    private readonly MixturePart[] _parts;
    private readonly int[] _starts;

    private Mixture(MixturePart[] parts, IImageSet[] sets)
    {
        (_parts, _sets, _starts) = (parts, sets, new int[sets.Length]);
        for (var i = 0; i < sets.Length; i++)
        {
            (_starts[i], Count) = (Count, checked(Count + sets[i].Count));
        }

        Shares = SharesOf();
        ClassNames = Merge(sets);
        var number = ClassNames.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        Labels = number.Count == 0 ? null : [.. sets.SelectMany(set => set.Labels!.Select(label => number[set.ClassNames[label]]))];
        Skipped = [.. sets.SelectMany((set, part) => set.Skipped.Select(image => image with { Name = NameIn(part, image.Name) }))];
    }

    public int Count { get; }

    public int Channels => _sets[0].Channels;

    public int[]? Labels { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public IReadOnlyList<BadImage> Skipped { get; }

    public IReadOnlyList<ImageShare> Shares { get; }

    public string Provenance => $"a mixture: {string.Join("; ", Shares.Select((share, i) => $"{100.0 * share.PerEpoch / Count:F0} % {_sets[i].Provenance}"))}";

    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', _sets.Select((set, i) => string.Create(CultureInfo.InvariantCulture, $"{_parts[i].Weight:R} {set.Fingerprint}"))))));

    /// <exception cref="DataException">A part cannot be opened, the numbers of channels differ, or a part gives nothing.</exception>
    public static Mixture Open(IReadOnlyList<MixturePart> parts, DataSplit split, DataOpening opening)
    {
        // An encoder reads all files by one range.
        var range = parts.FirstOrDefault(part => part.Spec.Options.ContainsKey(DataSpec.RangeOption))?.Spec;
        if (parts.FirstOrDefault(part => part.Spec.Options.ContainsKey(DataSpec.RangeOption) && part.Spec.Range != range!.Range) is { } differs)
        {
            throw new DataException($"The mixture's parts differ in range: {range} and {differs.Spec}. Give all of them the same ?range=N.");
        }

        var sets = parts.Select(part => DataSets.Open(part.Spec, split, opening)).ToArray();
        var other = Array.FindIndex(sets, set => set.Channels != sets[0].Channels);
        return other < 0
            ? new Mixture([.. parts], sets)
            : throw new DataException(
                $"The mixture's parts differ in channels: {parts[0].Spec} has {sets[0].Channels}, {parts[other].Spec} has {sets[other].Channels}. "
                + "folder and list data take ?channels=N.");
    }

    public PlanarImage Image(int index)
    {
        var part = PartOf(index);
        return _sets[part].Image(index - _starts[part]);
    }

    public string Name(int index)
    {
        var part = PartOf(index);
        return NameIn(part, _sets[part].Name(index - _starts[part]));
    }

    private static IReadOnlyList<string> Merge(IImageSet[] sets)
    {
        var most = sets.MaxBy(set => set.ClassNames.Count)!.ClassNames;
        return sets.All(set => set.Labels is not null && set.ClassNames.All(most.Contains)) ? most : [];
    }

    private string NameIn(int part, string name) => $"{_parts[part].Spec}: {name}";

    private int PartOf(int index)
    {
        var part = Array.BinarySearch(_starts, index);
        return part >= 0 ? part : ~part - 1;
    }

    /// <summary>Whole numbers that add up to the count: rounded down, and the largest remainders are given one more.</summary>
    private ImageShare[] SharesOf()
    {
        var sum = _parts.Sum(part => part.Weight);
        var exact = _parts.Select(part => part.Weight / sum * Count).ToArray();
        var whole = exact.Select(share => (int)share).ToArray();
        foreach (var part in Enumerable.Range(0, whole.Length).OrderByDescending(part => exact[part] - whole[part]).Take(Count - whole.Sum()))
        {
            whole[part]++;
        }

        var none = Array.IndexOf(whole, 0);
        return none < 0
            ? [.. whole.Select((share, part) => new ImageShare(_starts[part], _sets[part].Count, share))]
            : throw new DataException(
                $"The weight {_parts[none].Weight} of {_parts[none].Spec} is so small that an epoch of {Count:N0} images shows none of it. "
                + "Give it a larger weight.");
    }
}
