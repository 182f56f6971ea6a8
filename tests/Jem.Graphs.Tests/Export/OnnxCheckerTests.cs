using Jem.Graphs.Export;

namespace Jem.Graphs.Tests.Export;

/// <summary>ONNX's own checker, where Python has it (Debian and Ubuntu: python3-onnx).</summary>
public class OnnxCheckerTests
{
    private const string Check = """
        import sys, onnx
        for path in sys.argv[1:]:
            onnx.checker.check_model(path, full_check=True)
        """;

    // One Python for all of them: it takes longer to start than to check.
    [Test]
    public void The_checker_of_ONNX_accepts_every_stage()
    {
        var python = Python.With("onnx");
        Prerequisite.Require(python is not null, "Python's onnx is not installed: apt-get install python3-onnx");

        var folder = Directory.CreateTempSubdirectory("jem-");
        try
        {
            var paths = new List<string>();
            foreach (var name in Programs.Names)
            {
                foreach (var (file, bytes) in ProgramWriter.Files(Programs.Build(name)).Where(pair => pair.Key.EndsWith(".onnx")))
                {
                    paths.Add(Path.Combine(folder.FullName, $"{name} {file}"));
                    File.WriteAllBytes(paths[^1], bytes);
                }
            }

            var (code, errors) = Python.Run(python!, ["-c", Check, .. paths]);
            Assert.That(code, Is.Zero, errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
