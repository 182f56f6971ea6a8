using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Data.Sets;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Profiling;

/// <summary>Where the time of a training step goes. Times are medians over the steps, in milliseconds.</summary>
/// <param name="Peaks">What the rows' rates are compared with; null on a GPU, which is not measured.</param>
/// <param name="StepMs">A step without the profiler.</param>
/// <param name="ProfiledStepMs">A step with it, of which all shares are.</param>
/// <param name="OperatorsMs">Of that, in operators: what the rows add up to, but for the difference between a sum of medians and the median of sums.</param>
/// <param name="OutsideMs">The rest: what ONNX Runtime does between operators, and what the profiler itself takes.</param>
/// <param name="Rows">The slowest first.</param>
internal sealed record StepProfile(
    ProfiledProgram Program,
    ProfiledMachine Machine,
    MachinePeaks? Peaks,
    int Steps,
    double StepMs,
    double ProfiledStepMs,
    double OperatorsMs,
    double OutsideMs,
    IReadOnlyList<ProfileRow> Rows)
{
    private const int WarmUp = 3, NoiseImages = 8;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Runs some steps of a program on images of noise. Nothing is left on the disk.</summary>
    /// <param name="steps">How many count, after a few that do not.</param>
    /// <param name="byNode">Whether a row is a single node, and not a kind of them.</param>
    /// <param name="say">Receives what is going on, for a person to watch.</param>
    /// <exception cref="UsageException">An option of the device is wrong.</exception>
    public static StepProfile Of(
        ProgramFiles program, DeviceOptions options, JemKit kit, int steps, bool byNode, Action<string> say, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("jem-profile-").FullName;
        try
        {
            var device = new Device(options with { Profile = Path.Combine(folder, "profile") });
            var machine = ProfiledMachine.Of(options);
            say("Measuring what the machine can do");
            var peaks = device.Memory is null ? MachinePeaks.Measure(machine.Threads) : null;
            say("Opening the program");
            foreach (var (name, bytes) in program.Files)
            {
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
            }

            using var runner = new StepRunner(folder, device, kit.Kinds);
            Fill(runner, program.Manifest, kit, cancellation);
            Run(runner, WarmUp, "Warming up", say, cancellation);
            var profiled = Run(runner, steps, "Measuring steps with the profiler", say, cancellation);
            var file = runner.EndProfiling();
            var plain = Run(runner, steps, "Measuring steps without the profiler", say, cancellation);
            if (peaks is not null)
            {
                // Another program may have had the machine the first time.
                say("Measuring what the machine can do, once more");
                peaks = MachinePeaks.Best(peaks, MachinePeaks.Measure(machine.Threads));
            }

            say("Reading the profile");
            var nodes = OperatorTimes.Nodes(file, WarmUp, steps);
            var inOperators = ProfileRow.Milliseconds(nodes);
            return new StepProfile(
                ProfiledProgram.Of(program.Manifest), machine, peaks, steps, plain, profiled, inOperators, profiled - inOperators,
                ProfileRow.Of(nodes, profiled, peaks, byNode));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, s_json)!;

    // Views come from the loader that training has, so masks and the like are as they are there.
    private static void Fill(StepRunner runner, ProgramManifest program, JemKit kit, CancellationToken cancellation)
    {
        var (size, random) = (program.Image.Size, new Random(1));
        var noise = new byte[NoiseImages][];
        for (var i = 0; i < noise.Length; i++)
        {
            random.NextBytes(noise[i] = new byte[program.Image.Channels * size * size]);
        }

        byte[][] images = [.. Enumerable.Range(0, program.BatchSize).Select(i => noise[i % NoiseImages])];
        var set = new MemoryImageSet("noise", images, program.Image.Channels, size, size, labels: null, [], "noise");
        var options = new ViewLoaderOptions { Batch = program.BatchSize, Seed = program.Seed, Kinds = kit.Inputs };
        using var loader = new ViewLoader(set, program.Batch, options);
        loader.Fill(0, runner.Batch, cancellation);
    }

    // The median of the steps, in milliseconds. A figure is waited for, as a step on a GPU goes on after its call.
    private static double Run(StepRunner runner, int steps, string what, Action<string> say, CancellationToken cancellation)
    {
        var (times, loss) = (new double[steps], runner.Stage.Output(Meaning.Loss).Name);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            say($"{what}: {step + 1} of {steps}");
            var start = Stopwatch.GetTimestamp();
            runner.Step();
            _ = runner.ScalarMetric(loss, 0);
            times[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return ProfileRow.Median(times);
    }
}

/// <summary>What was profiled.</summary>
/// <param name="Backbone">Name and width, such as <c>resnet18-w16</c>.</param>
/// <param name="Size">Side of an image in pixels.</param>
internal sealed record ProfiledProgram(string Method, string Backbone, int Batch, int Channels, int Size)
{
    public static ProfiledProgram Of(ProgramManifest program) =>
        new(program.Method, program.Backbone, program.BatchSize, program.Image.Channels, program.Image.Size);
}

/// <summary>Where it ran.</summary>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Threads">That compute; 1 where a GPU does.</param>
/// <param name="VectorBits">Of the widest vectors that the C# kernels have.</param>
/// <param name="Kernels">Whether the C# kernels ran.</param>
internal sealed record ProfiledMachine(string Device, int Cores, int Threads, int VectorBits, bool Kernels)
{
    public static ProfiledMachine Of(DeviceOptions options) => new(
        options.Device,
        Environment.ProcessorCount,
        options.Device != DeviceOptions.Cpu ? 1 : Sessions.Cores.Of(options.Threads),
        MachinePeaks.VectorBits,
        options.Kernels);
}
