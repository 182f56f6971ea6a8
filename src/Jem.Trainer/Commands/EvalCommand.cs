using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Eval;
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
        var knn = new Option<bool>("--knn") { Description = "Only nearest neighbours: k 20 and 200, cosine, τ 0.1." };
        var linear = new Option<bool>("--linear") { Description = "Only linear probes: all labels, and 10 per class (mean of 5 draws)." };
        var baselines = new Option<bool>("--baselines") { Description = "Also measure raw pixels, and for a run the network before training." };
        var json = new Option<string?>("--json") { Description = "Write the results to a file.", HelpName = "FILE" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the draws of few labels [0].", HelpName = "S" };
        var command = new Command("eval", "Measure an encoder on labelled images: the train split is the bank, the test split asks.\n\nExample:\n  jem eval runs/photos --data folder:photos --baselines --json eval.json")
        {
            subject, data, knn, linear, baselines, json, seed,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var (onlyKnn, onlyLinear) = (parsed.GetValue(knn), parsed.GetValue(linear));
                var options = new EvaluationOptions(onlyKnn || !onlyLinear, onlyLinear || !onlyKnn, parsed.GetValue(seed));
                return Run(parsed.GetValue(subject)!, parsed.GetValue(data)!, options, parsed.GetValue(baselines), parsed.GetValue(json), cancellation);
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(string subject, string data, EvaluationOptions options, bool baselines, string? json, CancellationToken cancellation)
    {
        // A slip is noticed before minutes of work, not after.
        DataFlag.Parse(data);
        if (json is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(json))))
        {
            throw new UsageException($"--json {json}: there is no folder to write it into.");
        }

        var scratch = Directory.CreateTempSubdirectory("jem-eval-").FullName;
        try
        {
            var files = EncoderFiles(subject, baselines, scratch);
            var (train, test) = (DataFlag.Open(data, DataSplit.Train), DataFlag.Open(data, DataSplit.Test));
            var results = StatusLine.Run(status => Measure(new Evaluation(train, test, options, status), files, baselines, cancellation));
            AnsiConsole.Write(EvalTable.Of(results));
            if (json is not null)
            {
                File.WriteAllText(json, EvalResult.ToJson(results));
            }

            return CommandHost.Done;
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
                results.AddRange(evaluation.OfPixels(encoder.Info));
            }

            results.AddRange(evaluation.OfEncoder(name, encoder, cancellation));
        }

        return results;
    }

    /// <summary>What is measured is always an exported file; of a run those are made here.</summary>
    private static List<(string Name, string File)> EncoderFiles(string subject, bool baselines, string scratch)
    {
        if (File.Exists(subject))
        {
            return [("trained", subject)];
        }

        var run = RunFolder.Open(subject);
        var files = new List<(string, string)> { ("trained", Save(EncoderSource.OfRun(run), Path.Combine(scratch, "trained.onnx"))) };
        if (baselines)
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
