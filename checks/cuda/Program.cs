using Jem.Checks.Cuda;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Shared;
using Jem.Trainer.Commands;

Telemetry.Disable();

// Parts that start and kill runs, or need another environment, start this program again.
if (args is ["jem", .. var rest])
{
    return await JemApp.RunAsync(rest);
}

if (args is ["profile", var folder, var prefix, var device])
{
    StepProfile.Write(folder, prefix, device);
    return 0;
}

if (CheckOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(CheckOptions.Usage);
    return args is ["--help" or "-h"] ? 0 : 2;
}

if (options.OnGpu)
{
    try
    {
        CudaProvider.Find(new CudaOptions());
    }
    catch (DeviceException error)
    {
        Console.Error.WriteLine($"check-cuda: {error.Message}");
        return 1;
    }
}

try
{
    Directory.CreateDirectory(options.Out);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"check-cuda: --out: {error.Message}");
    return 1;
}

var report = new Report(options);
foreach (var name in options.Parts)
{
    report.Run(name, Part.All[name]);
}

Console.WriteLine($"{report.Passed} passed, {report.Failed} failed; {report.Markdown} and {report.Json}");
return report.Failed == 0 ? 0 : 1;
