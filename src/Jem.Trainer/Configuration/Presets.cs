using System.Text.Json.Nodes;
using Jem.Shared;

namespace Jem.Trainer.Configuration;

/// <summary>Options that were tried for a purpose: files beside the program, <c>presets/NAME/METHOD.json</c>, with the reasons as comments.</summary>
public static class Presets
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "presets");

    /// <summary>Every preset there is, for some method.</summary>
    public static IReadOnlyList<string> Names { get; } = Folders();

    /// <summary>Those that a method has.</summary>
    public static IEnumerable<string> Of(string method) => Names.Where(name => File.Exists(PathOf(name, method)));

    /// <summary>The file of a preset.</summary>
    public static string PathOf(string name, string method) => Path.Combine(s_folder, name, $"{method}.json");

    /// <summary>The options in which a preset differs from a method's defaults.</summary>
    /// <exception cref="UsageException">The method has none of that name.</exception>
    public static JsonObject Read(string name, string method) => Of(method).Contains(name)
        ? OptionFile.Read(PathOf(name, method), $"--preset {name}")
        : throw new UsageException(Of(method).Any()
            ? $"--preset {name}: {method} has no such preset. Did you mean '{Nearest.To(name, Of(method))}'?"
            : $"--preset {name}: {method} has no presets. Leave it out, or write the options into a file for --config.");

    private static string[] Folders() => Directory.Exists(s_folder) ? [.. Directory.EnumerateDirectories(s_folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)] : [];
}
