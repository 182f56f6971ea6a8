using System.Text;
using Jem.Shared;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting.Page;

/// <summary>What a person needs to repeat, continue or use a run.</summary>
internal static class RunSection
{
    private const int SkippedShown = 50;

    public static string Html(RunFolder run, RunFacts facts, RunStatus status)
    {
        var html = new StringBuilder("<table>\n");
        foreach (var (name, value) in facts.Rows())
        {
            html.Append($"<tr><th>{ReportPage.Text(name)}</th><td>{ReportPage.Text(value)}</td></tr>\n");
        }

        html.Append($"</table>\n<pre>{ReportPage.Text(string.Join('\n', Commands(run.Root, facts.Data, status)))}</pre>\n");
        html.Append(Skipped(facts.Skipped));
        return html.Append($"<details><summary>config.json</summary><pre>{ReportPage.Text(facts.ConfigText)}</pre></details>\n").ToString();
    }

    private static IEnumerable<string> Commands(string root, string data, RunStatus status)
    {
        var (run, images) = (ShellWord.Of(root), ShellWord.Of(data));
        if (status.State is not ("running" or "finished"))
        {
            yield return $"jem train --resume {run}";
        }

        yield return $"jem eval {run} --data {images} --baselines";
        yield return $"jem export {run} --out encoder";
        yield return $"jem report {run}";
    }

    private static string Skipped(string[] lines)
    {
        if (lines.Length == 0)
        {
            return "";
        }

        var more = lines.Length > SkippedShown ? $"\n… and {lines.Length - SkippedShown:N0} more: see skipped.txt" : "";
        var shown = ReportPage.Text(string.Join('\n', lines.Take(SkippedShown)) + more);
        return $"<details open><summary>{lines.Length:N0} image{(lines.Length == 1 ? "" : "s")} skipped as broken</summary><pre>{shown}</pre></details>\n";
    }
}
