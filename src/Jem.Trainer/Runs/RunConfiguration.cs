using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Naming;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Runs;

/// <summary>What <c>config.json</c> says of a run, and which part of it determines every byte that is learnt.</summary>
public static class RunConfiguration
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // Paths and versions may change on the way; a run stays the same run.
    private static readonly string[] s_identity = ["method", "images", "data_fingerprint", "short_side", "steps", "device", "options", "program_sha256"];

    private static readonly string[] s_needed = [.. s_identity, "data", "settings", "steps_per_epoch"];

    /// <summary>A record as it stands in <c>config.json</c>.</summary>
    public static JsonNode ToJson(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), s_json)!;

    public static T Read<T>(JsonNode node) => node.Deserialize<T>(s_json)!;

    /// <summary>The options that a run was made with.</summary>
    /// <param name="methods">Those that there are; null for those of these libraries.</param>
    /// <exception cref="ArgumentException">The run's method is not among them.</exception>
    public static MethodOptions ReadOptions(JsonObject configuration, Catalog<Method>? methods = null)
    {
        var method = (methods ?? MethodCatalog.BuiltIn).Get((string)configuration["method"]!);
        return (MethodOptions)configuration["options"]!.Deserialize(method.Options.GetType(), s_json)!;
    }

    /// <summary>Whether a configuration is whole enough to go on with.</summary>
    /// <param name="run">Where it lies, for the message.</param>
    /// <exception cref="InvalidDataException">It was changed by hand, or is another program's.</exception>
    public static void RequireWhole(JsonObject configuration, string run)
    {
        if (s_needed.FirstOrDefault(key => !configuration.ContainsKey(key)) is { } missing)
        {
            throw new InvalidDataException($"The config.json of {run} has no '{missing}': it is not what `jem train` wrote. Restore it, or start a new run.");
        }
    }

    /// <summary>The part that two runs with the same bytes have in common.</summary>
    public static JsonObject Identity(JsonObject configuration)
    {
        var identity = new JsonObject(s_identity.Where(configuration.ContainsKey).Select(key => KeyValuePair.Create(key, configuration[key]?.DeepClone())));
        if (identity["device"] is { } device)
        {
            identity["device"] = Device(Read<DeviceOptions>(device));
        }

        return identity;
    }

    /// <summary>What of a device's options changes results. The number of threads does not: sums are taken in the same order.</summary>
    public static JsonObject Device(DeviceOptions device) => new() { ["device"] = device.Device, ["kernels"] = device.Kernels };

    /// <summary>The programs that made the run.</summary>
    public static JsonObject Versions() => new()
    {
        ["jem"] = typeof(RunConfiguration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        ["onnx_runtime"] = OrtEnv.Instance().GetVersionString(),
        ["dotnet"] = Environment.Version.ToString(),
        ["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores",
    };

    /// <summary>SHA-256 over the files of a training program.</summary>
    public static string Sha256(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}\n{bytes.Length}\n"));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The first place in which two configurations differ, as its dotted name and both values; null if there is none.</summary>
    public static (string Name, string Left, string Right)? Difference(JsonNode? left, JsonNode? right, string name = "")
    {
        if (left is JsonObject a && right is JsonObject b)
        {
            return a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key))
                .Select(key => Difference(a[key], b[key], name.Length == 0 ? key : $"{name}.{key}"))
                .FirstOrDefault(difference => difference is not null);
        }

        return JsonNode.DeepEquals(left, right) ? null : (name, Text(left), Text(right));
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "nothing";
}
