using System.Reflection;
using PublicApiGenerator;

namespace Jem.Packages.Tests;

/// <summary>What others can call is written down, so that no change of it goes unseen.</summary>
public class PublicApiTests
{
    private const string Accept = "JEM_ACCEPT_API";

    private static readonly ApiGeneratorOptions s_options = new() { IncludeAssemblyAttributes = false };

    private static IEnumerable<string> Libraries => Projects.Libraries;

    [TestCaseSource(nameof(Libraries))]
    public void A_library_offers_what_its_text_file_says(string library)
    {
        var file = Repository.At("tests", "Jem.Packages.Tests", "Api", $"{library}.txt");
        var offered = Assembly.Load(library).GeneratePublicApi(s_options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(file, offered);
        }

        var written = File.Exists(file) ? File.ReadAllText(file) : "";
        var (offeredLines, writtenLines) = (offered.Split('\n'), written.Split('\n'));
        var changes = offeredLines.Except(writtenLines).Select(line => $"+ {line.Trim()}")
            .Concat(writtenLines.Except(offeredLines).Select(line => $"- {line.Trim()}"));
        Assert.That(offered == written, $"""
            The public surface of {library} is another than {file} says.
            {string.Join('\n', changes.Take(20))}
            If that is intended, run: {Accept}=1 dotnet test tests/Jem.Packages.Tests -c Release --filter PublicApiTests
            """);
    }
}
