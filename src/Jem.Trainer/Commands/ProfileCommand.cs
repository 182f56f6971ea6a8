using System.CommandLine;
using Jem.Graphs.Export;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Profiling;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Commands;

/// <summary><c>jem profile</c>: where the time of a training step goes.</summary>
internal static class ProfileCommand
{
    private const int MostSteps = 100;

    public static Command Create(JemKit kit)
    {
        var subject = new Argument<string?>("run|method")
        {
            Description = $"The folder of a run, or a method: {string.Join(", ", kit.Methods.Names)}. A run has its options, and its device unless you name "
                + "one; a method's program is that of `jem graph`.",
            Arity = ArgumentArity.ExactlyOne,
        };
        var steps = new Option<int>("--steps")
        {
            Description = "Steps that are measured, after three that are not, with the profiler and without it.",
            DefaultValueFactory = _ => 10,
            HelpName = "N",
        };
        var by = new Option<Part>("--by")
        {
            Description = $"A row for each kind of operator, or for each of the {ProfileTable.MostNodes} slowest nodes, with its shapes [kind].",
            HelpName = "kind|node",
        };
        var command = new Command(
            "profile",
            "Show where the time of a training step goes: by operator, its speed beside what this machine can do.\n\n"
            + "Example:\n  jem profile simclr --width 16 --batch 64 --image-size 32\n  jem profile runs/photos --by node")
        { steps, by };
        var flags = new Flags(kit, subject, new ProgramFlags(kit, subject), new DeviceFlags(), new OutputFlags(words: false));
        flags.Program.AddTo(command);
        flags.Device.AddTo(command);
        flags.Output.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed, flags, parsed.GetValue(steps), parsed.GetValue(by) == Part.Node, cancellation), CancellationToken.None));
        return command;
    }

    private enum Part
    {
        Kind,
        Node,
    }

    private sealed record Flags(JemKit Kit, Argument<string?> Subject, ProgramFlags Program, DeviceFlags Device, OutputFlags Output);

    private static int Run(ParseResult parsed, Flags flags, int steps, bool byNode, CancellationToken cancellation)
    {
        if (steps is < 1 or > MostSteps)
        {
            throw new UsageException($"--steps is {steps}; expected a whole number from 1 to {MostSteps}.");
        }

        var output = flags.Output.Of(parsed);
        var (subject, kit) = (parsed.GetValue(flags.Subject)!, flags.Kit);
        var run = kit.Methods.Names.Contains(subject) ? null : Open(subject, kit);
        if (run is not null && flags.Program.Given(parsed) is { } given)
        {
            throw new UsageException($"{given} is for a method, and {subject} is a run, which has its options: leave it out.");
        }

        var device = flags.Device.Options(parsed)((run?.ReadConfig().Device ?? new DeviceOptions()) with { Graph = false }).Checked();
        if (device.Graph)
        {
            throw new UsageException("--cuda-graph starts a step as a whole, in which operators have no times of their own: leave it out.");
        }

        if (device.Device != DeviceOptions.Cpu)
        {
            // Otherwise an operator's time is that of starting its kernels.
            SystemEnvironment.Set("CUDA_LAUNCH_BLOCKING", "1");
        }

        try
        {
            var profile = StatusLine.Run(
                status => StepProfile.Of(Program(parsed, flags, run, status), device, kit, steps, byNode, status, cancellation), output);
            output.Result(profile.ToJson(), ProfileTable.Of(profile));
            return CommandHost.Done;
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException("Interrupted; nothing was measured to the end.", error, cancellation);
        }
    }

    private static RunFolder Open(string subject, JemKit kit) => Directory.Exists(subject)
        ? RunFolder.Open(subject, kit.Kinds)
        : throw new UsageException(
            $"'{subject}' is neither a method nor the folder of a run. Did you mean the method '{Nearest.To(subject, kit.Methods.Names)}'?");

    private static ProgramFiles Program(ParseResult parsed, Flags flags, RunFolder? run, Action<string> status)
    {
        status("Reading the program");
        return run?.ReadProgramFiles()
            ?? ProgramFiles.Of(ProgramWriter.Files(flags.Program.Build(parsed, flags.Program.Options(parsed))), flags.Kit.Kinds);
    }
}
