using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Jem.Graphs.Ir;

namespace Jem.Graphs.Tests;

/// <summary>The invariants of ARCHITECTURE.md that say what is absent.</summary>
public partial class ArchitectureTests
{
    private static readonly FolderFloors s_floors = new("Jem.Graphs", new Dictionary<string, int>
    {
        ["Ir"] = 0,
        ["Naming"] = 0,
        ["Seeding"] = 0,
        ["Ops"] = 1,
        ["Options"] = 1,
        ["Grad"] = 2,
        ["Nn"] = 3,
        ["Backbones"] = 4,
        ["Heads"] = 4,
        ["Losses"] = 4,
        ["Optim"] = 4,
        ["Programs"] = 5,
        ["Methods"] = 6,
        ["Export"] = 7,
    });

    private const int MostColumns = 160;

    private static readonly string s_root = Repository.Root;

    private static readonly string s_graphs = Path.Combine(s_root, "src", "Jem.Graphs");

    [Test]
    public void Every_folder_of_Jem_Graphs_has_its_floor_and_imports_downward_only() => s_floors.AssertImportsGoDownward(least: 200);

    [Test]
    public void A_namespace_is_a_folder() => s_floors.AssertNamespacesAreFolders();

    [Test]
    public void Jem_Graphs_references_neither_ONNX_Runtime_nor_another_project_of_Jem()
    {
        var references = typeof(Graph).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name);
        Assert.That(references, Has.None.StartsWith("Microsoft.ML").And.None.StartsWith("Jem."));
    }

    [Test]
    public void Jem_Graphs_uses_no_files_no_clock_and_no_random_numbers_but_its_own()
    {
        string[] forbidden =
        [
            "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.Path",
            "System.IO.StreamReader", "System.IO.StreamWriter", "System.Console", "System.Diagnostics.Process",
            "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch",
            "System.Random", "System.Guid", "System.Security.Cryptography.RandomNumberGenerator",
        ];
        using var stream = File.OpenRead(typeof(Graph).Assembly.Location);
        using var assembly = new PEReader(stream);
        var metadata = assembly.GetMetadataReader();
        var types = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .ToLookup(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");
        Assert.That(types.Contains("System.IO.Stream"), Is.True, "references are found");
        Assert.That(forbidden.Where(types.Contains), Is.Empty);
        Assert.That(MembersOfEnvironment(metadata), Is.Empty);
    }

    [Test]
    public void Jem_Graphs_names_no_flag_of_a_program()
    {
        var flags = from source in s_floors.Sources
                    from literal in Literal().Matches(File.ReadAllText(Path.Combine(s_graphs, source.File))).Select(match => match.Value)
                    where Flag().IsMatch(literal)
                    select $"{source.File}: {literal}";
        Assert.That(flags, Is.Empty, "say the option's name; the program says its flag");
        Assert.That(Flag().IsMatch("\"--image-size sets both.\""), Is.True, "flags are found");
    }

    [Test]
    public void The_name_of_a_type_is_unique_in_all_of_src()
    {
        // A type may have parts in several files, but in one namespace.
        var types = (from file in Code("src")
                     let text = File.ReadAllText(Path.Combine(s_root, file))
                     from type in DeclaredType().Matches(text)
                     select (Name: type.Groups["name"].Value, Namespace: Namespace().Match(text).Groups["name"].Value)).Distinct().ToList();
        Assert.That(types, Has.Count.GreaterThan(300), "types found");
        Assert.That(types.GroupBy(type => type.Name).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)), Is.Empty);
    }

    /// <summary>A line is short enough to read beside another file.</summary>
    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("benchmarks")]
    [TestCase("checks")]
    [TestCase("examples")]
    public void A_line_of_code_has_160_columns_at_most(string folder)
    {
        var wide = from file in Code(folder)
                   from line in File.ReadLines(Path.Combine(s_root, file)).Select((text, i) => (Text: text, Number: i + 1))
                   where line.Text.Length > MostColumns
                   select $"{file}:{line.Number} has {line.Text.Length}";
        Assert.That(Code(folder), Is.Not.Empty);
        Assert.That(wide, Is.Empty);
    }

    [Test]
    public void Jem_Embed_references_neither_Jem_Graphs_nor_Jem_Trainer()
    {
        var project = XDocument.Load(Path.Combine(s_root, "src", "Jem.Embed", "Jem.Embed.csproj"));
        var references = project.Descendants("ProjectReference").Select(reference => (string)reference.Attribute("Include")!);
        Assert.That(references, Is.EqualTo(new[] { "../Jem.Imaging/Jem.Imaging.csproj" }));
    }

    /// <summary>The C# files below a folder that people wrote.</summary>
    private static IEnumerable<string> Code(string folder) => Directory
        .EnumerateFiles(Path.Combine(s_root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(s_root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"));

    // A compiled iterator asks for its thread; nothing else of the machine is asked for.
    private static IEnumerable<string> MembersOfEnvironment(MetadataReader metadata) =>
        from handle in metadata.MemberReferences
        let member = metadata.GetMemberReference(handle)
        where member.Parent.Kind == HandleKind.TypeReference
            && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(Environment)
        let name = metadata.GetString(member.Name)
        where name != $"get_{nameof(Environment.CurrentManagedThreadId)}"
        select name;

    /// <summary>A text in quotes, of one line.</summary>
    [GeneratedRegex(""""
        "(\\.|[^"\\\n])*"
        """")]
    private static partial Regex Literal();

    [GeneratedRegex("""(?<![\\w-])--[a-z]""")]
    private static partial Regex Flag();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    /// <summary>A type that is not nested: its declaration is not indented.</summary>
    [GeneratedRegex(@"^(?:[a-z]+ )*(?:class|record|struct|interface|enum|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex DeclaredType();
}
