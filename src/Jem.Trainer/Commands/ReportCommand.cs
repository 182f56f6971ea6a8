using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Reporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem report</c>: the page that shows a run, while it goes on and after it.</summary>
internal static class ReportCommand
{
    public static Command Create(JemKit kit)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run." };
        var data = new Option<string?>("--data") { Description = "The images, if they are no longer where the run found them.", HelpName = "SPEC" };
        var output = new Option<string?>("--out") { Description = "The page to write [RUN/report.html].", HelpName = "FILE" };
        var overwrite = OutputFile.Overwrite();
        var command = new Command(
            "report",
            "Write the page that shows a run: curves, augmented views, nearest neighbours and a map of the embeddings before and after.\n\n"
            + "Example:\n  jem report runs/photos")
        { run, data, output, overwrite };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var (folder, shown) = (RunFolder.Open(parsed.GetValue(run)!, kit.Kinds), new Output(parsed, json: false, quiet: false));

                // The run's own page is made anew at any time.
                if (parsed.GetValue(output) is { } page && Path.GetFullPath(page) != Path.GetFullPath(folder.Report))
                {
                    OutputFile.Check(output.Name, page, parsed.GetValue(overwrite), ".html");
                }

                return Run(folder, new DataFlag(kit.Data), parsed.GetValue(data), parsed.GetValue(output), shown, cancellation);
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(RunFolder run, DataFlag flag, string? data, string? path, Output output, CancellationToken cancellation)
    {
        var page = path ?? run.Report;
        var (config, seed) = (run.ReadConfig(), run.ReadProgram().Seed);
        StatusLine.Run(status =>
        {
            status("Opening the images");
            var opening = new DataOpening { ShortSide = config.ShortSide, Status = status, Warn = output.Warn, Cancellation = cancellation };
            new RunReport(run, Images(flag, config, data, opening, output), seed, status).Write(page, cancellation);
            return page;
        }, output);
        output.Say($"{page}  {new FileInfo(page).Length:N0} bytes");
        return CommandHost.Done;
    }

    // What was named must be there; what the run names may have gone, and its numbers are worth a page all the same.
    private static IImageSet? Images(DataFlag flag, RunConfig config, string? data, DataOpening opening, Output output)
    {
        try
        {
            return DataSets.Open(flag.Parse(data ?? config.Data), DataSplit.Train, opening);
        }
        catch (Exception error) when (data is null && error is (DataException or UsageException))
        {
            output.Warn($"{error.Message} The page has only numbers; --data names the images.");
            return null;
        }
    }
}
