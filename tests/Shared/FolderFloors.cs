using System.Text.RegularExpressions;

namespace Jem.Tests;

/// <summary>The folders of one project of src, each on a floor: a folder imports those of lower floors only.</summary>
/// <param name="project">Its name, which is its namespace too.</param>
internal sealed partial class FolderFloors(string project, IReadOnlyDictionary<string, int> floors)
{
    private readonly string _root = Repository.At("src", project);

    // A using directive, or a folder named where a type is used, such as Ir.Role.State.
    private readonly Regex _import = new(
        $@"using\s+(static\s+|\w+\s*=\s*)?{Regex.Escape(project)}\.(?<folder>\w+)"
        + $@"|(?<![\w.])(Jem\.)?({project.Split('.')[^1]}\.)?(?<folder>{string.Join('|', floors.Keys)})\.[A-Z]");

    /// <summary>The project's files, by paths below it, without comments and texts in quotes.</summary>
    public IEnumerable<(string Folder, string File, string Code)> Sources => Directory
        .EnumerateFiles(_root, "*.cs", SearchOption.AllDirectories)
        .Select(file => (Parts: Path.GetRelativePath(_root, file).Split(Path.DirectorySeparatorChar), File: file))
        .Where(source => source.Parts[0] is not ("bin" or "obj"))
        .Select(source => (source.Parts[0], string.Join('/', source.Parts), Unread().Replace(File.ReadAllText(source.File), "")));

    /// <summary>The folders of the project that code names.</summary>
    public IEnumerable<string> Imports(string code) => _import.Matches(code).Select(match => match.Groups["folder"].Value);

    /// <summary>Proves that every folder has a floor and that none imports one of its own floor or a higher one.</summary>
    /// <param name="least">Fewer imports than these say that imports are no longer found.</param>
    public void AssertImportsGoDownward(int least)
    {
        var imports = (from source in Sources
                       from folder in Imports(source.Code)
                       where folder != source.Folder
                       select (source.Folder, source.File, Imported: folder)).ToList();
        Assert.That(Sources.Select(source => source.Folder).Distinct(), Is.EquivalentTo(floors.Keys));
        Assert.That(imports, Has.Count.GreaterThan(least), "imports found");
        Assert.That(
            imports.Where(import => floors[import.Imported] >= floors[import.Folder]).Select(import => $"{import.File} imports {import.Imported}").Distinct(),
            Is.Empty);
    }

    /// <summary>Proves that the namespace of a file is its folder.</summary>
    public void AssertNamespacesAreFolders() => Assert.That(
        Sources.Where(source => !source.Code.Contains($"namespace {project}.{Path.GetDirectoryName(source.File)!.Replace('/', '.')};"))
            .Select(source => source.File),
        Is.Empty);

    [GeneratedRegex("""//.*|"(\\.|[^"\\])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Unread();
}
