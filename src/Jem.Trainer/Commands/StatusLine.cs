using System.Diagnostics;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary>Says on the error stream what goes on: in place on a terminal, a line every few seconds elsewhere.</summary>
internal static class StatusLine
{
    private static readonly TimeSpan s_atFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    /// <summary>Does work that says what goes on.</summary>
    public static T Run<T>(Func<Action<string>, T> work, Output output)
    {
        if (output.Quiet)
        {
            return work(_ => { });
        }

        var console = Output.On(output.Error);
        if (console.Profile.Capabilities.Interactive)
        {
            return console.Status().Start("…", context => work(text => context.Status(Markup.Escape(text))));
        }

        // What is soon over needs no word.
        var next = Stopwatch.StartNew();
        var wait = s_atFirst;
        return work(text =>
        {
            if (next.Elapsed > wait)
            {
                output.Error.WriteLine(text);
                next.Restart();
                wait = s_every;
            }
        });
    }
}
