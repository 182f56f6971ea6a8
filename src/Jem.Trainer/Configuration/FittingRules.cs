using System.Numerics;
using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;

namespace Jem.Trainer.Configuration;

/// <summary>
/// How options follow the images and the machine, where a person did not name them: one rule for each option. Rules of
/// <see cref="Sizes"/> hold without a preset. Those of <see cref="Limits"/> hold with one as well: they lower what would not fit.
/// </summary>
internal sealed class FittingRules
{
    private const int LargestBatch = 128, LeastSize = 16, PatchesAlongASide = 8, LeastNormGroup = 8;

    private readonly OptionTree _tree;
    private readonly MethodRequest _request;
    private readonly ImageStatistics _images;
    private readonly MethodOptions _paper, _preset;
    private readonly List<FittedOption> _choices = [];

    /// <param name="tree">The options as they were asked for; it is changed.</param>
    /// <param name="paper">The method's own options.</param>
    /// <param name="preset">Those of its preset.</param>
    public FittingRules(OptionTree tree, MethodRequest request, ImageStatistics images, MethodOptions paper, MethodOptions preset) =>
        (_tree, _request, _images, _paper, _preset) = (tree, request, images, paper, preset);

    /// <summary>What was chosen, in the order of the rules.</summary>
    public IReadOnlyList<FittedOption> Choices => _choices;

    private int Count => _images.Count ?? int.MaxValue;

    private string ThirdOfImages => $"a third of the {Count:N0} images at the most";

    private int Batch => _tree.Value<int>("batch");

    /// <summary>The side of the views that suits images of a median shorter side, in pixels.</summary>
    public static int SizeFor(int shortSide, Machine machine) => Math.Clamp(shortSide / 4 * 4, LeastSize, machine.LargestView);

    /// <summary>The options that follow from the sizes of the images.</summary>
    /// <param name="width">Of the backbone; null leaves it.</param>
    /// <param name="batch">At the most.</param>
    public void Sizes(Machine machine, int? width, int batch)
    {
        if (MethodResolver.NamedSize(_tree) is null && _images.ShortSide is { } side)
        {
            var size = SizeFor(side, machine);
            Choose("image.size", size, side > machine.LargestView
                ? $"the images are larger; that suits {machine.Name}"
                : $"the median of the images' shorter sides is {side}");
            Choose("views.size", size);
        }

        var most = Math.Min(LargestBatch, BatchFor(Count));
        Choose("batch", Math.Min(batch, most), batch < most ? "what the memory holds" : most < LargestBatch ? ThirdOfImages : "enough for every method");
        if (width is { } channels)
        {
            Choose("backbone.width", channels, $"what {machine.Name} can train in the time");
        }
    }

    /// <summary>Adds a choice that is no option.</summary>
    public void Say(string what, string value, string reason) => _choices.Add(new FittedOption(what, value, reason));

    /// <summary>The options that follow from the length of the run.</summary>
    /// <param name="steps">Of the run.</param>
    public void Schedules(long steps)
    {
        var momentum = Math.Round(Math.Clamp(1 - (12.0 / steps), 0.9, 0.999), 4);
        Choose("ema.momentum", momentum, $"the teacher keeps up within {steps:N0} steps");
        if (_tree.Has("ema.final_momentum") && _tree.Value<double>("ema.final_momentum") < momentum)
        {
            Choose("ema.final_momentum", momentum);
        }

        var warmup = steps / Math.Max(1.0, Count / Batch) / 20;
        Choose("optimizer.warmup_epochs", Math.Round(warmup, warmup < 0.1 ? 4 : 2), "a twentieth of the run");
    }

    /// <summary>What would not fit the images, the batch or the backbone is lowered.</summary>
    public void Limits()
    {
        OwnBackbone();
        OneSize();
        Colours();
        Lower("batch", BatchFor(Count), ThirdOfImages);
        Patches();
        Lower("queue", Math.Max(1, Count / 2), $"half of the {Count:N0} images, so that a query seldom meets an older key of its own");
        Lower("queue.length", Count / 2, $"half of the {Count:N0} images");
        if (_tree.Has("negatives") && _tree.Value<string>("loss") == "nce")
        {
            Lower("negatives", Math.Max(1, Count / 2), $"half of the {Count:N0} images");
        }

        var rows = _tree.Has("sinkhorn_epsilon") ? Batch + (_tree.Has("queue.length") ? _tree.Value<int>("queue.length") : 0) : int.MaxValue;
        Lower("prototypes", Math.Max(2, Math.Min(Count / 5, rows)), rows < Count / 5
            ? $"one for each of {rows:N0} rows at the most" : $"a fifth of the {Count:N0} images");
        if (_tree.Has("norm_splits"))
        {
            var splits = _tree.Value<int>("norm_splits");
            bool Fits(int groups) => Batch % groups == 0 && Batch / groups >= Math.Min(LeastNormGroup, Batch);
            Lower("norm_splits", Enumerable.Range(1, Math.Max(1, splits)).Last(Fits), $"groups of {LeastNormGroup} images or more of a batch of {Batch}");
        }
    }

    // A power of two of which an epoch has three or more.
    private static int BatchFor(int images) => 1 << BitOperations.Log2((uint)Math.Max(2, images / 3));

    // The width, depth, patches and stem of a preset are those of its own backbone.
    private void OwnBackbone()
    {
        if (_tree.Value<string>("backbone.name") != _preset.Backbone.Name)
        {
            var own = new BackboneOptions();
            Choose("backbone.width", own.Width);
            Choose("backbone.depth", own.Depth);
            Choose("backbone.patch", own.Patch);
            Choose("backbone.stem", own.Stem);
        }
    }

    // A person who names the size of images or of views means both.
    private void OneSize()
    {
        if (MethodResolver.NamedSize(_tree) is { } size)
        {
            Choose("image.size", size);
            Choose("views.size", size);
        }
    }

    // The preset's views were tried on grey clothes. For colours the paper's are better: benchmarks/quality/colour.md.
    private void Colours()
    {
        if (_images.Channels != 3 || _request.Preset is not (null or Presets.Short))
        {
            return;
        }

        var preset = OptionTable.Of(_preset, _request.Kit.Parts.Names).ToDictionary(row => row.Name, row => OptionRow.Text(row.Value));
        var others = OptionTable.Of(_paper, _request.Kit.Parts.Names).Where(row =>
            row.Name.StartsWith("views.", StringComparison.Ordinal) && row.Name != "views.size"
            && !_tree.IsNamed(row.Name) && OptionRow.Text(row.Value) != preset[row.Name]).ToList();
        others.ForEach(row => Choose(row.Name, row.Value));
        if (others.Count > 0)
        {
            Say("views", Presets.Paper, "for colours; those of the preset are for grey images");
        }
    }

    private void Patches()
    {
        var (name, size) = (_tree.Value<string>("backbone.name"), _tree.Value<int>("image.size"));
        if (_request.Kit.Parts.Backbones.All.FirstOrDefault(row => row.Name == name)?.Tokens is not null)
        {
            var patch = Enumerable.Range(1, size).Where(side => size % side == 0).MinBy(side => Math.Abs(side - (size / (double)PatchesAlongASide)));
            var given = _tree.Value<int>("backbone.patch");
            if (given == 0 || size % given != 0)
            {
                Choose("backbone.patch", patch, $"divides images of {size} pixels");
            }
        }
    }

    private void Lower(string option, int limit, string reason)
    {
        if (_tree.Has(option) && _tree.Value<int>(option) > limit)
        {
            Choose(option, limit, reason);
        }
    }

    /// <param name="reason">Null for what follows from another choice, and is not said.</param>
    private void Choose(string option, object value, string? reason = null)
    {
        if (!_tree.Has(option) || _tree.IsNamed(option))
        {
            return;
        }

        _tree.Fit(option, value, option);
        if (reason is not null)
        {
            _choices.RemoveAll(choice => choice.Option == option);
            _choices.Add(new FittedOption(option, OptionRow.Text(value), reason));
        }
    }
}
