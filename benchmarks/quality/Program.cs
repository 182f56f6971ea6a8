using System.Globalization;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Quality;

var methods = MethodTable.Methods.Select(method => method.Name).ToList();
var settings = Settings.Parse(args, methods);
var machine = $"{Machine()}, {Environment.ProcessorCount} cores";
var notes = Notes(Path.Combine(settings.Results, "notes.json"));
Directory.CreateDirectory(settings.Runs);
foreach (var method in settings.Methods)
{
    var run = Path.Combine(settings.Runs, method);
    var cost = JemCommand.Run(
        "train", method, "--preset", "small", "--data", settings.Data, "--image-size", Text(settings.ImageSize), "--epochs", settings.Epochs.ToString(CultureInfo.InvariantCulture),
        "--batch", Text(settings.Batch), "--seed", settings.Seed.ToString(CultureInfo.InvariantCulture), "--out", run, "--overwrite");
    var options = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "config.json")))!["options"]!["backbone"]!;
    var backbone = $"{options["name"]} of width {options["width"]}";

    // The floors are measured once for each backbone.
    var table = Table.Read(settings.Results, settings.Summary, machine);
    var random = $"random {options["name"]}";
    var floors = table.Rows.All(row => row.Name != random) || table.Rows.All(row => row.Name != "raw pixels");
    var evaluation = Path.Combine(run, "eval.json");
    JemCommand.Run(["eval", run, "--data", settings.Data, "--protocol", "knn,linear,rank", "--json", evaluation, .. floors ? new[] { "--baselines" } : []]);
    var results = JsonNode.Parse(File.ReadAllText(evaluation))!.AsArray();
    table = table.With(Row.Of(method, backbone, results, "trained", cost));
    if (floors)
    {
        table = table.With(Row.Of("raw pixels", "–", results, "raw"), Row.Of(random, backbone, results, "random"));
    }

    var floorsFirst = table.Rows.Select(row => row.Name).Except(methods).OrderBy(name => name.StartsWith("raw", StringComparison.Ordinal) ? 0 : 1);
    table.Write(settings.Results, [.. floorsFirst, .. methods], notes);
}

Console.WriteLine(File.ReadAllText(Path.Combine(settings.Results, "results.md")));

static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

static string Machine() => File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
    ? line.Split(':')[1].Trim()
    : System.Runtime.InteropServices.RuntimeInformation.OSDescription;

static Dictionary<string, string> Notes(string path) => File.Exists(path)
    ? JsonNode.Parse(File.ReadAllText(path))!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!)
    : [];
