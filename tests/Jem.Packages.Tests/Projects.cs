using System.Xml.Linq;

namespace Jem.Packages.Tests;

/// <summary>The projects below <c>src</c>, as their files say.</summary>
internal static class Projects
{
    /// <summary>Every project; each makes a package of its name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.EnumerateDirectories(Repository.At("src"), "Jem.*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Tools { get; } = [.. All.Where(name => name.EndsWith(".Tool", StringComparison.Ordinal))];

    public static IReadOnlyList<string> Libraries { get; } = [.. All.Except(Tools)];

    /// <summary>The platforms that a tool has a package for.</summary>
    public static IReadOnlyList<string> Platforms { get; } =
        XDocument.Load(Repository.At("src", "Tool.props")).Descendants("RuntimeIdentifiers").Single().Value.Split(';');

    /// <summary>Every package that some project asks for.</summary>
    public static IReadOnlyList<string> References { get; } =
        [.. Directory.EnumerateFiles(Repository.At("src"), "*.*proj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.At("src"), "*.props"))
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The version of a package in <c>Directory.Packages.props</c>.</summary>
    public static string VersionOf(string package) =>
        XDocument.Load(Repository.At("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
}
