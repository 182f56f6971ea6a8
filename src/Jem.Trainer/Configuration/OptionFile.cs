using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Shared;

namespace Jem.Trainer.Configuration;

/// <summary>Files that hold the options that differ: JSON with comments.</summary>
internal static class OptionFile
{
    private static readonly JsonDocumentOptions s_format = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <param name="source">Where a person named the file, for messages.</param>
    /// <exception cref="UsageException">The file is not there, or no JSON object.</exception>
    public static JsonObject Read(string path, string source)
    {
        try
        {
            return Parse(File.ReadAllText(path), source);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{source}: {error.Message}");
        }
    }

    /// <param name="text">What such a file holds.</param>
    /// <param name="source">Where a person named it, for messages.</param>
    /// <exception cref="UsageException">The text is no JSON object.</exception>
    public static JsonObject Parse(string text, string source)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: s_format) as JsonObject
                ?? throw new UsageException($"{source}: expected an object of options, such as {{ \"temperature\": 0.2 }}.");
        }
        catch (JsonException error)
        {
            throw new UsageException($"{source}: not JSON: {JsonFault.Of(error)}.");
        }
    }
}
