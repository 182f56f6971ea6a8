using System.IO.Compression;

namespace Jem.Packages.Tests;

/// <summary>Every package, packed once for all tests, and a folder of NuGet's packages that has none of Jem's.</summary>
internal sealed class PackedPackages : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackedPackages()
    {
        var global = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Dotnet.Run($"dotnet pack Jem.Packages.slnf -c Release -v quiet -o '{Folder}'", Repository.Root, global);

        // The packages of others are there already; a version of Jem's that was installed before must not pass for the new one.
        foreach (var package in Directory.EnumerateDirectories(global))
        {
            var name = Path.GetFileName(package);
            if (!name.StartsWith("jem.", StringComparison.OrdinalIgnoreCase))
            {
                Directory.CreateSymbolicLink(_folder.At("cache", name), package);
            }
        }
    }

    /// <summary>The folder with the packed files, a source for NuGet.</summary>
    public string Folder => _folder.At("packages");

    /// <summary>The folder of NuGet's packages to use with them.</summary>
    public string Cache => _folder.At("cache");

    /// <summary>The names of the packages, without version.</summary>
    public IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.nupkg").Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length])];

    public static string Version { get; } = typeof(Trainer.Commands.JemApp).Assembly.GetName().Version!.ToString(3);

    public ZipArchive Open(string package, string ending = "nupkg") => ZipFile.OpenRead(Path.Combine(Folder, $"{package}.{Version}.{ending}"));

    public void Dispose() => _folder.Dispose();
}
