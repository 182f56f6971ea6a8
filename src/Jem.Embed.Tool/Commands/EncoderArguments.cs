using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Imaging;
using Jem.Shared;

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
    private readonly Option<string> _device = Device();
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

    /// <summary>The flag that chooses what the encoder runs on.</summary>
    public static Option<string> Device()
    {
        string[] names = ["cpu", "cuda"];
        var option = new Option<string>("--device")
        {
            Description = "What computes: the processor, or an NVIDIA GPU.",
            HelpName = "cpu|cuda",
            DefaultValueFactory = _ => names[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !names.Contains(token.Value))
            {
                result.AddError($"Unknown --device '{token.Value}'. Did you mean '{Nearest.To(token.Value, names)}'?");
            }
        });
        return option;
    }

    /// <summary>How the encoder runs on a GPU, if the flag says so.</summary>
    public static CudaOptions? Cuda(ParseResult parsed, Option<string> device) => parsed.GetValue(device) == "cuda" ? new CudaOptions() : null;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _model, Out, _overwrite, _threads, _batch, _device })
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
        new EncoderOptions
        {
            Threads = parsed.GetValue(_threads),
            BatchSize = parsed.GetValue(_batch),
            Normalize = normalize,
            Cuda = Cuda(parsed, _device),
        });
}
