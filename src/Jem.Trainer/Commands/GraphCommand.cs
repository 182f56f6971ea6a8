using System.CommandLine;
using Jem.Graphs.Export;
using Jem.Imaging.Files;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem graph</c>: writes a training program, to look at or to run elsewhere.</summary>
internal static class GraphCommand
{
    public static Command Create(JemKit kit)
    {
        var flags = new ProgramFlags(kit);
        var shown = new OutputFlags();
        var output = new Option<string>("--out") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there." };
        var command = new Command(
            "graph",
            "Write a method's training program: *.onnx, program.json, init.safetensors.\n\n"
            + "Example:\n  jem graph simclr --backbone resnet18 --width 16 --image-size 28 --channels 1 --out program")
        { output, overwrite };
        flags.AddTo(command);
        shown.AddTo(command);
        command.SetAction(parsed =>
        {
            var options = flags.Options(parsed);

            // A slip is noticed before the work, not after.
            var folder = parsed.GetValue(output)!;
            OutputFolder.Check(folder, parsed.GetValue(overwrite));
            if (RunFolder.IsRun(folder))
            {
                throw new UsageException($"--out {folder} is a run, whose encoder the program's would replace. Choose another folder.");
            }

            var files = ProgramWriter.Files(flags.Build(parsed, options));
            return Write(files, folder, shown.Of(parsed));
        });
        return command;
    }

    private static int Write(IReadOnlyDictionary<string, byte[]> files, string folder, Output output)
    {
        Directory.CreateDirectory(folder);
        using var written = new AtomicFiles();
        foreach (var (name, bytes) in files)
        {
            written.Add(Path.Combine(folder, name), bytes);
        }

        written.Commit();

        output.Written([.. files.Keys.Select(name => Path.Combine(folder, name))]);
        return CommandHost.Done;
    }
}
