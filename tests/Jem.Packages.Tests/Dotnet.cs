using System.Diagnostics;

namespace Jem.Packages.Tests;

/// <summary>Runs programs as a person would: processes of their own, without what this machine has of Jem's packages.</summary>
internal static class Dotnet
{
    /// <summary>Runs bash, and fails the test where the script fails.</summary>
    /// <param name="packages">The folder of NuGet's packages that the script's commands see.</param>
    /// <returns>What the script wrote, both streams together.</returns>
    public static string Run(string script, string folder, string packages)
    {
        var (code, output) = Try(script, folder, packages);
        Assert.That(code, Is.Zero, $"{script}\n{output}");
        return output;
    }

    /// <inheritdoc cref="Run"/>
    public static (int Code, string Output) Try(string script, string folder, string packages)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -euo pipefail\nexec 2>&1\n{script}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // Servers that stay would hold the output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
