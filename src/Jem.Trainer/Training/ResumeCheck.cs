using System.Text.Json.Nodes;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>Whether the run that is asked for is the one that is there. Its length may be another.</summary>
internal static class ResumeCheck
{
    /// <exception cref="UsageException">It is not; the message names the first difference.</exception>
    public static void RequireSame(RunFolder run, RunConfig was, RunRequest asked, IImageSet images)
    {
        var now = was with
        {
            Method = asked.Options.Method.Length > 0 ? asked.Options.Method : was.Method,
            Options = Options(run, was, asked, images),
            DataFingerprint = images.Fingerprint,
            Images = images.Count,
            Device = asked.Device(was.Device),
            ProgramSha256 = asked.Program is null ? was.ProgramSha256 : Sha256(asked.Program, run.Kinds),
        };
        if (RunConfig.Difference(was.Identity(), now.Identity()) is not var (name, before, after))
        {
            return;
        }

        // What nobody says is float32.
        string Said(string value) => name == "device.precision" && value == RunConfig.Nothing ? $"\"{DeviceOptions.Fp32}\"" : value;

        throw new UsageException(name is "images" or "data_fingerprint"
            ? $"--resume {run.Root}: the images are not those that the run began with ({name} was {before} and is {after}). "
                + "Restore them, name the place where they are with --data, or start a new run."
            : $"--resume {run.Root}: {name} is {Said(before)} in the run, {Said(after)} is asked for. A run goes on as it began: leave that out, or "
                + "start a new run with --out.");
    }

    private static string Sha256(string folder, ProgramKinds kinds) =>
        ProgramFiles.Read(folder, $"--program {folder}", "Leave it out: a run goes on by its own.", kinds).Sha256;

    private static JsonObject Resolved(RunFolder run, RunConfig was, RunRequest asked, IImageSet images)
    {
        var options = MethodResolver.Read(was.Options, was.Method, asked.Options.Kit, $"config.json of {run.Root}");
        return OptionJson.Of(FittedMethod.Over(options, asked.Options with { Method = was.Method }, images.Channels, images.Count));
    }

    // What is not asked for stays as it was, also where the method is one that jem does not know.
    private static JsonObject Options(RunFolder run, RunConfig was, RunRequest asked, IImageSet images)
    {
        if (asked.FirstOption is not { } option)
        {
            return was.Options;
        }

        return was.Program is null
            ? Resolved(run, was, asked, images)
            : throw new UsageException($"--resume {run.Root}: the run has its program from {was.Program} and goes on by it: leave {option} out.");
    }
}
