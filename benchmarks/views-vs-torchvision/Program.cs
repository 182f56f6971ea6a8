using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Views;

// Prints a JSON object: for each of cases.json, images per second of this process's CPU time, each image with all its views.
// Usage: ViewsBenchmark IMAGES SECONDS, where IMAGES is a folder as prepare.py makes it.
var (folder, seconds) = (args[0], double.Parse(args[1]));
var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
var small = Small(File.ReadAllBytes(Path.Combine(folder, "small.bin")));
var photos = Directory.GetFiles(Path.Combine(folder, "photos")).Order(StringComparer.Ordinal).ToArray();
var decoded = Array.ConvertAll(photos, Decode);
var results = new JsonObject
{
    ["versions"] = $".NET {Environment.Version}, vectors of {System.Numerics.Vector<byte>.Count * 8} bits, {RuntimeInformation.OSArchitecture}",
};
foreach (var one in JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cases.json")))!.AsArray())
{
    var recipe = one!["views"].Deserialize<ViewRecipe>(options)!;
    var images = (string)one["images"]! == "small" ? small : decoded;
    Func<int, PlanarImage> image = one["decode"] is null ? index => images[index] : index => Decode(photos[index]);
    results[(string)one["name"]!] = Measure(image, images.Length, recipe, seconds);
}

Console.WriteLine(results.ToJsonString());

static double Measure(Func<int, PlanarImage> images, int count, ViewRecipe recipe, double seconds)
{
    var sampler = new ViewSampler(recipe, 3);
    var view = new byte[sampler.ViewLength];
    var (done, epoch) = (0, 0);

    // The first second compiles.
    foreach (var (time, counted) in ((double, bool)[])[(1, false), (seconds, true)])
    {
        var start = Cpu();
        for (done = 0; Cpu() - start < time; done++)
        {
            var image = images(done % count);
            for (var number = 0; number < recipe.Count; number++)
            {
                sampler.Sample(image, 0, epoch++, done, number, view);
            }
        }

        if (counted)
        {
            return done / (Cpu() - start);
        }
    }

    throw new UnreachableException();
}

static double Cpu() => Environment.CpuUsage.TotalTime.TotalSeconds;

static PlanarImage Decode(string path) => ImageDecoder.Decode(path).WithChannels(3);

static PlanarImage[] Small(byte[] bytes)
{
    const int Length = 3 * 32 * 32;
    return [.. Enumerable.Range(0, bytes.Length / Length).Select(index => new PlanarImage(bytes.AsMemory(index * Length, Length), 3, 32, 32))];
}
