using System.CommandLine;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem export</c>: the encoder of a run, to ship.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The folder of a run." };
        var output = new Option<string>("--out") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the encoder that is there." };
        var command = new Command("export", "Write a run's encoder: encoder.onnx, encoder.safetensors, card.md.\n\nExample:\n  jem export runs/photos --out models/photos") { run, output, overwrite };
        command.SetAction(parsed => Run(parsed.GetValue(run)!, parsed.GetValue(output)!, parsed.GetValue(overwrite)));
        return command;
    }

    private static int Run(string run, string folder, bool overwrite)
    {
        var source = EncoderSource.OfRun(RunFolder.Open(run));
        OutputFolder.Prepare(folder, overwrite);
        EncoderExport.Write(source, folder);
        foreach (var file in new[] { EncoderExport.ModelFile, EncoderExport.WeightsFile, EncoderExport.CardFile })
        {
            var path = Path.Combine(folder, file);
            Console.WriteLine($"{path}  {new FileInfo(path).Length:N0} bytes");
        }

        return CommandHost.Done;
    }
}
