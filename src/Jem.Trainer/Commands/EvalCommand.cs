using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Imaging.Files;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Vectors;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary><c>jem eval</c>: how good an exported encoder is, beside raw pixels and the untrained network.</summary>
public static class EvalCommand
{
    public static Command Create()
    {
        var subject = new Argument<string>("encoder") { Description = "The folder of a run, or an encoder.onnx." };
        var data = DataFlag.Create(required: true);
        var flags = new EvalFlags();
        var baselines = new Option<bool>("--baselines") { Description = "Also measure raw pixels, and for a run the network before training." };
        var best = new Option<bool>("--best") { Description = "Of a run with --knn-every, measure the best checkpoint instead of the newest." };
        var json = new Option<string?>("--json") { Description = "Write the results to a file, with all that is needed to cite them; without a FILE, to the output instead of the table.", Arity = ArgumentArity.ZeroOrOne, HelpName = "FILE" };
        var quiet = new Option<bool>("--quiet") { Description = "Print results and complaints only." };
        var command = new Command("eval", "Measure an encoder on labelled images: the train split is the bank, the test split asks.\n\nExample:\n  jem eval runs/photos --data folder:photos --baselines --json eval.json") { subject, data };
        flags.AddTo(command);
        foreach (var option in new Option[] { baselines, best, json, quiet })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var output = new Output(parsed, parsed.GetResult(json) is not null && parsed.GetValue(json) is null, parsed.GetValue(quiet));
                var encoders = new Encoders(parsed.GetValue(subject)!, parsed.GetValue(best), parsed.GetValue(baselines));
                return Run(encoders, parsed.GetValue(data)!, flags.Options(parsed), output, parsed.GetValue(json), cancellation);
            },
            CancellationToken.None));
        return command;
    }

    /// <param name="Subject">The folder of a run, or an encoder file.</param>
    private sealed record Encoders(string Subject, bool Best, bool Baselines);

    private static int Run(Encoders encoders, string spec, EvaluationOptions options, Output output, string? json, CancellationToken cancellation)
    {
        // A slip is noticed before minutes of work, not after.
        var parsed = DataFlag.Parse(spec);
        if (json is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(json))))
        {
            throw new UsageException($"--json {json}: there is no folder to write it into.");
        }

        var scratch = Directory.CreateTempSubdirectory("jem-eval-").FullName;
        try
        {
            var files = EncoderFiles(encoders, scratch);
            var data = StatusLine.Run(status => EvaluationData.Open(parsed, options, new DataOpening { Status = status, Warn = DataFlag.Warn, Cancellation = cancellation }), output.Quiet);
            data.Check(options);
            var results = StatusLine.Run(status => Measure(new Evaluation(data, options, status), files, encoders.Baselines, cancellation), output.Quiet);
            output.Result(EvalResult.ToJson(results), EvalTable.Of(results, AnsiConsole.Profile.Width));
            if (json is not null)
            {
                AtomicFile.Write(json, EvalResult.ToJson(results).ToJsonString(Output.Readable));
            }

            return CommandHost.Done;
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException($"Interrupted; nothing was measured to the end{(json is null ? "" : $", and {json} was not written")}.", error, cancellation);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static List<EvalResult> Measure(Evaluation evaluation, IReadOnlyList<(string Name, string File)> files, bool baselines, CancellationToken cancellation)
    {
        var results = new List<EvalResult>();
        foreach (var (name, file) in files)
        {
            using var encoder = new Encoder(file);
            if (baselines && results.Count == 0)
            {
                results.AddRange(evaluation.Of(new PixelEmbedder(encoder.Info), cancellation));
            }

            results.AddRange(evaluation.Of(new EncoderEmbedder(name, encoder), cancellation));
        }

        return results;
    }

    /// <summary>What is measured is always an exported file; of a run those are made here.</summary>
    private static List<(string Name, string File)> EncoderFiles(Encoders encoders, string scratch)
    {
        if (File.Exists(encoders.Subject))
        {
            return encoders.Best
                ? throw new UsageException($"--best chooses a checkpoint of a run, and {encoders.Subject} is a file. Leave it out.")
                : [("trained", encoders.Subject)];
        }

        var run = RunFolder.Open(encoders.Subject);
        var files = new List<(string, string)> { ("trained", Save(EncoderSource.OfRun(run, encoders.Best), Path.Combine(scratch, "trained.onnx"))) };
        if (encoders.Baselines)
        {
            files.Insert(0, ("random", Save(EncoderSource.BeforeTraining(run), Path.Combine(scratch, "random.onnx"))));
        }

        return files;
    }

    private static string Save(EncoderSource source, string file)
    {
        File.WriteAllBytes(file, EncoderExport.Model(source));
        return file;
    }
}
