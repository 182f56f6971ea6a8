using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Configuration;

/// <summary>Looks for the widest network that a machine can train in the time, and for the length of its run.</summary>
internal sealed class Fitter
{
    // The length that is wanted: so many epochs, within bounds. Fewer steps than the fewest teach nothing, however long they take.
    private const long Epochs = 100, LeastSteps = 1000, MostSteps = 10_000, FewestSteps = 200;

    // An hour, with room for a machine that is slower than the rule of thumb.
    private const double MostSeconds = 40 * 60;

    private readonly MethodRequest _request;
    private readonly ImageStatistics _images;
    private readonly Machine _machine;
    private readonly Func<long, long>? _asked;
    private readonly MethodOptions _own, _preset;

    /// <inheritdoc cref="FittedMethod.Of"/>
    public Fitter(MethodRequest request, ImageStatistics images, Machine machine, Func<long, long>? asked)
    {
        (_request, _images, _machine, _asked) = (request, images, machine, asked);
        var method = MethodResolver.Method(request.Method, request.Kit).Options;
        var size = IsOpen && images.ShortSide is { } side && MethodResolver.NamedSize(MethodResolver.Asked(request, method)) is null
            ? FittingRules.SizeFor(side, machine)
            : MethodResolver.ImageSize(request);
        _own = MethodResolver.ForImages(method, size, images);
        var preset = IsOpen && Presets.Of(request.Method).Contains(Presets.Short) ? Presets.Short : request.Preset;
        _preset = MethodResolver.Preset(preset, request, _own);
    }

    // Without a preset.
    private bool IsOpen => _request.Preset is null;

    public FittedMethod Fit()
    {
        var chosen = default(Candidate);
        foreach (var (width, batch, isNarrowest) in Sizes())
        {
            chosen = Try(width, batch);
            if (chosen.MemoryBytes <= _machine.MemoryBytes / 2 && (isNarrowest || chosen.Seconds * Wanted(chosen.Options) <= MostSeconds))
            {
                break;
            }
        }

        return WithLength(chosen!);
    }

    // The widest first. Where even the narrowest takes too much memory, smaller batches follow. The time is that of the length that would
    // be chosen, so that a short try trains the network of the whole run.
    private IEnumerable<(int? Width, int Batch, bool IsNarrowest)> Sizes()
    {
        if (!IsOpen)
        {
            return [(null, int.MaxValue, true)];
        }

        var (backbone, own) = (_preset.Backbone, _request.Kit.Parts.Backbones.Get(_preset.Backbone.Name).Width);
        var asked = MethodResolver.Asked(_request, _preset);
        int?[] widths = backbone.Width == 0 || asked.Value<string>("backbone.name") != backbone.Name || asked.IsNamed("backbone.width")
            ? [null]
            : [.. new int?[] { 4, 2, 1 }.Select(times => times * backbone.Width).Where(width => width == backbone.Width || width <= own)];
        return
        [
            .. widths.Select((width, i) => (width, int.MaxValue, i == widths.Length - 1)),
            .. new[] { 64, 32, 16, 8 }.Where(_ => !asked.IsNamed("batch")).Select(batch => (widths[^1], batch, true)),
        ];
    }

    private Candidate Try(int? width, int batch)
    {
        var tree = MethodResolver.Asked(_request, _preset);
        var rules = new FittingRules(tree, _request, _images, _own, _preset);
        if (IsOpen)
        {
            rules.Sizes(_machine, width, batch);
        }

        if (_request.Preset != Presets.Paper)
        {
            rules.Limits();
        }

        var (options, program) = Build(tree);
        return new Candidate(tree, rules, options, program, _machine.SecondsPerStep(program), Machine.MemoryOf(program));
    }

    private FittedMethod WithLength(Candidate chosen)
    {
        var (tree, rules, options, program, seconds, memory) = chosen;
        var steps = _asked?.Invoke(StepsPerEpoch(options));
        if (IsOpen)
        {
            steps ??= Length(options, seconds, rules);
            rules.Schedules(steps.Value);
            (options, program) = Build(tree);
        }

        return new FittedMethod(options, program, steps, seconds, memory, rules.Choices);
    }

    private long Length(MethodOptions options, double seconds, FittingRules rules)
    {
        var (wanted, most) = (Wanted(options), Math.Max(FewestSteps, (long)(MostSeconds / seconds) / 100 * 100));
        rules.Say("steps", $"{Math.Min(wanted, most)}", most < wanted ? $"what {_machine.Name} can do in the time"
            : wanted == Epochs * StepsPerEpoch(options) ? $"{Epochs} epochs"
            : wanted == MostSteps ? "enough for a first encoder; --epochs trains longer"
            : $"more than {Epochs} epochs, for there are few images");
        return Math.Min(wanted, most);
    }

    private (MethodOptions Options, TrainingProgram Program) Build(OptionTree tree)
    {
        var options = MethodResolver.Sized((MethodOptions)tree.As(_own.GetType()), _request.Kit.Parts);
        MethodResolver.CheckImages(options, _images);
        return (options, MethodResolver.Build(_request.Method, options, _request.Kit));
    }

    private long StepsPerEpoch(MethodOptions options) => Math.Max(1, (_images.Count ?? 1) / options.Batch);

    private long Wanted(MethodOptions options) => Math.Clamp(Epochs * StepsPerEpoch(options), LeastSteps, MostSteps);

    /// <summary>A program of some sizes, and what it costs.</summary>
    private sealed record Candidate(
        OptionTree Tree, FittingRules Rules, MethodOptions Options, TrainingProgram Program, double Seconds, long MemoryBytes);
}
