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
        var steps = options.OnGpu ? s_large : s_tiny;
        var torch = Torch(options);
        foreach (var (name, request) in steps)
        {
            using var programs = new Programs(request, count: 10_000);
            var figures = new Dictionary<string, double>();
            foreach (var (kind, device) in Kinds(options))
            {
                var (speed, bytes) = Measure(programs.Folder, programs.Program.BatchSize, device, options.OnGpu);
                figures[kind] = speed;
                var memory = options.OnGpu ? string.Create(CultureInfo.InvariantCulture, $", {bytes >> 20} MiB") : "";
                yield return new Result($"{name}, {kind}", true, string.Create(CultureInfo.InvariantCulture, $"{speed:F0} images/s{memory}"), speed);
            }

            foreach (var (mode, speed) in torch.Where(row => row.Name == name).Select(row => (row.Mode, row.Speed)))
            {
                yield return new Result(
                    $"{name}, PyTorch {mode}", true,
                    string.Create(CultureInfo.InvariantCulture, $"{speed:F0} images/s; jem is {figures["jem"] / speed:F2} of it"), figures["jem"] / speed);
            }
        }

        if (torch.Count == 0)
        {
            yield return new Result("PyTorch", true, "is not on this machine, or has no GPU: nothing to compare with");
        }
    }

    private static readonly (string Name, MethodRequest Request)[] s_large =
    [
        ("resnet18-w64-32", Sgd("simclr", "resnet18", 32, 256)),
        ("resnet50-224", Sgd("simclr", "resnet50", 224, 64)),
        ("dino-vit-s16", Sgd("dino", "vit_small", 224, 64, "backbone.patch=16", "local_views.count=8", "prototypes=4096")),
    ];

    private static readonly (string Name, MethodRequest Request)[] s_tiny = [("resnet18-w8-32", Sgd("simclr", "resnet18", 32, 8, "backbone.width=8"))];

    private static IEnumerable<(string Kind, DeviceOptions Device)> Kinds(CheckOptions options) =>
        [("jem", options.Fast(kernels: true)), ("ONNX Runtime's operators", options.Fast(kernels: false))];

    private static MethodRequest Sgd(string method, string backbone, int side, int batch, params string[] settings) => new(method)
    {
        Backbone = backbone,
        ImageSize = side,
        Batch = batch,
        Settings = [.. settings, "optimizer.name=sgd", "optimizer.learning_rate=0.03"],
    };

    private static (double ImagesPerSecond, long Bytes) Measure(string folder, int batch, DeviceOptions device, bool onGpu)
    {
        var before = onGpu ? CudaDevice.Memory.Free : 0;
        using var runner = new StepRunner(folder, new Device(device));
        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Batch && input.Dtype == "uint8"))
        {
            new Random(1).NextBytes(runner.Batch(input.Name));
        }

        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Scalar && input.Default is null))
        {
            runner.SetScalar(input.Name, 0.03);
        }

        // The first steps choose algorithms and take memory.
        for (var i = 0; i < (onGpu ? 5 : 1); i++)
        {
            runner.Step();
        }

        var (steps, clock) = (0, Stopwatch.StartNew());
        while (steps < 3 || clock.Elapsed < s_enough)
        {
            runner.Step();
            steps++;
        }

        _ = runner.Metric(runner.Stage.Output(Meaning.Loss).Name)[0];
        return (steps * batch / clock.Elapsed.TotalSeconds, onGpu ? before - CudaDevice.Memory.Free : 0);
    }

    private static List<(string Name, string Mode, double Speed)> Torch(CheckOptions options)
    {
        var (script, json) = (Path.Combine(options.Out, "torch_step.py"), Path.Combine(options.Out, "torch.json"));
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
            _ = said.Result;
            return python.ExitCode != 0 ? [] : [.. JsonNode.Parse(File.ReadAllText(json))!.AsArray().Select(row =>
                ((string)row!["name"]!, (string)row["mode"]!, (double)row["images_per_second"]!))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }
}
