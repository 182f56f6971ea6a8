using System.Text.Json;

namespace Jem.Shared;

/// <summary>What is wrong with a JSON text, for a person.</summary>
internal static class JsonFault
{
    private static readonly string[] s_places = [" Path:", " LineNumber:"];

    /// <summary>The fault and its line, counted from 1, without a full stop. .NET counts from 0 and adds places of its own kind.</summary>
    public static string Of(JsonException error)
    {
        var end = s_places.Select(place => error.Message.IndexOf(place, StringComparison.Ordinal)).Where(at => at >= 0)
            .DefaultIfEmpty(error.Message.Length).Min();
        var line = error.LineNumber is { } number ? $", in line {number + 1}" : "";
        return $"{error.Message[..end].TrimEnd('.', ' ')}{line}";
    }
}
