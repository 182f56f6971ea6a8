using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Jem.Embed.Tool.Commands;

/// <summary>The usual help of a command, then its example. A command that has one is an <see cref="ExampleCommand"/>.</summary>
internal sealed class HelpWithExample : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {command.Example}\n");
        }

        return code;
    }
}

/// <summary>A command whose help ends with an example.</summary>
internal sealed class ExampleCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;
}
