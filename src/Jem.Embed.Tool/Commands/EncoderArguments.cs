using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>The options of the verbs that encode many images.</summary>
internal sealed class EncoderArguments
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "The encoder, as `jem export` wrote it.",
        HelpName = "encoder.onnx",
        Required = true,
    };
    private readonly Option<int> _threads = AtLeastOne(
        "--threads", "Threads of the encoder; without this flag, one per core.", "N", Environment.ProcessorCount, most: 1024);
    private readonly Option<int> _batch = AtLeastOne(
        "--batch", "Images that the encoder takes at once. More need more memory.", "B", new EncoderOptions().BatchSize);
    private readonly Option<bool> _overwrite = OutputFiles.Overwrite();

    public EncoderArguments(string outHelp, string outDescription)
    {
        Out = new Option<string>("--out") { Description = outDescription, HelpName = outHelp, Required = true };
    }

    public Option<string> Out { get; }

    public static Option<int> AtLeastOne(string name, string description, string help, int value, int most = int.MaxValue)
    {
        var option = new Option<int>(name) { Description = description, HelpName = help, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && (number < 1 || number > most))
            {
                result.AddError($"{name} is {number}; expected {(number < 1 ? "at least 1" : $"at most {most}")}.");
            }
        });
        return option;
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _model, Out, _overwrite, _threads, _batch })
        {
            command.Options.Add(option);
        }
    }

    public bool Overwrites(ParseResult parsed) => parsed.GetValue(_overwrite);

    /// <summary>The path of a model, which exists.</summary>
    /// <exception cref="EmbedUsageException">There is no such file.</exception>
    public static string Existing(string model) => File.Exists(model) ? model : throw new EmbedUsageException($"There is no encoder {model}.");

    /// <exception cref="EmbedUsageException">There is no such file.</exception>
    /// <exception cref="JemException">It is no encoder.</exception>
    public Encoder Load(ParseResult parsed, bool normalize) => new(
        Existing(parsed.GetValue(_model)!),
        new EncoderOptions { Threads = parsed.GetValue(_threads), BatchSize = parsed.GetValue(_batch), Normalize = normalize });
}
