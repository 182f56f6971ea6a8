using System.CommandLine;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Reporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem report</c>: the page that shows a run, while it goes on and after it.</summary>
public static class ReportCommand
{
    public static Command Create(JemKit kit)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run." };
        var data = new Option<string?>("--data") { Description = "The images, if they are not where the run found them.", HelpName = "SPEC" };
        var output = new Option<string?>("--out") { Description = "The page to write [RUN/report.html].", HelpName = "FILE" };
        var command = new Command("report", "Write the page that shows a run: curves, augmented views, nearest neighbours and a map of the embeddings before and after.\n\nExample:\n  jem report runs/photos") { run, data, output };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(RunFolder.Open(parsed.GetValue(run)!, kit.Kinds), kit, parsed.GetValue(data), parsed.GetValue(output), cancellation),
            CancellationToken.None));
        return command;
    }

    private static int Run(RunFolder run, JemKit kit, string? data, string? output, CancellationToken cancellation)
    {
        var page = output ?? run.Report;
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(page))))
        {
            throw new UsageException($"--out {page}: there is no folder to write it into.");
        }

        var config = run.ReadConfig();
        var options = Options(run, config, kit);
        StatusLine.Run(status =>
        {
            status("Opening the images");
            var images = Images(config, data, options, new DataFlag(kit.Data));
            new RunReport(run, images, options.Seed, status).Write(page, cancellation);
            return page;
        });
        Console.WriteLine($"{page}  {new FileInfo(page).Length:N0} bytes");
        return CommandHost.Done;
    }

    private static MethodOptions Options(RunFolder run, JsonObject config, JemKit kit)
    {
        var defaults = TrainingConfig.Method((string?)config["method"] ?? "", kit).Options;
        var tree = new OptionTree(defaults, kit.Parts.Names);
        return (MethodOptions)tree.Overlay(config["options"] as JsonObject ?? [], Path.Combine(run.Root, "config.json")).As(defaults.GetType());
    }

    // What was named must be there; what the run names may have gone, and its numbers are worth a page all the same.
    private static IImageSet? Images(JsonObject config, string? data, MethodOptions options, DataFlag flag)
    {
        var shortSide = 2 * options.Image.Size;
        if (data is not null)
        {
            return flag.Open(data, DataSplit.Train, shortSide);
        }

        try
        {
            return flag.Open((string?)config["data"] ?? "", DataSplit.Train, shortSide);
        }
        catch (Exception error) when (error is DataException or UsageException)
        {
            Console.Error.WriteLine($"jem: {error.Message} The page has only numbers; --data names the images.");
            return null;
        }
    }
}
