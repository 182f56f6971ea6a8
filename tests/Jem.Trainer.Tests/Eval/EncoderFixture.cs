using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Training;

namespace Jem.Trainer.Tests.Eval;

/// <summary>A run of a few steps and its exported encoder, made once for tests that measure it.</summary>
[SetUpFixture]
public sealed class EncoderFixture
{
    private static readonly TemporaryFolder s_folder = new();

    private static readonly Lazy<string> s_run = new(() =>
    {
        using var run = new TinyRun(s_folder.At("run"));
        run.Train(steps: 2);
        EncoderExport.Write(EncoderSource.OfRun(run.Folder), s_folder.At("encoder"));
        return s_folder.At("run");
    });

    /// <summary>The folder of the run; images of 16×16.</summary>
    public static string Run => s_run.Value;

    /// <summary>Its encoder.onnx.</summary>
    public static string Encoder => Run is null ? "" : s_folder.At("encoder", EncoderFiles.Model);

    [OneTimeTearDown]
    public void Delete() => s_folder.Dispose();
}
