using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;

namespace Jem.Trainer.Commands;

/// <summary>The flags of <c>jem train</c> that say on what, where and how long, and how the run is kept.</summary>
internal sealed class RunFlags
{
    private const int MostPrefetch = 1000;

    private readonly Option<string?> _data = DataFlag.Create("The images to train on. A new run needs it.");
    private readonly Option<string?> _program = new("--program")
    {
        Description = "Train the program in this folder, such as `jem graph` writes one, instead of a method. A program has its own options.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The folder to make for the run. A new run needs it, but for --dry-run.",
        HelpName = "RUN",
    };
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with this run from its newest checkpoint, byte for byte as if it had never stopped. "
            + "It keeps its options; those given here must be the same. Only --epochs or --steps may give it another length: from its checkpoint on, "
            + "it then follows the schedules of a run of that length.",
        HelpName = "RUN",
    };
    private readonly Option<double?> _epochs = new("--epochs")
    {
        Description = "How often to go through the images, such as 20 or 0.5 [by the images and the machine; with a preset or a program, 100].",
        HelpName = "N",
    };
    private readonly Option<long?> _steps = new("--steps") { Description = "How many steps to train. It replaces --epochs.", HelpName = "N" };
    private readonly Option<long?> _checkpointEvery = new("--checkpoint-every")
    {
        Description = "Write a checkpoint every N steps, and after ten minutes without one [1000].",
        HelpName = "N",
    };
    private readonly Option<int?> _keep = new("--keep")
    {
        Description = "How many of the newest checkpoints to keep. The best one by --knn-every is kept besides [2].",
        HelpName = "N",
    };
    private readonly Option<long?> _knnEvery = new("--knn-every")
    {
        Description = "Check every N steps how many training images have the class of their nearest neighbours. Needs labels; the test split "
            + "stays unseen [0: never].",
        HelpName = "N",
    };
    private readonly Option<int?> _patience = new("--patience")
    {
        Description = "Stop when N checks of --knn-every in a row bring no better accuracy [0: never].",
        HelpName = "N",
    };
    private readonly Option<bool?> _stopOnCollapse = new("--stop-on-collapse")
    {
        Description = "true stops, with exit code 1, as soon as the embeddings have collapsed; false only says that they have [false].",
        HelpName = "true|false",
    };
    private readonly Option<bool> _strict = DataFlag.Strict();
    private readonly Option<int?> _workers = new("--workers") { Description = "Threads that make views [half of the cores].", HelpName = "N" };
    private readonly Option<int?> _prefetch = new("--prefetch") { Description = "Batches of views that are made ahead, at least 2 [4].", HelpName = "N" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Delete the run that is in --out, then begin." };
    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only show what would run: sizes, memory, disk, and the time by a few measured steps. Writes nothing.",
    };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _data, _program, _out, _resume, _epochs, _steps, _checkpointEvery, _keep, _knnEvery, _patience, _stopOnCollapse,
            _strict, _workers, _prefetch, _overwrite, _dryRun,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The run to go on with; null where a new one is asked for.</summary>
    public string? Resume(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>A new run.</summary>
    /// <param name="options">Method and options.</param>
    /// <exception cref="UsageException">Something is missing or out of its range.</exception>
    public RunRequest New(ParseResult parsed, MethodRequest options, DeviceFlags device, LoadingOptions loading)
    {
        var request = Request(parsed, options, device, loading);
        return request is { Program: null, Options.Method: "" }
            ? throw new UsageException("Say which method to train with, such as `jem train simclr`; `jem methods` lists them. Or train a program: "
                + "--program DIR. Or go on with a run: --resume RUN.")
            : request.Data is null
            ? throw new UsageException("--data is missing: say which images to train on, such as --data folder:photos.")
            : request.Out is null && !IsDryRun(parsed)
            ? throw new UsageException("--out is missing: name the folder to write the run into, such as --out runs/photos.")
            : request;
    }

    /// <summary>A run that goes on.</summary>
    /// <inheritdoc cref="New"/>
    /// <exception cref="UsageException">A flag does not go with --resume, or is out of its range.</exception>
    public RunRequest GoOn(ParseResult parsed, MethodRequest options, DeviceFlags device, LoadingOptions loading)
    {
        var run = Resume(parsed)!;
        if (parsed.GetValue(_overwrite))
        {
            throw new UsageException("--resume goes on with a run and --overwrite deletes one: leave one of them out.");
        }

        if (parsed.GetValue(_out) is { } other && Path.GetFullPath(other) != Path.GetFullPath(run))
        {
            throw new UsageException($"--out {other} is not the run of --resume {run}. Leave --out out: a run goes on in its folder.");
        }

        return Request(parsed, options, device, loading);
    }

    private RunRequest Request(ParseResult parsed, MethodRequest options, DeviceFlags device, LoadingOptions loading) => new()
    {
        Options = options,
        Program = parsed.GetValue(_program),
        Data = parsed.GetValue(_data),
        Out = parsed.GetValue(_out),
        Overwrite = parsed.GetValue(_overwrite),
        Epochs = parsed.GetValue(_epochs),
        Steps = parsed.GetValue(_steps),
        Device = device.Options(parsed),
        Settings = settings => Settings(parsed, settings),
        Loading = Loading(parsed, loading),
    };

    private RunSettings Settings(ParseResult parsed, RunSettings settings) => settings with
    {
        CheckpointEvery = parsed.GetValue(_checkpointEvery) ?? settings.CheckpointEvery,
        Keep = parsed.GetValue(_keep) ?? settings.Keep,
        KnnEvery = parsed.GetValue(_knnEvery) ?? settings.KnnEvery,
        Patience = parsed.GetValue(_patience) ?? settings.Patience,
        StopOnCollapse = parsed.GetValue(_stopOnCollapse) ?? settings.StopOnCollapse,
    };

    private LoadingOptions Loading(ParseResult parsed, LoadingOptions loading)
    {
        loading = loading with { Workers = parsed.GetValue(_workers), Strict = parsed.GetValue(_strict) };
        loading = parsed.GetValue(_prefetch) is { } prefetch ? loading with { Prefetch = prefetch } : loading;
        return loading is not { Workers: null or (>= 1 and <= DeviceFlags.MostThreads) }
            ? throw new UsageException($"--workers is {loading.Workers}; expected a whole number from 1 to {DeviceFlags.MostThreads:N0}.")
            : loading is not { Prefetch: >= 2 and <= MostPrefetch }
            ? throw new UsageException($"--prefetch is {loading.Prefetch}; expected a whole number from 2 to {MostPrefetch:N0}.")
            : loading;
    }
}
