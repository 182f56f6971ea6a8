using System.Text.RegularExpressions;

namespace Jem.Trainer.Tests;

/// <summary>The floors of Jem.Trainer, as ARCHITECTURE.md names them.</summary>
public partial class ArchitectureTests
{
    private static readonly FolderFloors s_floors = new("Jem.Trainer", new Dictionary<string, int>
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
        ["Profiling"] = 7,
        ["Experiments"] = 8,
        ["Commands"] = 9,
    });

    private static readonly string s_trainer = Repository.At("src", "Jem.Trainer");

    [Test]
    public void Every_folder_of_Jem_Trainer_has_its_floor_and_imports_downward_only() => s_floors.AssertImportsGoDownward(least: 150);

    [TestCase("Runs.RunFolder.Open(path)", "Runs")]
    [TestCase("(Trainer.Data.IImageSet images)", "Data")]
    [TestCase("Jem.Trainer.Training.TrainLoop", "Training")]
    [TestCase("spec.Data.Count", null)]
    public void A_folder_is_found_where_a_type_is_used(string code, string? folder) =>
        Assert.That(s_floors.Imports(code), folder is null ? Is.Empty : Is.EqualTo(new[] { folder }));

    [Test]
    public void A_namespace_is_a_folder() => s_floors.AssertNamespacesAreFolders();

    [Test]
    public void The_trainer_knows_outputs_and_scalars_by_what_they_mean()
    {
        string[] rooms = ["Sessions", "Collapse", "Training", "DryRun", "Profiling", "Exporting"];
        var named = s_floors.Sources.Where(source => rooms.Contains(source.Folder))
            .SelectMany(source => File.ReadLines(Path.Combine(s_trainer, source.File))
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => Named().Matches(line))
                .Select(match => $"{source.File}: {match.Value}"));
        Assert.That(named, Is.Empty);
    }

    [GeneratedRegex("\"(loss|embedding|learning_rate|step|encoder|scores|assign)\"")]
    private static partial Regex Named();
}
