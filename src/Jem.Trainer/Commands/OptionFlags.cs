using System.CommandLine;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>The flags with which <c>train</c>, <c>graph</c> and <c>profile</c> choose a method and its options.</summary>
/// <param name="fitted">What decides an option that is left open, in brackets; null for the method's own.</param>
/// <param name="argument">The command's argument, if it may be something else than a method.</param>
internal sealed class OptionFlags(JemKit kit, bool methodRequired = true, string? fitted = null, Argument<string?>? argument = null)
{
    private readonly Argument<string?> _method = argument ?? new("method")
    {
        Description = $"The method: {string.Join(", ", kit.Methods.Names)}. `jem methods` names their papers.",
        Arity = methodRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _backbone = new("--backbone")
    {
        Description =
            $"The network that becomes the encoder: {string.Join(", ", kit.Parts.Backbones.Names)} "
            + $"{Default(kit, options => options.Backbone.Name)}.",
        HelpName = "NAME",
    };
    private readonly Option<int?> _width = new("--width")
    {
        Description = "Channels of the backbone's first stage, or of a transformer's tokens; fewer are faster "
            + $"{fitted ?? "[the backbone's own, such as 64 of a ResNet]"}.",
        HelpName = "N",
    };
    private readonly Option<int?> _imageSize = new("--image-size")
    {
        Description = $"Side of the views in pixels: the options image.size and views.size {fitted ?? Default(kit, options => options.Image.Size)}.",
        HelpName = "N",
    };
    private readonly Option<int?> _batch = new("--batch")
    {
        Description = $"Images per step. The learning rate is multiplied by B/256 {fitted ?? Default(kit, options => options.Batch)}.",
        HelpName = "B",
    };
    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = $"Seed of the first weights, the order of the images and their views {Default(kit, options => options.Seed)}.",
        HelpName = "S",
    };
    private readonly Option<string?> _preset = new("--preset")
    {
        Description =
            $"A set of options that was tested for a purpose: {string.Join(", ", Presets.Names)}; {Presets.Paper} takes the paper's. "
            + "`jem methods METHOD` shows what each sets, and why. "
            + (fitted is null ? $"[{Presets.Paper}]." : "What does not fit the images is lowered, and said; the paper's is refused [none]."),
        HelpName = "NAME",
    };
    private readonly Option<string?> _config = new("--config")
    {
        Description =
            "A JSON file with the options that differ from the method's defaults, or the config.json of a run. It wins over --preset [none].",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _set = new("--set")
    {
        Description =
            "Set any option, such as temperature=0.2 or views.crop_scale=0.2,1. It wins over --preset, --config and the flags above. "
            + "`jem methods METHOD` lists all options with default, range and meaning. May be repeated; the last one wins.",
        HelpName = "key=value",
    };

    private Option[] All => [_backbone, _width, _imageSize, _batch, _seed, _preset, _config, _set];

    public void AddTo(Command command)
    {
        command.Arguments.Add(_method);
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first of these flags that was written; null if none was.</summary>
    public string? Given(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    public MethodRequest Request(ParseResult parsed) => new(parsed.GetValue(_method) ?? "")
    {
        Kit = kit,
        Backbone = parsed.GetValue(_backbone),
        Width = parsed.GetValue(_width),
        ImageSize = parsed.GetValue(_imageSize),
        Batch = parsed.GetValue(_batch),
        Seed = parsed.GetValue(_seed),
        Preset = parsed.GetValue(_preset),
        ConfigFile = parsed.GetValue(_config),
        Settings = parsed.GetValue(_set) ?? [],
    };

    // The value of most methods, then those of the others.
    private static string Default<T>(JemKit kit, Func<MethodOptions, T> option)
    {
        var values = kit.Methods.All.GroupBy(method => OptionRow.Text(option(method.Options)), method => method.Name).OrderByDescending(group => group.Count());
        return $"[{string.Join("; ", values.Select((group, i) => i == 0 ? group.Key : $"{group.Key} of {string.Join(", ", group)}"))}]";
    }
}
