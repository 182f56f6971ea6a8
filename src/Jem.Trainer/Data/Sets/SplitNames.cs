namespace Jem.Trainer.Data.Sets;

/// <summary>What people call the parts of a data set. Capitals do not matter.</summary>
internal static class SplitNames
{
    /// <summary>Names of the images to train on; a name comes before those that it begins with.</summary>
    public static string[] Train { get; } = ["training", "trainval", "train"];

    /// <summary>Names of the images to measure with; the first of these that there is is taken.</summary>
    public static string[] Test { get; } = ["test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"];

    public static bool IsTrain(string name) => Train.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool IsTest(string name) => Test.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The test split among some names, and the others that could be it; null where there is none.</summary>
    public static (string Name, string[] Others)? ChooseTest(IEnumerable<string> names)
    {
        string[] found = [.. names.Where(IsTest).OrderBy(name => Array.FindIndex(Test, usual => usual.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        return found.Length == 0 ? null : (found[0], found[1..]);
    }
}
