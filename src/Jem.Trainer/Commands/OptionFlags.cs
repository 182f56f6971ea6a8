using System.CommandLine;
using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>The flags with which <c>train</c> and <c>graph</c> choose a method and its options.</summary>
internal sealed class OptionFlags(bool methodRequired = true)
{
    private readonly Argument<string?> _method = new("method")
    {
        Description = $"One of {string.Join(", ", MethodTable.Methods.Select(method => method.Name))}.",
        Arity = methodRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _backbone = new("--backbone") { Description = $"One of {string.Join(", ", BackboneTable.Names)} [resnet18].", HelpName = "NAME" };
    private readonly Option<int?> _width = new("--width") { Description = "Channels of the backbone's first stage [64].", HelpName = "N" };
    private readonly Option<int?> _imageSize = new("--image-size") { Description = "Side of the views in pixels [32].", HelpName = "N" };
    private readonly Option<int?> _batch = new("--batch") { Description = "Images per step [256].", HelpName = "B" };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Seed of weights, order and views [0].", HelpName = "S" };
    private readonly Option<string?> _config = new("--config") { Description = "A JSON file with options that differ from the defaults.", HelpName = "FILE" };
    private readonly Option<string[]> _set = new("--set") { Description = "One option, such as temperature=0.2 or views.crop_scale=0.2,1; `jem methods METHOD` lists them. May be repeated.", HelpName = "key=value" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_method);
        foreach (var option in new Option[] { _backbone, _width, _imageSize, _batch, _seed, _config, _set })
        {
            command.Options.Add(option);
        }
    }

    public TrainingRequest Request(ParseResult parsed) => new(parsed.GetValue(_method) ?? "")
    {
        Backbone = parsed.GetValue(_backbone),
        Width = parsed.GetValue(_width),
        ImageSize = parsed.GetValue(_imageSize),
        Batch = parsed.GetValue(_batch),
        Seed = parsed.GetValue(_seed),
        ConfigFile = parsed.GetValue(_config),
        Settings = parsed.GetValue(_set) ?? [],
    };
}
