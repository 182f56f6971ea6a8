using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Jem.Embed.Tool.Commands;

/// <summary>The usual help of a command, then the environment, an example and the exit codes.</summary>
internal sealed class HelpWithExample : SynchronousCommandLineAction
{
    private const string Search = "jem-embed index photos --model encoder.onnx --out photos.index\n  jem-embed search photo.jpg --index photos.index";

    private readonly HelpAction _help = new();

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(
            "Environment:\n  JEM_DEBUG  If it is not empty, an error is shown with its place in the code.\n"
            + "  NO_COLOR   If it is not empty, progress has no colours.\n");
        output.WriteLine($"Example:\n  {(parseResult.CommandResult.Command is ExampleCommand command ? command.Example : Search)}\n");
        output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.");
        return code;
    }
}

/// <summary>A command whose help ends with an example.</summary>
internal sealed class ExampleCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;
}
