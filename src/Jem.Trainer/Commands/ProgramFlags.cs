using System.CommandLine;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>The flags of a program that is built without images: a method's options, and the channels that images would have.</summary>
/// <param name="argument">The command's argument; null for that of a method.</param>
internal sealed class ProgramFlags(JemKit kit, Argument<string?>? argument = null)
{
    private readonly OptionFlags _options = new(kit, argument: argument);

    private readonly Option<int> _channels = new("--channels")
    {
        Description = "Channels of an image: 1 for grey, 3 for colour.",
        DefaultValueFactory = _ => 3,
        HelpName = "C",
    };

    public void AddTo(Command command)
    {
        _options.AddTo(command);
        command.Options.Add(_channels);
    }

    /// <summary>The first of these flags that was written; null if none was.</summary>
    public string? Given(ParseResult parsed) => parsed.GetResult(_channels) is { Implicit: false } ? _channels.Name : _options.Given(parsed);

    /// <exception cref="UsageException">There is no such method or option, or a value does not fit.</exception>
    public MethodOptions Options(ParseResult parsed)
    {
        var count = parsed.GetValue(_channels);
        if (count < 1)
        {
            throw new UsageException($"--channels is {count}; expected a whole number ≥ 1.");
        }

        var (mean, std) = (Enumerable.Repeat(0.5, count).ToArray(), Enumerable.Repeat(0.25, count).ToArray());
        return MethodResolver.Resolve(_options.Request(parsed), new ImageStatistics(count, mean, std));
    }

    public TrainingProgram Build(ParseResult parsed, MethodOptions options) => MethodResolver.Build(_options.Request(parsed).Method, options, kit);
}
