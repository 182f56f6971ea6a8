using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Jem.Trainer.Commands;

/// <summary>
/// Where a command's results and words go, for every verb alike. Results are tables for a person or, with <c>--json</c>, one document
/// for a script; then nothing else is on the output, and words go to the error stream. <c>--quiet</c> leaves words out.
/// </summary>
/// <param name="parsed">Knows where the output and the error stream go.</param>
internal sealed class Output(ParseResult parsed, bool json, bool quiet)
{
    /// <summary>JSON as a person may read it, too.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Json { get; } = json;

    public bool Quiet { get; } = quiet;

    /// <summary>Where results go.</summary>
    public TextWriter Out { get; } = parsed.InvocationConfiguration.Output;

    /// <summary>Where complaints and progress go.</summary>
    public TextWriter Error { get; } = parsed.InvocationConfiguration.Error;

    /// <summary>The same as <see cref="Out"/>, for tables and what is redrawn.</summary>
    public IAnsiConsole Console => On(Out);

    /// <summary>How many characters a line of <see cref="Console"/> holds.</summary>
    public int Width => Console.Profile.Width;

    /// <summary>A line for a person. Where nobody can hear it, as when the terminal is gone, the work goes on.</summary>
    public void Say(string line)
    {
        if (!Quiet)
        {
            Tell(Json ? Error : Out, line);
        }
    }

    /// <summary>What the command was asked for.</summary>
    public void Result(JsonNode document, IRenderable table)
    {
        if (Json)
        {
            Out.WriteLine(document.ToJsonString(Readable));
        }
        else
        {
            Console.Write(table);
        }
    }

    /// <summary>Says what a person should know although the command goes on.</summary>
    public void Warn(string text) => Tell(Error, $"jem: {text}");

    /// <summary>Files that the command wrote.</summary>
    public void Written(IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => (Path: path, Bytes: new FileInfo(path).Length)).ToList();
        if (Json)
        {
            Result(new JsonArray([.. files.Select(file => new JsonObject { ["file"] = file.Path, ["bytes"] = file.Bytes })]), Text.Empty);
        }
        else
        {
            files.ForEach(file => Say($"{file.Path}  {file.Bytes:N0} bytes"));
        }
    }

    private static void Tell(TextWriter stream, string line)
    {
        try
        {
            stream.WriteLine(line);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>A console on a stream: colours and redrawing only where a person looks at it.</summary>
    public static IAnsiConsole On(TextWriter stream)
    {
        var redirected = stream == System.Console.Out ? System.Console.IsOutputRedirected : stream != System.Console.Error || System.Console.IsErrorRedirected;
        var colourless = redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

        // Left to itself the library colours what a build server logs, too.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(stream),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colourless ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (redirected)
        {
            console.Profile.Width = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns is >= 40 and <= 1000 ? columns : 80;
        }

        return console;
    }
}

/// <summary>The flags that choose a command's <see cref="Output"/>.</summary>
/// <param name="json">What is printed instead of words.</param>
/// <param name="words">Whether the command says more than its result.</param>
internal sealed class OutputFlags(string json = OutputFlags.Document, bool words = true)
{
    private const string Document = "Print one JSON document on the output and nothing else; messages go to the error stream.";

    private readonly Option<bool> _json = new("--json") { Description = json };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print results and complaints only." };

    public void AddTo(Command command)
    {
        command.Options.Add(_json);
        if (words)
        {
            command.Options.Add(_quiet);
        }
    }

    public Output Of(ParseResult parsed) => new(parsed, parsed.GetValue(_json), words && parsed.GetValue(_quiet));
}
