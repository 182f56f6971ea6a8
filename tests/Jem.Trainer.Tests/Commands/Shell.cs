using System.Diagnostics;

namespace Jem.Trainer.Tests.Commands;

/// <summary>Runs bash with the commands <c>jem</c> and <c>jem_embed</c>, which are the built ones: processes of their own, as a person starts them.</summary>
internal static class Shell
{
    private static readonly string s_commands = $$"""
        jem() { dotnet '{{Built("Jem.Trainer.Tool.dll")}}' "$@"; }
        jem_embed() { dotnet '{{Built("Jem.Embed.Tool.dll")}}' "$@"; }
        export -f jem jem_embed
        """;

    /// <summary>The root of the repository.</summary>
    public static string Root => Repository.Root;

    /// <param name="environment">Variables to set; an empty one is taken away.</param>
    public static CommandLine Run(string script, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{s_commands}\n{script}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value.Length == 0 ? null : value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return new CommandLine(process.ExitCode, output.Result, error.Result.TrimEnd());
    }

    private static string Built(string file) => Path.Combine(AppContext.BaseDirectory, file);
}
