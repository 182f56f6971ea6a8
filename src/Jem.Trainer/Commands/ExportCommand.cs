using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem export</c>: the encoder of a run, to ship.</summary>
internal static class ExportCommand
{
    public static Command Create(JemKit kit)
    {
        var run = new Argument<string>("run") { Description = "The folder that `jem train --out` wrote." };
        var output = new Option<string>("--out") { Description = "The folder to write into.", Required = true, HelpName = "DIR" };
        var best = new Option<bool>("--best")
        {
            Description = "Take the best checkpoint of a run with --knn-every, instead of the newest.",
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the encoder that is there." };
        const string about = "Write a run's encoder: encoder.onnx, encoder.safetensors, card.md.\n\nExample:\n  jem export runs/photos --out models/photos";
        var command = new Command("export", about) { run, output, best, overwrite };
        var flags = new OutputFlags();
        flags.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = RunFolder.Open(parsed.GetValue(run)!, kit.Kinds);
            return Run(folder, parsed.GetValue(best), parsed.GetValue(output)!, parsed.GetValue(overwrite), flags.Of(parsed));
        });
        return command;
    }

    private static int Run(RunFolder run, bool best, string folder, bool overwrite, Output output)
    {
        var source = EncoderSource.OfRun(run, best);
        OutputFolder.Prepare(folder, overwrite);
        EncoderExport.Write(source, folder);
        output.Written([.. EncoderFiles.All.Select(file => Path.Combine(folder, file))]);
        return CommandHost.Done;
    }
}
