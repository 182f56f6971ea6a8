using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Quality;

var methods = MethodCatalog.BuiltIn.All.Select(method => method.Name).ToList();
var settings = Settings.Parse(args, methods);
var machine = $"{Machine()}, {Environment.ProcessorCount} cores";
var notes = Notes(Path.Combine(settings.Results, "notes.json"));
Directory.CreateDirectory(settings.Runs);
_ = Table.Read(settings.Results, settings.Summary, machine);
foreach (var method in settings.Methods)
{
    Measure(method);
}

// The best encoder of the table, trained anew if its run is gone.
if (settings.Ship is { } folder)
{
    var best = Table.Read(settings.Results, settings.Summary, machine).Rows.Where(row => row.Seconds is not null).MaxBy(row => row.Knn20)
        ?? throw new InvalidOperationException($"There is no table of {settings.Summary}: make it first.");
    if (!Directory.Exists(RunOf(best.Name)))
    {
        Measure(best.Name);
    }

    JemCommand.Run("export", RunOf(best.Name), "--out", folder, "--overwrite");
    var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "encoder.onnx"))));
    if (hash != best.Sha256)
    {
        throw new InvalidOperationException(
            $"{folder} has the encoder {hash}, and the table measured {best.Sha256}: measure it anew (--methods {best.Name}) on this machine.");
    }
}

// Notes may have been written since.
Save(Table.Read(settings.Results, settings.Summary, machine));
Console.WriteLine(File.ReadAllText(Path.Combine(settings.Results, Table.Page)));

string RunOf(string method) => Path.Combine(settings.Runs, method);

void Measure(string method)
{
    var run = RunOf(method);
    var cost = JemCommand.Run(
        "train", method, "--preset", "small", "--data", settings.Data, "--image-size", Text(settings.ImageSize),
        "--epochs", settings.Epochs.ToString(CultureInfo.InvariantCulture),
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

    Save(table);
}

void Save(Table table)
{
    var floorsFirst = table.Rows.Select(row => row.Name).Except(methods).OrderBy(name => name.StartsWith("raw", StringComparison.Ordinal) ? 0 : 1);
    table.Write(settings.Results, [.. floorsFirst, .. methods], notes);
}

static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

static string Machine() =>
    File.Exists("/proc/cpuinfo")
    && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
    ? line.Split(':')[1].Trim()
    : System.Runtime.InteropServices.RuntimeInformation.OSDescription;

static Dictionary<string, string> Notes(string path) => File.Exists(path)
    ? JsonNode.Parse(File.ReadAllText(path))!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!)
    : [];
