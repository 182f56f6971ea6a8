using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Runs;

/// <summary>The folder of a run: <c>config.json</c>, <c>program/</c>, <c>checkpoints/</c>, <c>metrics.jsonl</c>.</summary>
public sealed class RunFolder
{
    private const string ConfigFile = "config.json";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static readonly string[] s_exported = ["encoder.onnx", "encoder.safetensors", "card.md"];

    private RunFolder(string path) => Root = path;

    public string Root { get; }

    public string Program => Path.Combine(Root, "program");

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    private string Config => Path.Combine(Root, ConfigFile);

    /// <summary>Makes the folder of a new run and writes its resolved configuration.</summary>
    /// <param name="overwrite">Delete the run that is there. What is not a run is never deleted.</param>
    /// <exception cref="UsageException">Something is there already.</exception>
    public static RunFolder Create(string path, JsonObject config, bool overwrite)
    {
        Check(path, overwrite);
        var run = new RunFolder(path);
        run.Delete();
        Directory.CreateDirectory(run.Program);
        File.WriteAllText(run.Config, config.ToJsonString(s_indented));
        return run;
    }

    /// <summary>Whether a new run may be made at a path.</summary>
    /// <exception cref="UsageException">Something is there already.</exception>
    public static void Check(string path, bool overwrite)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"--out {path} is a file; expected a folder that is not there yet.");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            var isRun = File.Exists(Path.Combine(path, ConfigFile)) && Directory.Exists(Path.Combine(path, "program"));
            if (!overwrite || !isRun)
            {
                throw new UsageException(isRun
                    ? $"--out {path} holds a run already. Choose another folder, or add --overwrite to delete it."
                    : $"--out {path} is not empty and not a run. Choose another folder.");
            }
        }
    }

    /// <exception cref="UsageException">The folder is not that of a run.</exception>
    public static RunFolder Open(string path) => File.Exists(Path.Combine(path, ConfigFile))
        ? new RunFolder(path)
        : throw new UsageException(Directory.Exists(path)
            ? $"{path} is not a run: it has no {ConfigFile}. Give the folder that `jem train --out` wrote."
            : $"{path}: there is no such folder. Give the folder that `jem train --out` wrote.");

    public JsonObject ReadConfig() => JsonNode.Parse(File.ReadAllText(Config))!.AsObject();

    // Only what a run writes: a person's notes beside it stay. The encoder of the old run must not pass for the new one's.
    private void Delete()
    {
        foreach (var folder in new[] { Program, Checkpoints }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in ((string[])[Metrics, Config, .. s_exported.Select(name => Path.Combine(Root, name))]).Where(File.Exists))
        {
            File.Delete(file);
        }
    }
}
