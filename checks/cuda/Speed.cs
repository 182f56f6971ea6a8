using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Kernels.Cuda;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Checks.Cuda;

/// <summary>Part d. Images a second and memory of the GPU, without a loader, beside PyTorch on the same machine where it is there.</summary>
internal static class Speed
{
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(3);

    public static IEnumerable<Result> Run(CheckOptions options)
    {
        var torch = Torch(options);
        (string Name, double Ratio) slowest = ("", double.PositiveInfinity);
        foreach (var (name, request) in Steps(options))
        {
            using var programs = new Programs(request, count: 10_000);
            var figures = new Dictionary<string, Figures>();
            if (options.OnGpu)
            {
                // Libraries load their code with the first steps: that is no memory of a step.
                _ = Measure(programs.Folder, programs.Program.BatchSize, options.Fast(kernels: true), onGpu: true);
            }

            foreach (var (kind, device) in Kinds(options))
            {
                Figures Measured() => figures[kind] = Measure(programs.Folder, programs.Program.BatchSize, device, options.OnGpu);
                yield return Try($"{name}, {kind}", Measured, options);
            }

            if (!figures.TryGetValue("jem", out var jem))
            {
                continue;
            }

            var peers = torch.Where(row => row.Name == name).ToList();
            var ratio = peers.Count > 0 ? peers.Min(row => jem.ImagesPerSecond / row.Figures.ImagesPerSecond) : jem.ImagesPerSecond;
            slowest = ratio < slowest.Ratio ? (name, ratio) : slowest;
            foreach (var (_, mode, peer) in peers)
            {
                var share = string.Create(CultureInfo.InvariantCulture, $", of which jem takes {jem.Bytes / Math.Max(1.0, peer.Bytes):F2}");
                var (memory, speed) = (Memory(peer, share, options), jem.ImagesPerSecond / peer.ImagesPerSecond);
                var text = string.Create(CultureInfo.InvariantCulture, $"{peer.ImagesPerSecond:F0} images/s; jem is {speed:F2} of it{memory}");
                yield return Result.Of($"{name}, PyTorch {mode}", text, speed);
            }
        }

        if (torch.Count == 0)
        {
            yield return Result.Of("PyTorch", "is not on this machine, or has no GPU: nothing to compare with");
        }

        using var profiled = new Programs(Steps(options).First(step => step.Name == slowest.Name).Request, count: 10_000);
        foreach (var row in StepProfile.Of(profiled.Folder, options))
        {
            yield return Result.Of($"{slowest.Name}, operators", row);
        }
    }

    /// <summary>Gives a step all that it needs, of any content.</summary>
    public static void Fill(StepRunner runner)
    {
        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Batch && input.Dtype == "uint8"))
        {
            new Random(1).NextBytes(runner.Batch(input.Name));
        }

        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Scalar && input.Default is null))
        {
            runner.SetScalar(input.Name, 0.03);
        }
    }

    /// <param name="Bytes">Memory of the GPU.</param>
    private readonly record struct Figures(double ImagesPerSecond, long Bytes);

    // What one way of computing cannot do is its result, not the end of the others.
    private static Result Try(string name, Func<Figures> measure, CheckOptions options)
    {
        try
        {
            var figures = measure();
            var speed = string.Create(CultureInfo.InvariantCulture, $"{figures.ImagesPerSecond:F0} images/s");
            return Result.Of(name, speed + Memory(figures, "", options), figures.ImagesPerSecond);
        }
#pragma warning disable CA1031 // Whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new Result(name, false, error.Message.ReplaceLineEndings(" "));
        }
    }

    private static string Memory(Figures figures, string more, CheckOptions options) =>
        options.OnGpu ? string.Create(CultureInfo.InvariantCulture, $", {figures.Bytes >> 20} MiB{more}") : "";

    private static (string Name, MethodRequest Request)[] Steps(CheckOptions options) => options.OnGpu ? s_large : s_tiny;

    private static readonly (string Name, MethodRequest Request)[] s_large =
    [
        ("resnet18-w64-32", Sgd("simclr", "resnet18", 32, 256)),
        ("resnet50-224", Sgd("simclr", "resnet50", 224, 64)),
        ("dino-vit-s16", Sgd("dino", "vit_small", 224, 64, "backbone.patch=16", "local_views.count=8", "prototypes=4096", "optimizer.clip=0")),
    ];

    private static readonly (string Name, MethodRequest Request)[] s_tiny = [("resnet18-w8-32", Sgd("simclr", "resnet18", 32, 8, "backbone.width=8"))];

    private static IEnumerable<(string Kind, DeviceOptions Device)> Kinds(CheckOptions options)
    {
        yield return ("jem", options.Fast(kernels: true));
        if (options.OnGpu)
        {
            yield return ("jem, as a CUDA graph", options.Fast(kernels: true) with { Graph = true });
        }

        yield return ("ONNX Runtime's operators", options.Fast(kernels: false));
    }

    private static MethodRequest Sgd(string method, string backbone, int side, int batch, params string[] settings) => new(method)
    {
        Backbone = backbone,
        ImageSize = side,
        Batch = batch,
        Settings = [.. settings, "optimizer.name=sgd", "optimizer.learning_rate=0.03"],
    };

    private static Figures Measure(string folder, int batch, DeviceOptions device, bool onGpu)
    {
        var before = onGpu ? CudaDevice.Memory.Free : 0;
        using var runner = new StepRunner(folder, new Device(device));
        Fill(runner);

        // The first steps choose algorithms and take memory.
        var loss = runner.Stage.Output(Meaning.Loss).Name;
        for (var i = 0; i < (onGpu ? 6 : 1); i++)
        {
            runner.Step();
        }

        _ = runner.ScalarMetric(loss, 0);
        var (steps, clock) = (0, Stopwatch.StartNew());
        while (steps < 3 || clock.Elapsed < s_enough)
        {
            runner.Step();
            steps++;
        }

        return float.IsNaN(runner.ScalarMetric(loss, 0))
            ? throw new InvalidOperationException("the loss is not a number")
            : new Figures(steps * batch / clock.Elapsed.TotalSeconds, onGpu ? before - CudaDevice.Memory.Free : 0);
    }

    private static List<(string Name, string Mode, Figures Figures)> Torch(CheckOptions options)
    {
        var (script, json) = (Path.Combine(options.Out, "torch_step.py"), Path.Combine(options.Out, "torch.json"));
        File.Delete(json);
        using (var source = typeof(Speed).Assembly.GetManifestResourceStream("torch_step.py")!)
        using (var file = File.Create(script))
        {
            source.CopyTo(file);
        }

        try
        {
            using var python = Process.Start(new ProcessStartInfo(
                "python3", [script, "--device", options.Device, "--json", json])
            { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = Task.WhenAll(python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
            python.WaitForExit();
            if (python.ExitCode != 0)
            {
                Console.WriteLine($"   PyTorch: {said.Result[1].Trim().Split('\n')[^1]}");
            }

            return !File.Exists(json) ? [] : [.. JsonNode.Parse(File.ReadAllText(json))!.AsArray().Select(row =>

                ((string)row!["name"]!, (string)row["mode"]!, new Figures((double)row["images_per_second"]!, (long)row["bytes"]!)))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }
}
