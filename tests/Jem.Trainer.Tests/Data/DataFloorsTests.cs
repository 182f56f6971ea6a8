using System.Text.RegularExpressions;
using Jem.Trainer.Data;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Data;

public sealed partial class DataFloorsTests
{
    private static readonly string[] s_floors = ["Listing", "Cache", "Sets"];

    [Test]
    public void The_folders_of_data_import_downward_only()
    {
        var folder = Path.Combine(Shell.Root, "src", "Jem.Trainer", "Data");
        var imports = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (From: Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar), Text: File.ReadAllText(file)))
            .SelectMany(file => Import().Matches(file.Text).Select(match => (From: file.From.Length > 1 ? file.From[0] : "", To: match.Groups[1].Value)))
            .Where(import => import.From != import.To)
            .ToHashSet();
        Assert.That(imports, Has.Member(("Sets", "Cache")).And.Member(("Cache", "Listing")), "the test sees imports");
        Assert.That(
            imports.Where(import => import.From is not ("" or "Loader") && Array.IndexOf(s_floors, import.To) >= Array.IndexOf(s_floors, import.From)),
            Is.Empty);
        Assert.That(imports.Where(import => import.To == "Loader"), Is.Empty);
    }

    [Test]
    public void Libvips_is_known_to_Jem_Imaging_alone() =>
        Assert.That(typeof(IImageSet).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Has.No.Member("NetVips"));

    [GeneratedRegex(@"(?<!namespace )Jem\.Trainer\.Data\.(Listing|Cache|Sets|Loader)\b")]
    private static partial Regex Import();
}
