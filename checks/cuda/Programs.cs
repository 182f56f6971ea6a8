using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Checks.Cuda;

/// <summary>Training programs of the checks, as files in a folder.</summary>
internal sealed class Programs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jem-check-cuda-");

    /// <param name="count">Images of the data set, which banks are as long as.</param>
    public Programs(MethodRequest request, int count = 64)
    {
        var images = new ImageStatistics(3, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]) { Count = count };
        Program = MethodResolver.Build(request.Method, MethodResolver.Resolve(request, images));
        foreach (var (name, bytes) in ProgramWriter.Files(Program))
        {
            File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        }
    }

    public TrainingProgram Program { get; }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
