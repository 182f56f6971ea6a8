using System.Diagnostics;

namespace Jem.Tests;

/// <summary>Python, where it has what a test needs.</summary>
internal static class Python
{
    /// <summary>The first Python that can import the modules; null where there is none. A Python of one's own may hide the system's.</summary>
    /// <param name="modules">With commas between.</param>
    public static string? With(string modules) =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python => Run(python, "-c", $"import {modules}").Code == 0);

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Errors) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, errors);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, error.Message);
        }
    }
}
