using System.Reflection;
using System.Text.Json.Nodes;
using Jem.Shared;

namespace Jem.Trainer.Configuration;

/// <summary>
/// Options that were tried for a purpose. They are the repository's files <c>presets/NAME/METHOD.json</c>, with the reasons as comments;
/// the library carries them, so that every program made of it has them.
/// </summary>
public static class Presets
{
    /// <summary>The name under which a person asks for a method's own defaults, its paper's.</summary>
    public const string Paper = "paper";

    /// <summary>The preset whose values stand where sizes follow the images.</summary>
    internal const string Short = "small";

    private const string Folder = "presets/", Ending = ".json";

    private static readonly Assembly s_library = typeof(Presets).Assembly;

    private static readonly (string Name, string Method)[] s_all =
    [
        .. s_library.GetManifestResourceNames().Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Parts),
    ];

    /// <summary>Every preset there is, for some method.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(preset => preset.Name).Distinct()];

    /// <summary>Those that a method has.</summary>
    public static IEnumerable<string> Of(string method) => s_all.Where(preset => preset.Method == method).Select(preset => preset.Name);

    /// <summary>A preset as it was written: JSON with comments, which <c>--config</c> takes as a file, too.</summary>
    /// <exception cref="UsageException">The method has none of that name.</exception>
    public static string Text(string name, string method)
    {
        using var resource = s_library.GetManifestResourceStream($"{Folder}{name}/{method}{Ending}") ?? throw new UsageException(Of(method).Any()
            ? $"--preset {name}: {method} has no such preset. Did you mean '{Nearest.To(name, Of(method))}'?"
            : $"--preset {name}: {method} has no presets. Leave it out, or write the options into a file for --config.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    /// <summary>The options in which a preset differs from a method's defaults.</summary>
    /// <exception cref="UsageException">The method has none of that name.</exception>
    public static JsonObject Read(string name, string method) => OptionFile.Parse(Text(name, method), $"--preset {name}");

    private static (string Name, string Method) Parts(string resource)
    {
        var parts = resource[Folder.Length..^Ending.Length].Split('/');
        return (parts[0], parts[1]);
    }
}
