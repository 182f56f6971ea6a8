using System.Globalization;
using Jem.Trainer.Formatting;
using Spectre.Console;

namespace Jem.Trainer.DryRun;

/// <summary>A dry run as a person reads it.</summary>
public static class EstimateTable
{
    public static Table Of(RunEstimate run)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
        var (network, length, cost) = (run.Network, run.Length, run.Cost);
        Row("method", network.Method);
        Row("backbone", $"{network.Backbone}: {network.EncoderParameters:N0} parameters, {network.OtherParameters:N0} in heads");
        Row("dimensions", $"representation {network.Representation}, embedding {network.Embedding}");
        Row("graph", $"step {network.StepNodes:N0} nodes and {network.Functions} functions, encoder {network.EncoderNodes:N0} nodes");
        Row("images", $"{length.Images:N0}; {length.Views} views each of {length.Channels}×{length.Size}×{length.Size}");
        Row("length", $"{length.Steps:N0} steps of {length.Batch} images, {length.Epochs:G3} epochs of {length.StepsPerEpoch:N0} steps");
        Row("learning rate", network.LearningRate);
        Row("weights and state", $"{ByteSize.Text(cost.CarriedBytes)} in two sets of buffers");
        Row("peak memory", $"about {ByteSize.Text(cost.PeakBytes)}");
        Row("disk", $"about {ByteSize.Text(cost.DiskBytes)}");
        var steps = $"{Milliseconds(cost.StepSeconds)} a step, {Milliseconds(cost.ViewSeconds)} on one core for its views";
        Row("time", $"about {Duration.Text(TimeSpan.FromSeconds(cost.Seconds))}: {steps}");
        Row("would write", string.Join('\n', run.Files.Select(file => $"{file.Name}  {ByteSize.Text(file.Bytes)}")));
        return table;
    }

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F0} ms");
}
