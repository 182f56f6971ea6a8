using System.Globalization;
using Jem.Trainer.Training.Progress;
using Spectre.Console;

namespace Jem.Trainer.Planning;

/// <summary>A dry run as a person reads it.</summary>
public static class DryRunTable
{
    public static Table Of(DryRun run)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
        var (network, length, cost) = (run.Network, run.Length, run.Cost);
        Row("method", network.Method);
        Row("backbone", $"{network.Backbone}, width {network.Width}, stem {network.Stem}: {network.EncoderParameters:N0} parameters, {network.OtherParameters:N0} in heads");
        Row("dimensions", $"representation {network.Representation}, embedding {network.Embedding}");
        Row("graph", $"step {network.StepNodes:N0} nodes and {network.Functions} functions, encoder {network.EncoderNodes:N0} nodes");
        Row("images", $"{length.Images:N0}; {length.Views} views each of {length.Channels}×{length.Size}×{length.Size}");
        Row("length", $"{length.Steps:N0} steps of {length.Batch} images, {length.Epochs:G3} epochs of {length.StepsPerEpoch:N0} steps");
        Row("weights and state", $"{Bytes(cost.CarriedBytes)} in two sets of buffers");
        Row("peak memory", $"about {Bytes(cost.PeakBytes)}");
        Row("disk", $"about {Bytes(cost.DiskBytes)}");
        Row("time", $"about {Duration.Text(TimeSpan.FromSeconds(cost.Seconds))}: {Milliseconds(cost.StepSeconds)} a step, {Milliseconds(cost.ViewSeconds)} on one core for its views");
        Row("would write", string.Join('\n', run.Files.Select(file => $"{file.Name}  {Bytes(file.Bytes)}")));
        return table;
    }

    /// <summary>Bytes as people read them.</summary>
    internal static string Bytes(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F2} GiB"),
    };

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F0} ms");
}
