using System.Diagnostics;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary>Says what goes on: in place on a terminal, a line every few seconds elsewhere.</summary>
internal static class StatusLine
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    public static T Run<T>(Func<Action<string>, T> work)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            return AnsiConsole.Status().Start("…", context => work(text => context.Status(Markup.Escape(text))));
        }

        var last = 0L;
        return work(text =>
        {
            if (last == 0 || Stopwatch.GetElapsedTime(last) > s_every)
            {
                last = Stopwatch.GetTimestamp();
                Console.WriteLine(text);
            }
        });
    }
}
