using Jem.Graphs.Export;
using Jem.Graphs.Naming;
using Jem.Kernels.Cuda;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>A new run whose images are open and whose program is there and fits them. Nothing is written yet.</summary>
/// <param name="ShortSide">To how many pixels the shorter side of photographs was reduced.</param>
/// <param name="Fit">How the program's options were found; null for a program that was there.</param>
public sealed record PreparedRun(
    RunRequest Request, IImageSet Images, ProgramFiles Program, FittedMethod? Fit, int ShortSide, long Steps, long StepsPerEpoch)
{
    public DeviceOptions Device { get; } = Request.Device(new DeviceOptions());

    public RunSettings Settings { get; } = Request.Settings(new RunSettings());

    /// <summary>What <c>config.json</c> will say.</summary>
    public RunConfig Config => new(
        Program.Manifest.Method,
        DataSpec.Parse(Request.Data!, Request.Options.Kit.Data).Rooted().ToString(),
        Images.Provenance,
        Images.Fingerprint,
        Images.Count,
        ShortSide,
        Steps,
        StepsPerEpoch,
        Device,
        Settings,
        Program.Manifest.Options,
        Program.Sha256)
    {
        Program = Request.Program,
        Fitted = Fit?.Choices is { Count: > 0 } choices ? choices : null,
        Versions = RunVersions.Current,
    };

    /// <exception cref="UsageException">An option is wrong, or the program does not fit the images.</exception>
    /// <exception cref="DataException">The images are not there, or too few.</exception>
    /// <exception cref="InvalidDataException">The program is broken.</exception>
    public static PreparedRun Of(RunRequest request)
    {
        request.Check();
        var settings = request.Settings(new RunSettings()).Checked();
        if (request.Out is { } folder)
        {
            RunFolder.Check(folder, request.Overwrite);
        }

        _ = new Device(request.Device(new DeviceOptions()));
        var kit = request.Options.Kit;
        var (shortSide, program) = request.Program is { } path ? Written(path, kit) : Built(request);
        var images = OpenImages(request.Data!, shortSide, request.Loading, kit.Data);
        if (settings.KnnEvery > 0)
        {
            KnnCheck.Monitor(images);
        }

        var (files, fit) = program(images);
        using var loader = new ViewLoader(images, files.Manifest.Batch, new ViewLoaderOptions { Batch = files.Manifest.BatchSize, Kinds = kit.Inputs });
        return new PreparedRun(request, images, files, fit, shortSide, fit?.Steps ?? request.LengthIn(loader.StepsPerEpoch), loader.StepsPerEpoch);
    }

    /// <summary>To what shorter side photographs are reduced: twice a view's is enough for views.</summary>
    /// <param name="imageSize">Side of a view in pixels.</param>
    public static int TwiceAView(int imageSize) => 2 * imageSize;

    /// <summary>Opens the images to train on.</summary>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    /// <param name="kinds">The kinds of data that there are.</param>
    internal static IImageSet OpenImages(string data, int shortSide, LoadingOptions loading, Catalog<DataKind> kinds)
    {
        var opening = new DataOpening
        {
            ShortSide = shortSide,
            Strict = loading.Strict,
            Status = loading.Status,
            Warn = loading.Warn,
            Cancellation = loading.Cancellation,
        };
        try
        {
            return DataSets.Open(DataSpec.Parse(data, kinds), DataSplit.Train, opening);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    // A program that is there is as it is; the images have to fit it.
    private static (int ShortSide, Func<IImageSet, (ProgramFiles, FittedMethod?)> Program) Written(string folder, JemKit kit)
    {
        var files = ProgramFiles.Read(folder, $"--program {folder}", "`jem graph METHOD` writes one.", kit.Kinds);
        return (TwiceAView(files.Manifest.Image.Size), Fitting);

        (ProgramFiles, FittedMethod?) Fitting(IImageSet images)
        {
            ProgramFit.Check(files, images, kit.Inputs, $"--program {folder}");
            return (files, null);
        }
    }

    // A program that is built takes from the images what it needs to know of them.
    private static (int ShortSide, Func<IImageSet, (ProgramFiles, FittedMethod?)> Program) Built(RunRequest request)
    {
        var (method, machine) = (request.Options, MachineOf(request.Device(new DeviceOptions())));
        return (TwiceAView(FittedMethod.LargestSize(method, machine)), For);

        (ProgramFiles, FittedMethod?) For(IImageSet images)
        {
            request.Loading.Status?.Invoke("Fitting the method to the images");
            var fit = FittedMethod.Of(method, Statistics(images), machine, request.HasLength ? request.LengthIn : null);
            return (ProgramFiles.Of(ProgramWriter.Files(fit.Program), method.Kit.Kinds), fit);
        }
    }

    /// <summary>What a program needs to know of images.</summary>
    internal static ImageStatistics Statistics(IImageSet images)
    {
        var channels = ChannelStatistics.Of(images, limit: 10_000);
        return new ImageStatistics(images.Channels, channels.Mean, channels.Std) { Count = images.Count, ShortSide = MedianShortSide.Of(images) };
    }

    /// <summary>The machine that a run is fitted to. Its device has been found.</summary>
    internal static Machine MachineOf(DeviceOptions device)
    {
        var cores = Cores.Of(device.Threads);
        return device.Device != DeviceOptions.Gpu ? Machine.Cpu(cores, device.Kernels)
            : device.EpLibrary is null ? Machine.Cuda(cores, CudaDevice.Memory.Total)
            : Machine.Cuda(cores);
    }
}
