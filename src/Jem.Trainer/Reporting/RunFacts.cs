using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Formatting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

/// <summary>What the files of a run say about it, for people.</summary>
internal sealed class RunFacts
{
    private readonly RunConfig _config;
    private readonly ProgramManifest _program;

    /// <exception cref="InvalidDataException">The configuration or the program is gone, or was altered.</exception>
    public RunFacts(RunFolder run)
    {
        (_config, _program) = (run.ReadConfig(), run.ReadProgram());
        Skipped = File.Exists(run.Skipped) ? File.ReadAllLines(run.Skipped) : [];
        var step = _program.Stage(ProgramStages.Step);
        Dimension = (int)step.Output(Meaning.Embedding).Shape[1];
        Terms = [.. step.Outputs
            .Where(output => output is { Role: Role.Metric, Means: Meaning.None } && output.Shape.All(size => size == 1)).Select(output => output.Name)];
    }

    /// <summary>D of the embeddings whose deviation and rank are logged.</summary>
    public int Dimension { get; }

    /// <summary>The numbers that the program computes beside the loss.</summary>
    public IReadOnlyList<string> Terms { get; }

    public long Steps => _config.Steps;

    public long Batch => _program.BatchSize;

    public string Data => _config.Data;

    public string Fingerprint => _config.DataFingerprint;

    public string Title => $"{_config.Method} · {_program.Backbone}";

    /// <summary>What tells this run from others, in a line.</summary>
    public string Summary
    {
        get
        {
            var skipped = Skipped.Length == 0 ? "" : $" · {Skipped.Length:N0} broken image{(Skipped.Length == 1 ? "" : "s")} skipped";
            return $"{Data}, {_config.Images:N0} images · batch {Batch:N0} · seed {_program.Seed}{skipped}";
        }
    }

    /// <summary>The images that were left out because they cannot be read, one per line of <c>skipped.txt</c>.</summary>
    public string[] Skipped { get; }

    /// <summary>Rows of a table: name and value.</summary>
    public IEnumerable<(string Name, string Value)> Rows()
    {
        var image = _program.Image;
        yield return ("Method", _config.Method);
        yield return ("Backbone", $"{_program.Backbone}, {image.Size}×{image.Size}×{image.Channels}");
        yield return ("Data", $"{Data}, {_config.Images:N0} images");
        yield return ("Source", _config.DataProvenance);
        yield return ("Fingerprint", Fingerprint);
        yield return ("Steps", $"{Steps:N0} of {Batch:N0} images");
        yield return ("Seed", $"{_program.Seed}");
        yield return ("Learning rate", LearningRate.Text(_program, new RunLength(_config.Steps, _config.StepsPerEpoch)));
        yield return ("Device", _config.Device.Device);
        foreach (var pair in _config.Versions.All)
        {
            yield return pair;
        }
    }

    public string ConfigText => _config.ToJson();
}
