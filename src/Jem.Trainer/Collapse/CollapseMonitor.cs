using System.Globalization;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Collapse;

/// <summary>
/// Tells from a run's logged steps whether its embeddings have collapsed. What it says is a function of those steps alone, so a run
/// that goes on shows it the lines of <c>metrics.jsonl</c> again.
/// </summary>
/// <param name="signs">Those of the method.</param>
/// <param name="rows">Embeddings that the statistics are taken over.</param>
/// <param name="dimension">D of the embeddings.</param>
/// <param name="steps">Of the whole run.</param>
public sealed class CollapseMonitor(CollapseSigns signs, int rows, int dimension, long steps)
{
    private readonly Spell _complete = new(), _dimensional = new(), _loss = new();
    private readonly HashSet<CollapseKind> _told = [];
    private readonly long _patience = CollapseThresholds.Patience(steps);
    private double _firstLoss = double.NaN, _firstScale = double.NaN;

    /// <summary>The collapse that the run is in; null while it is healthy.</summary>
    public CollapseFinding? Finding { get; private set; }

    /// <summary>The monitor of a program.</summary>
    public static CollapseMonitor Of(ProgramManifest program, long steps)
    {
        var embedding = program.Stage(ProgramStages.Step).Output(Meaning.Embedding).Shape;
        return new CollapseMonitor(program.Collapse, (int)Math.Min(embedding[0], EmbeddingStatistics.StepRows), (int)embedding[1], steps);
    }

    /// <summary>Looks at the next logged step.</summary>
    /// <returns>A kind of collapse that was not there before; null where nothing is new.</returns>
    public CollapseFinding? See(CollapsePoint point)
    {
        (_firstLoss, _firstScale) = double.IsNaN(_firstLoss) ? (point.Loss, point.Scale) : (_firstLoss, _firstScale);
        var tells = TellTale(point.Loss) is not null;
        _complete.See(point.Step, Spread(point) < CollapseThresholds.Spread || (tells && HasShrunk(point)));
        _dimensional.See(point.Step, point.EffectiveRank < CollapseThresholds.Rank(rows, dimension));
        _loss.See(point.Step, tells);
        var found = Found(point);
        if (found is { } kind)
        {
            Finding = new CollapseFinding(kind, SpellOf(kind).Since, Evidence(kind, point), AdviceText.Of(signs, TellTale(point.Loss)));
            return _told.Add(kind) ? Finding : null;
        }

        Finding = Finding is { } before && !SpellOf(before.Kind).IsOver(point.Step, _patience) ? before : null;
        return null;
    }

    // The heavier first: what is one point has one direction, too. That the loss says the same makes it certain sooner.
    private CollapseKind? Found(CollapsePoint point)
    {
        // After the last step there is nothing to wait for; a loss alone is no proof any sooner, for healthy runs of DINO end near ln K.
        var patience = point.Step >= steps ? _patience / 2 : _patience;
        return _complete.Lasts(patience) ? CollapseKind.Complete
            : _dimensional.Lasts(_loss.Lasts(patience) ? patience : 2 * patience) ? CollapseKind.Dimensional
            : _loss.Lasts(Math.Min((IsReached(point.Loss) ? 2 : 6) * _patience, CollapseThresholds.LossPatience(steps))) ? CollapseKind.Loss
            : null;
    }

    private Spell SpellOf(CollapseKind kind) => kind switch
    {
        CollapseKind.Complete => _complete,
        CollapseKind.Dimensional => _dimensional,
        _ => _loss,
    };

    private double Spread(CollapsePoint point) => point.Deviation * Math.Sqrt(dimension);

    private bool HasShrunk(CollapsePoint point) => point.Scale < CollapseThresholds.Shrunk * _firstScale;

    private TellTale? TellTale(double loss) =>
        signs.Losses.FirstOrDefault(sign => Math.Abs(loss - sign.Value) <= CollapseThresholds.LossWithin(sign.Value, _firstLoss));

    // A value far from the first loss had to be gone to; near one, every network begins.
    private bool IsReached(double loss) =>
        TellTale(loss) is { } sign && CollapseThresholds.LossWithin(sign.Value, _firstLoss) > CollapseThresholds.LossWithin(sign.Value, sign.Value);

    private string Evidence(CollapseKind kind, CollapsePoint point)
    {
        var meaning = kind switch
        {
            CollapseKind.Complete => "all images get nearly the same embedding",
            CollapseKind.Dimensional => "the embeddings lie in few directions",
            _ => "the loss does not leave a value that only a collapsed network has for long",
        };
        var loss = TellTale(point.Loss) is { } sign ? string.Create(CultureInfo.InvariantCulture, $", at {sign.Value:0.####} = {sign.Meaning}") : "";
        var shrunk = HasShrunk(point) ? string.Create(CultureInfo.InvariantCulture, $", their scale {point.Scale / _firstScale:0.###} of the first") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{meaning} (std·√D {Spread(point):0.###}, healthy about 1{shrunk}; effective rank {point.EffectiveRank:0.0} of {Math.Min(rows, dimension)}; "
                + $"loss {point.Loss:0.####}{loss})");
    }
}
