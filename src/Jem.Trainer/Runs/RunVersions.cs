using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Runs;

/// <summary>The programs and the machine that made a run.</summary>
public sealed record RunVersions
{
    public string? Jem { get; init; }

    public string? OnnxRuntime { get; init; }

    public string? Dotnet { get; init; }

    public string? System { get; init; }

    /// <summary>Those that run now.</summary>
    public static RunVersions Current => new()
    {
        Jem = typeof(RunVersions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        OnnxRuntime = OrtEnv.Instance().GetVersionString(),
        Dotnet = Environment.Version.ToString(),
        System = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores",
    };

    /// <summary>The first of the libraries that compute which is another one now, in words; null where none is known to be.</summary>
    internal string? Difference(RunVersions now) =>
        new[] { ("jem", Jem, now.Jem), ("ONNX Runtime", OnnxRuntime, now.OnnxRuntime) }
            .Where(library => library.Item2 is not null && library.Item2 != library.Item3)
            .Select(library => $"{library.Item1} {library.Item2}, and this is {library.Item3}").FirstOrDefault();

    /// <summary>By name, for people.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, string Version)> All =>
        new[] { ("jem", Jem), ("onnx runtime", OnnxRuntime), ("dotnet", Dotnet), ("system", System) }
            .Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!));

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", All.Select(pair => $"{pair.Name} {pair.Version}"));
}
