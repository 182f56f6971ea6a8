namespace Jem.Trainer.Configuration;

/// <summary>The method that a person asked for and what its options shall be; null where they left an option to the defaults.</summary>
/// <param name="Method">Its name in the kit.</param>
public sealed record MethodRequest(string Method)
{
    /// <summary>From which method, backbone and the rest are.</summary>
    public JemKit Kit { get; init; } = JemKit.BuiltIn;

    public string? Backbone { get; init; }

    public int? Width { get; init; }

    public int? ImageSize { get; init; }

    public int? Batch { get; init; }

    public ulong? Seed { get; init; }

    public string? Preset { get; init; }

    public string? ConfigFile { get; init; }

    public IReadOnlyList<string> Settings { get; init; } = [];
}
