using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Imaging.Files;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Vectors;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem eval</c>: how good an exported encoder is, beside raw pixels and the untrained network.</summary>
internal static class EvalCommand
{
    public static Command Create(JemKit kit)
    {
        var subject = new Argument<string>("encoder") { Description = "The folder of a run, or an encoder.onnx." };
        var data = DataFlag.Create("The images to measure with, most often with labels.", required: true);
        var flags = new EvalFlags();
        var baselines = new Option<bool>("--baselines") { Description = "Measure raw pixels too and, of a run, the network before training." };
        var best = new Option<bool>("--best") { Description = "Measure the best checkpoint of a run with --knn-every, instead of the newest." };
        var json = new Option<string?>("--json")
        {
            Description = "Write the results to FILE, with all that is needed to cite them. Without FILE, print them instead of the table.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "FILE",
        };
        var overwrite = OutputFile.Overwrite();
        var device = DeviceFlags.Device();
        var quiet = new Option<bool>("--quiet") { Description = "Print results and complaints only." };
        var command = new Command(
            "eval",
            "Measure an encoder on labelled images: those of the test split are classified by those of the train split.\n\n"
            + "Example:\n  jem eval runs/photos --data folder:photos --baselines --json eval.json")
        { subject, data };
        flags.AddTo(command);
        foreach (var option in new Option[] { baselines, best, json, overwrite, device, quiet })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var output = new Output(parsed, parsed.GetResult(json) is not null && parsed.GetValue(json) is null, parsed.GetValue(quiet));
                if (parsed.GetValue(json) is { } file)
                {
                    OutputFile.Check(json.Name, file, parsed.GetValue(overwrite), ".json");
                }

                var encoders = new Encoders(parsed.GetValue(subject)!, parsed.GetValue(best), parsed.GetValue(baselines))
                {
                    Options = DeviceFlags.Encoder(parsed, device),
                };
                return Run(encoders, kit, parsed.GetValue(data)!, flags.Options(parsed), output, parsed.GetValue(json), cancellation);
            },
            CancellationToken.None));
        return command;
    }

    /// <param name="Subject">The folder of a run, or an encoder file.</param>
    private sealed record Encoders(string Subject, bool Best, bool Baselines)
    {
        /// <summary>How encoders are run.</summary>
        public EncoderOptions Options { get; init; } = new();
    }

    private static int Run(Encoders encoders, JemKit kit, string spec, EvaluationOptions options, Output output, string? json, CancellationToken cancellation)
    {
        // A slip is noticed before minutes of work, not after.
        var parsed = new DataFlag(kit.Data).Parse(spec);
        try
        {
            var measured = Open(encoders, kit);
            var opening = new DataOpening { Warn = output.Warn, Cancellation = cancellation, Range = RangeOf(measured[^1].Open) };
            var data = StatusLine.Run(status => EvaluationData.Open(parsed, options, opening with { Status = status }), output);
            data.Check(options);
            var warnings = new List<string>();
            var results = StatusLine.Run(
                status => Measure(new Evaluation(data, options, status), measured, encoders.Baselines, warnings.Add, cancellation), output);
            warnings.ForEach(output.Warn);
            output.Result(EvalResult.ToJson(results), EvalTable.Of(results, output.Width));
            if (json is not null)
            {
                AtomicFile.Write(json, EvalResult.ToJson(results).ToJsonString(Output.Readable));
            }

            return CommandHost.Done;
        }
        catch (OperationCanceledException error)
        {
            var unwritten = json is null ? "" : $", and {json} was not written";
            throw new OperationCanceledException($"Interrupted; nothing was measured to the end{unwritten}.", error, cancellation);
        }
    }

    // Files are read as the encoder's were in training. An encoder that cannot be opened is noticed before the images are decoded.
    private static double RangeOf(Func<Encoder> open)
    {
        using var encoder = open();
        return encoder.Info.Range;
    }

    private static List<EvalResult> Measure(
        Evaluation evaluation,
        IReadOnlyList<(string Name, Func<Encoder> Open)> encoders,
        bool baselines,
        Action<string> warn,
        CancellationToken cancellation)
    {
        var results = new List<EvalResult>();
        foreach (var (name, open) in encoders)
        {
            using var encoder = open();
            if (baselines && results.Count == 0)
            {
                results.AddRange(evaluation.Of(new PixelEmbedder(encoder.Info), cancellation));
            }

            var embedder = new EncoderEmbedder(name, encoder);
            results.AddRange(evaluation.Of(embedder, cancellation));
            if (embedder.Warning is { } warning)
            {
                warn(warning);
            }
        }

        return results;
    }

    /// <summary>What is measured is always an exported file; of a run those are made here, in memory.</summary>
    private static List<(string Name, Func<Encoder> Open)> Open(Encoders encoders, JemKit kit)
    {
        if (File.Exists(encoders.Subject))
        {
            return encoders.Best
                ? throw new UsageException($"--best chooses a checkpoint of a run, and {encoders.Subject} is a file. Leave it out.")
                : [("trained", () => new Encoder(encoders.Subject, encoders.Options))];
        }

        var run = RunFolder.Open(encoders.Subject, kit.Kinds);
        var trained = EncoderSource.OfRun(run, encoders.Best);
        var random = encoders.Baselines ? EncoderSource.BeforeTraining(run) : null;
        return [.. random is null ? [] : new[] { Exported("random", random) }, Exported("trained", trained)];

        (string, Func<Encoder>) Exported(string name, EncoderSource source) =>
            (name, () => new Encoder(EncoderExport.Model(source), $"the {name} encoder of {encoders.Subject}", encoders.Options));
    }
}
