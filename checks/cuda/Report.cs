using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Imaging.Files;
using Jem.Kernels;
using Jem.Kernels.Cuda;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Checks.Cuda;

/// <summary>What the parts found. It is written anew after each result, so that a crash costs one part only.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    private readonly CheckOptions _options;
    private readonly List<string> _machine;
    private readonly List<(string Part, Result Result)> _results = [];

    public Report(CheckOptions options)
    {
        _options = options;
        _machine =
        [
            options.OnGpu ? Gpu() : "No GPU: the processor stands in its place. This proves the checks and nothing of CUDA.",
            $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, {Environment.ProcessorCount} cores, .NET {Environment.Version}",
        ];
        _machine.ForEach(Console.WriteLine);
        Save();
    }

    public int Passed => _results.Count(row => row.Result is { Passed: true, IsFigure: false });

    public int Failed => _results.Count(row => !row.Result.Passed);

    public string Markdown => Path.Combine(_options.Out, "report.md");

    public string Json => Path.Combine(_options.Out, "report.json");

    public void Run(string name, Part part)
    {
        Console.WriteLine($"{name}: {part.About}");
        var clock = Stopwatch.StartNew();
        try
        {
            foreach (var result in part.Run(_options))
            {
                Add(name, result);
            }
        }
#pragma warning disable CA1031 // Whatever ends a part is its result, and the next one begins.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Add(name, new Result("the part ended", false, error.Message.ReplaceLineEndings(" ")));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   {clock.Elapsed.TotalSeconds:F1} s"));
    }

    private static string Gpu()
    {
        var (free, total) = CudaDevice.Memory;
        var missing = JemKernels.MissingForCuda is { } text ? $" {text}" : "";
        return $"{CudaDevice.Name}, sm_{CudaDevice.Architecture}, {free >> 20} of {total >> 20} MiB free.{missing}";
    }

    private void Add(string part, Result result)
    {
        _results.Add((part, result));
        Console.WriteLine($"   {Verdict(result, "PASS")}  {result.What}: {result.Text}");
        Save();
    }

    private static string Verdict(Result result, string passed) => !result.Passed ? "FAIL" : result.IsFigure ? "    " : passed;

    private void Save()
    {
        List<string> lines = ["# checks/cuda", "", .. _machine.Select(line => $"- {line}"), "", "| part | check | | result |", "|---|---|---|---|"];
        lines.AddRange(_results.Select(row => $"| {row.Part} | {row.Result.What} | {Verdict(row.Result, "pass")} | {row.Result.Text} |"));
        AtomicFile.Write(Markdown, string.Join('\n', lines) + "\n");
        AtomicFile.Write(Json, new JsonObject
        {
            ["device"] = _options.Device,
            ["machine"] = new JsonArray([.. _machine.Select(line => (JsonNode)line)]),
            ["results"] = new JsonArray([.. _results.Select(row => new JsonObject
            {
                ["part"] = row.Part,
                ["check"] = row.Result.What,
                ["passed"] = row.Result.Passed,
                ["result"] = row.Result.Text,
                ["figure"] = row.Result.Figure,
            })]),
        }.ToJsonString(s_readable));
    }
}

/// <summary>One result.</summary>
/// <param name="Figure">What was measured: an error, images a second, an accuracy.</param>
internal sealed record Result(string What, bool Passed, string Text, double? Figure = null)
{
    /// <summary>Whether it is something to know, which cannot fail.</summary>
    public bool IsFigure { get; init; }

    /// <summary>Something to know.</summary>
    public static Result Of(string what, string text, double? figure = null) => new(what, true, text, figure) { IsFigure = true };
}

/// <summary>One part of the checks.</summary>
/// <param name="About">What it checks, in a line.</param>
internal sealed record Part(string About, Func<CheckOptions, IEnumerable<Result>> Run)
{
    /// <summary>The cheapest and most telling first.</summary>
    public static IReadOnlyDictionary<string, Part> All { get; } = new Dictionary<string, Part>
    {
        ["a"] = new(
            "a step of every method and every operator with its gradient: on the device beside the processor",
            options => OneStep.Run(options).Concat(Operators.Run(options))),
        ["b"] = new("ten steps of every method against PyTorch's float64", Replays.Run),
        ["c"] = new("a killed run that is resumed ends with the bytes of one that never stopped", Resumes.Run),
        ["d"] = new("images a second: jem, ONNX Runtime's operators, PyTorch", Speed.Run),
        ["e"] = new("training for some minutes, measured beside raw pixels (--minutes N)", Trains.Run),
    };
}
