using System.Globalization;
using Jem.Checks.Cuda;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Trainer.Commands;

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

var options = new CheckOptions
{
    Device = Option("--device", "cuda"),
    Parts = Option("--parts", string.Join(',', Part.All.Keys)).Split(','),
    Minutes = double.Parse(Option("--minutes", "0"), CultureInfo.InvariantCulture),
    Data = Option("--data", "synthetic:shapes?n=2000&size=32"),
    Out = Path.GetFullPath(Option("--out", "check-cuda")),
};
if (options.Device is not ("cuda" or "cpu") || options.Parts.FirstOrDefault(part => !Part.All.ContainsKey(part)) is not null)
{
    Console.Error.WriteLine("check-cuda [--device cuda|cpu] [--parts a,b,c,d,e] [--minutes N] [--data SPEC] [--out DIR]");
    foreach (var (name, part) in Part.All)
    {
        Console.Error.WriteLine($"  {name}  {part.About}");
    }

    return 2;
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

Directory.CreateDirectory(options.Out);
var report = new Report(options);
foreach (var name in options.Parts)
{
    report.Run(name, Part.All[name]);
}

Console.WriteLine($"{report.Passed} passed, {report.Failed} failed; {report.Markdown} and {report.Json}");
return report.Failed == 0 ? 0 : 1;

string Option(string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
