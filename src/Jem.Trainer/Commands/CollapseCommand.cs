using System.CommandLine;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Experiments.Collapse;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Commands;

/// <summary><c>jem collapse</c>: methods trained with and without what keeps them from collapsing, and what was seen.</summary>
internal static class CollapseCommand
{
    private const string Packaged = "fashion-mnist", Drawn = "synthetic:shapes";

    private static readonly DataFlag s_data = new(DataKinds.BuiltIn);

    public static Command Create()
    {
        var names = string.Join(", ", CollapsePair.All.Select(pair => pair.Name));
        var command = new Command(
            "collapse",
            "Train methods with and without the part that keeps them from collapsing, and show curves and figures of both. Takes some minutes.\n\n"
            + "Example:\n  jem collapse --out collapse");
        var data = new Option<string?>("--data")
        {
            Description = $"The images, with labels [{Packaged} if it is installed, otherwise {Drawn}].",
            HelpName = "SPEC",
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder to write runs, collapse.md, collapse.json, collapse.svg and collapse.png into.",
            Required = true,
            HelpName = "DIR",
        };
        var only = new Option<string?>("--only") { Description = $"Train these pairs only, with commas between: {names} [all].", HelpName = "NAMES" };
        var steps = new Option<long>("--steps") { Description = "Steps of each run [200].", HelpName = "N", DefaultValueFactory = _ => 200 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the first weights, the order of the images and their views [0].", HelpName = "N" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Write into --out even if something is there." };
        var device = DeviceFlags.Device();
        var flags = new OutputFlags();
        foreach (var option in new Option[] { data, folder, only, steps, seed, overwrite, device })
        {
            command.Options.Add(option);
        }

        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var (pairs, output) = (Pairs(parsed.GetValue(only)), flags.Of(parsed));
                var images = parsed.GetValue(data) ?? Default(output);
                var plan = new CollapseExperiment(images, parsed.GetValue(folder)!, parsed.GetValue(steps), parsed.GetValue(seed))
                {
                    Overwrite = parsed.GetValue(overwrite),
                    Device = new DeviceOptions { Device = parsed.GetValue(device)! }.Checked(),
                };
                return plan.Steps >= 1
                    ? Run(plan, pairs, output, cancellation)
                    : throw new UsageException($"--steps is {plan.Steps}; expected at least 1.");
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(CollapseExperiment plan, IReadOnlyList<CollapsePair> pairs, Output output, CancellationToken cancellation)
    {
        OutputFolder.Check(plan.Out, plan.Overwrite);
        _ = new Device(plan.Device);
        OutputFolder.Prepare(plan.Out, plan.Overwrite);
        var results = StatusLine.Run(status => plan.Run(pairs, status, cancellation), output);
        string At(string name) => Path.Combine(plan.Out, name);
        var picture = CollapsePicture.Svg(results);
        using var files = new AtomicFiles();
        files.Add(At("collapse.svg"), picture);
        files.Add(At("collapse.png"), ImageEncoder.ToPng(SvgImage.Render(picture)));
        files.Add(At("collapse.md"), CollapseTable.Markdown(results, plan));
        files.Add(At("collapse.json"), CollapseTable.Json(results).ToJsonString(Output.Readable));
        files.Commit();
        output.Result(CollapseTable.Json(results), CollapseTable.Of(results));
        output.Say($"{At("collapse.png")} shows the curves, {At("collapse.md")} has the table.");
        return CommandHost.Done;
    }

    private static IReadOnlyList<CollapsePair> Pairs(string? only)
    {
        var names = CollapsePair.All.Select(pair => pair.Name).ToList();
        CollapsePair Pair(string name) => CollapsePair.All.FirstOrDefault(pair => pair.Name == name) ?? throw new UsageException(
            $"--only {only}: there is no pair '{name}'. Did you mean '{Nearest.To(name, names)}'? There are {string.Join(", ", names)}.");
        return only is null ? CollapsePair.All : [.. only.Split(',', StringSplitOptions.TrimEntries).Select(Pair)];
    }

    private static string Default(Output output)
    {
        try
        {
            s_data.Open(Packaged, DataSplit.Train, new DataOpening(), output);
            return Packaged;
        }
        catch (DataException)
        {
            return Drawn;
        }
    }
}
