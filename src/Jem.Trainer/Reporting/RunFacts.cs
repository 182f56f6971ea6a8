using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

/// <summary>What the files of a run say about it, for people.</summary>
internal sealed class RunFacts
{
    private readonly JsonObject _config;

    public RunFacts(RunFolder run)
    {
        _config = run.ReadConfig();
        Skipped = File.Exists(run.Skipped) ? File.ReadAllLines(run.Skipped) : [];
        var manifest = Manifest(run);
        Port[] metrics = [.. manifest?.Stages.FirstOrDefault(stage => stage.Name == "step")?.Outputs.Where(output => output.Role == Role.Metric) ?? []];
        Dimension = (int)(metrics.FirstOrDefault(metric => metric.Name == "embedding") is { Shape: [_, var dimension] } ? dimension : 0);
        Terms = [.. metrics.Where(metric => metric.Name != "loss" && metric.Shape.All(size => size == 1)).Select(metric => metric.Name)];
    }

    /// <summary>D of the embeddings whose deviation and rank are logged; 0 if the program does not say.</summary>
    public int Dimension { get; }

    /// <summary>The numbers that the program computes beside the loss.</summary>
    public IReadOnlyList<string> Terms { get; }

    public long Steps => Whole("steps");

    public long Batch => Whole("options", "batch");

    public string Data => Text("data");

    public string Fingerprint => Text("data_fingerprint");

    public string Title => $"{Text("method")} · {Backbone}";

    /// <summary>What tells this run from others, in a line.</summary>
    public string Summary => $"{Data}, {Whole("images"):N0} images · batch {Batch:N0} · seed {Text("options", "seed")}{(Skipped.Length == 0 ? "" : $" · {Skipped.Length:N0} broken image{(Skipped.Length == 1 ? "" : "s")} skipped")}";

    /// <summary>The images that were left out because they cannot be read, one per line of <c>skipped.txt</c>.</summary>
    public string[] Skipped { get; }

    /// <summary>Rows of a table: name and value.</summary>
    public IEnumerable<(string Name, string Value)> Rows()
    {
        var size = Text("options", "image", "size");
        yield return ("Method", Text("method"));
        yield return ("Backbone", $"{Backbone}, {size}×{size}×{Text("options", "image", "channels")}");
        yield return ("Data", $"{Data}, {Whole("images"):N0} images");
        yield return ("Source", Text("data_provenance"));
        yield return ("Fingerprint", Fingerprint);
        yield return ("Steps", $"{Steps:N0} of {Batch:N0} images");
        yield return ("Seed", Text("options", "seed"));
        yield return ("Optimiser", $"{Text("options", "optimizer", "name")}, peak learning rate {Text("options", "optimizer", "learning_rate")}");
        yield return ("Device", Text("device", "device"));
        foreach (var (name, value) in _config["versions"] as JsonObject ?? [])
        {
            yield return (name.Replace('_', ' '), value?.ToString() ?? "");
        }
    }

    public string ConfigText => _config.ToJsonString(new() { WriteIndented = true });

    private string Backbone => $"{Text("options", "backbone", "name")}-w{Text("options", "backbone", "width")}";

    private string Text(params ReadOnlySpan<string> path)
    {
        JsonNode? node = _config;
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node?.ToString() ?? "?";
    }

    private long Whole(params ReadOnlySpan<string> path) => long.TryParse(Text(path), out var number) ? number : 0;

    private static ProgramManifest? Manifest(RunFolder run)
    {
        var path = Path.Combine(run.Program, ProgramWriter.ManifestFile);
        return File.Exists(path) ? ProgramManifest.Parse(File.ReadAllText(path), run.Kinds) : null;
    }
}
