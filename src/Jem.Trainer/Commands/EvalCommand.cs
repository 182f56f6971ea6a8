using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Trainer.Configuration;
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
        var json = new Option<string?>("--json") { Description = "Write the results to a file, with all that is needed to cite them.", HelpName = "FILE" };
        var command = new Command("eval", "Measure an encoder on labelled images: the train split is the bank, the test split asks.\n\nExample:\n  jem eval runs/photos --data folder:photos --baselines --json eval.json") { subject, data };
        flags.AddTo(command);
        command.Options.Add(baselines);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed.GetValue(subject)!, parsed.GetValue(data)!, flags.Options(parsed), parsed.GetValue(baselines), parsed.GetValue(json), cancellation),
            CancellationToken.None));
        return command;
    }

    private static int Run(string subject, string spec, EvaluationOptions options, bool baselines, string? json, CancellationToken cancellation)
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
            var files = EncoderFiles(subject, baselines, scratch);
            var data = EvaluationData.Open(parsed, options);
            data.Check(options);
            var results = StatusLine.Run(status => Measure(new Evaluation(data, options, status), files, baselines, cancellation));
            AnsiConsole.Write(EvalTable.Of(results, AnsiConsole.Profile.Width));
            if (json is not null)
            {
                File.WriteAllText(json, EvalResult.ToJson(results));
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
