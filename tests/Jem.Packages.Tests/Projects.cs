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
    public static IReadOnlyList<string> Platforms { get; } = [.. OnnxRuntimes[0].Platforms.Split(';')];

    /// <summary>The choices of ONNX Runtime, of which the processor's is the first.</summary>
    private static IReadOnlyList<(string Package, string Version, string Platforms)> OnnxRuntimes =>
        [.. XDocument.Load(Repository.At("OnnxRuntime.props")).Descendants("OnnxRuntimePackage").Select(package => package.Parent!).Select(group =>
            (group.Element("OnnxRuntimePackage")!.Value, group.Element("OnnxRuntimeVersion")!.Value, group.Element("OnnxRuntimePlatforms")!.Value))];

    /// <summary>Every package that some project asks for.</summary>
    public static IReadOnlyList<string> References { get; } =
        [.. Directory.EnumerateFiles(Repository.At("src"), "*.*proj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.At("src"), "*.props"))
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value)
            .SelectMany(name => name == "$(OnnxRuntimePackage)" ? OnnxRuntimes.Select(runtime => runtime.Package) : [name])
            .Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The version of a package.</summary>
    public static string VersionOf(string package) => OnnxRuntimes.FirstOrDefault(runtime => runtime.Package == package).Version
        ?? XDocument.Load(Repository.At("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value
            .Replace("$(OnnxRuntimeVersion)", OnnxRuntimes[0].Version, StringComparison.Ordinal);
}
