using System.Text.RegularExpressions;

namespace Jem.Trainer.Tests;

/// <summary>The floors of Jem.Trainer, as ARCHITECTURE.md names them.</summary>
public partial class ArchitectureTests
{
    /// <summary>A folder imports those of lower floors only.</summary>
    private static readonly Dictionary<string, int> s_floors = new()
    {
        ["Formatting"] = 0,
        ["Views"] = 0,
        ["Data"] = 1,
        ["Configuration"] = 2,
        ["Drawing"] = 3,
        ["Sessions"] = 3,
        ["State"] = 3,
        ["Collapse"] = 3,
        ["Runs"] = 4,
        ["Exporting"] = 5,
        ["Eval"] = 5,
        ["Training"] = 6,
        ["Reporting"] = 7,
        ["DryRun"] = 7,
        ["Experiments"] = 8,
        ["Commands"] = 9,
    };

    private static readonly string s_trainer = Repository.At("src", "Jem.Trainer");

    private static IEnumerable<(string Folder, string File, string Text)> Sources => Directory
        .EnumerateFiles(s_trainer, "*.cs", SearchOption.AllDirectories)
        .Select(file => (Parts: Path.GetRelativePath(s_trainer, file).Split(Path.DirectorySeparatorChar), File: file))
        .Where(source => source.Parts[0] is not ("bin" or "obj"))
        .Select(source => (source.Parts[0], string.Join('/', source.Parts), Comment().Replace(File.ReadAllText(source.File), "")));

    [Test]
    public void The_folders_of_Jem_Trainer_import_downward_only()
    {
        var wrong =
            from source in Sources
            from imported in Import().Matches(source.Text).Concat(Qualified().Matches(source.Text)).Select(match => match.Groups["folder"].Value).Distinct()
            where imported != source.Folder && s_floors[imported] >= s_floors[source.Folder]
            select $"{source.File} imports {imported}";
        Assert.That(wrong, Is.Empty);
    }

    [TestCase("Runs.RunFolder.Open(path)", "Runs")]
    [TestCase("(Trainer.Data.IImageSet images)", "Data")]
    [TestCase("Jem.Trainer.Training.TrainLoop", "Training")]
    [TestCase("spec.Data.Count", null)]
    public void A_folder_is_found_where_a_type_is_used(string code, string? folder) =>
        Assert.That(Qualified().Match(code).Groups["folder"].Value, Is.EqualTo(folder ?? ""));

    [Test]
    public void Every_folder_of_Jem_Trainer_has_its_floor()
    {
        Assert.That(Sources.Select(source => source.Folder).Distinct(), Is.EquivalentTo(s_floors.Keys));
        Assert.That(Sources.Sum(source => Import().Count(source.Text)), Is.GreaterThan(100), "imports found");
    }

    [Test]
    public void A_namespace_is_a_folder()
    {
        var wrong = Sources.Where(source => !source.Text.Contains($"namespace Jem.Trainer.{Path.GetDirectoryName(source.File)!.Replace('/', '.')};"));
        Assert.That(wrong.Select(source => source.File), Is.Empty);
    }

    [Test]
    public void The_trainer_knows_outputs_and_scalars_by_what_they_mean()
    {
        string[] rooms = ["Sessions", "Collapse", "Training", "DryRun", "Exporting"];
        var named = Sources.Where(source => rooms.Contains(source.Folder))
            .SelectMany(source => File.ReadLines(Path.Combine(s_trainer, source.File))
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => Named().Matches(line))
                .Select(match => $"{source.File}: {match.Value}"));
        Assert.That(named, Is.Empty);
    }

    [GeneratedRegex("""//.*|"(\\.|[^"\\])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Comment();

    [GeneratedRegex("""using\s+(static\s+|\w+\s*=\s*)?Jem\.Trainer\.(?<folder>\w+)""")]
    private static partial Regex Import();

    /// <summary>A folder named where a type is used, such as <c>Runs.RunFolder.Open</c>.</summary>
    [GeneratedRegex(
        """(?<![\w.])(Jem\.)?(Trainer\.)?"""
        + """(?<folder>Formatting|Views|Data|Configuration|Drawing|Sessions|State|Collapse|Runs|Exporting|Eval|"""
        + """Training|Reporting|DryRun|Experiments|Commands)"""
        + """\.[A-Z]""")]
    private static partial Regex Qualified();

    [GeneratedRegex("\"(loss|embedding|learning_rate|step|encoder|scores|assign)\"")]
    private static partial Regex Named();
}
