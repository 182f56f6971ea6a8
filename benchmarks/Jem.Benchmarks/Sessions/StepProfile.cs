using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Kernels;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;
using static System.FormattableString;

namespace Jem.Benchmarks.Sessions;

/// <summary>Where the time of a step goes, by ONNX Runtime's own profile: a table in Markdown, a row per operator.</summary>
internal static class StepProfile
{
    private const int Steps = 5;
    private const int WarmUp = 2;
    private const double Small = 0.01;

    /// <param name="text">What the names of the works contain.</param>
    public static void Print(string text, bool portable)
    {
        foreach (var work in StepWork.All.Where(work => work.Name.Contains(text, StringComparison.Ordinal)))
        {
            var times = Times(work.Build(), kernels: !portable);
            var all = times.Sum(row => row.Milliseconds);
            Console.WriteLine(Invariant($"## {work.Name}{(portable ? ", portable" : "")}: {all:F0} ms in operators per step\n"));
            Console.WriteLine("| operator | calls | ms | share |\n|---|---|---|---|");
            foreach (var row in times.Where(row => row.Milliseconds >= Small * all))
            {
                Console.WriteLine(Invariant($"| {row.Operator} | {row.Calls} | {row.Milliseconds:F1} | {row.Milliseconds / all:P0} |"));
            }

            Console.WriteLine(Invariant($"| all others | | {times.Where(row => row.Milliseconds < Small * all).Sum(row => row.Milliseconds):F1} | |\n"));
        }
    }

    private static IReadOnlyList<OperatorTimes> Times(Jem.Graphs.Programs.TrainingProgram program, bool kernels)
    {
        var model = OnnxWriter.Model(program.Stages[0]);
        using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.ProfileOutputPathPrefix = Path.Combine(Path.GetTempPath(), "jem-profile");
        options.EnableProfiling = true;
        if (kernels)
        {
            JemKernels.Register(options, model);
        }

        using var session = new InferenceSession(model.ToByteArray(), options);
        var inputs = Inputs(program);
        using var run = new RunOptions();
        for (var step = 0; step < WarmUp + Steps; step++)
        {
            session.Run(run, inputs, session.OutputNames).Dispose();
        }

        var file = session.EndProfiling();
        var times = OperatorTimes.Read(file, WarmUp, Steps);
        File.Delete(file);
        return times;
    }

    private static Dictionary<string, OrtValue> Inputs(Jem.Graphs.Programs.TrainingProgram program)
    {
        var initial = program.Variables.ToDictionary(
            variable => variable.Value.Name, variable => variable.Init.Draw(variable.Value.Shape, variable.Value.Name, program.Seed));
        return program.Stages[0].Inputs.ToDictionary(input => input.Value.Name, input =>
        {
            long[] shape = [.. input.Value.Shape];
            if (input.Role == Role.Batch)
            {
                var views = new byte[input.Value.Shape.Size];
                new Random(7).NextBytes(views);
                return OrtValue.CreateTensorValueFromMemory(views, shape);
            }

            return OrtValue.CreateTensorValueFromMemory(initial.GetValueOrDefault(input.Value.Name) ?? [(float)(input.Default ?? 0)], shape);
        });
    }
}
