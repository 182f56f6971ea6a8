namespace Jem.Shared;

/// <summary>Words of a command that a person may copy into a shell.</summary>
internal static class ShellWord
{
    private const string Harmless = "-_./:=,+@%";

    /// <summary>The text, in single quotes where a shell would read anything into it.</summary>
    public static string Of(string text) => text.Length > 0 && text.All(character => char.IsLetterOrDigit(character) || Harmless.Contains(character))
        ? text
        : $"'{text.Replace("'", "'\\''")}'";
}
