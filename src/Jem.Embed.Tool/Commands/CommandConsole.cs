using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Spectre.Console;

namespace Jem.Embed.Tool.Commands;

/// <summary>Where a command writes: results on the output; progress and complaints on the error stream.</summary>
internal sealed class CommandConsole(TextWriter output, TextWriter error)
{
    private const int SkippedToName = 20;

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>One line of results.</summary>
    public Task SayAsync(string line) => Output.WriteLineAsync(ControlCharacters.Escape(line));

    /// <summary>One line that is no result. Where nobody can hear it, as when the terminal is gone, the work goes on.</summary>
    public void Complain(string line)
    {
        try
        {
            Error.WriteLine(ControlCharacters.Escape(line));
        }
        catch (IOException)
        {
        }
    }

    /// <summary>One line that names what could not be read.</summary>
    public void Report(IReadOnlyList<SkippedImage> skipped, int total)
    {
        if (skipped.Count > 0)
        {
            Complain($"Skipped {skipped.Count} of {total} files. {Reasons(skipped)}");
        }
    }

    /// <summary>A line if the encoder seems to have collapsed.</summary>
    public void Warn(RepeatedVectors repeated, Encoder encoder)
    {
        if (repeated.Warning(encoder.Name) is { } warning)
        {
            Complain(warning);
        }
    }

    /// <summary>The reasons, of the first if there are many.</summary>
    public static string Reasons(IReadOnlyList<SkippedImage> skipped)
    {
        var rest = skipped.Count > SkippedToName ? $" And {skipped.Count - SkippedToName} more." : "";
        return $"{string.Join(' ', skipped.Take(SkippedToName).Select(image => image.Reason))}{rest}";
    }

    /// <summary>Runs work that reports how many of the files are done, with live progress if a person is watching.</summary>
    public async Task WithProgressAsync(string task, int total, Func<Action<int>, Task> work)
    {
        if (Error != Console.Error || Console.IsErrorRedirected)
        {
            await work(_ => { });
            return;
        }

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        await terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(task, maxValue: total);
                await work(done => bar.Value = done);
            });
    }

    private sealed class SpeedColumn : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text($"{task.Value:0}/{task.MaxValue:0} {(task.Speed is { } speed ? $"{speed:0} images/s" : "")}");
    }
}
