namespace Jem.Tests;

/// <summary>The files of the repository that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>The folder of Jem.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Jem.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Jem.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
