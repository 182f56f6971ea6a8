using Jem.Graphs.Backbones;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// What the training graphs of all methods share: batch inputs and scalars at the start, optimiser and teacher at the end,
/// and the encoder as a second stage.
/// </summary>
public sealed class StepGraph
{
    private readonly string _method;
    private readonly MethodOptions _options;
    private readonly Parts _parts;
    private readonly Dictionary<string, BatchRecipe> _batch = [];
    private readonly Dictionary<string, ScheduleRecipe> _schedules = [];
    private readonly List<ParameterGroup> _groups = [];
    private readonly List<Graph> _stages = [];
    private EmaOptions? _ema;

    /// <summary>Begins a step graph without inputs. <see cref="Method"/> does that for its builder.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="options">Of the method's own type.</param>
    /// <param name="parts">From which backbone and optimiser are.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    public StepGraph(string method, MethodOptions options, Parts parts)
    {
        OptionTable.Check(options, parts.Names);
        (_method, _parts) = (method, parts);
        _options = options with { Backbone = parts.Backbones.Resolve(options.Backbone, options.Image.Size) };
        if (options.Views.Size != options.Image.Size)
        {
            throw new ArgumentException($"views.size is {options.Views.Size} and image.size {options.Image.Size}; expected the same. Set both.");
        }

        Net = new Net(new Graph(ProgramStages.Step), training: true);
    }

    /// <summary>The network under construction: parameters, states, teacher.</summary>
    public Net Net { get; }

    /// <summary>Those given, with what the backbone left to itself.</summary>
    public MethodOptions Options => _options;

    /// <summary>A batch input of bytes or integers, filled as its recipe says.</summary>
    public Value Batch(string name, DType type, Shape shape, BatchRecipe recipe)
    {
        _batch.Add(name, recipe);
        return Net.Graph.Input(name, type, shape);
    }

    /// <summary>The batch input <c>views</c>: images [V·B,C,S,S] with all of the first view first, normalised.</summary>
    /// <exception cref="ArgumentException">The method compares another number of views than the options draw.</exception>
    public Value Views(int count)
    {
        var views = _options.Views;
        return views.Count == count
            ? Images("views", views.Count, views.Size, new ViewsInput(views))
            : throw new ArgumentException(
                $"views.count is {views.Count}; this method compares exactly {count} view{(count == 1 ? "" : "s")} of an image. Set views.count={count}.");
    }

    /// <summary>A batch input of bytes [count·B,C,size,size], normalised as images are.</summary>
    public Value Images(string name, int count, int size, BatchRecipe recipe)
    {
        var image = _options.Image;
        var pixels = Batch(name, DType.UInt8, [(long)count * _options.Batch, image.Channels, size, size], recipe);
        return Functional.NormalizePixels(pixels, image.Mean, image.Std);
    }

    /// <summary>The side in pixels of crops that go through the backbone besides the main images.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="given">Its value; 0 takes what the backbone takes that is nearest to the usual side.</param>
    /// <exception cref="ArgumentException">The backbone does not take what is given.</exception>
    public int CropSide(string option, int given, double usual)
    {
        var (backbone, wanted) = (_options.Backbone, given > 0 ? given : usual);
        var side = _parts.Backbones.CropSide(backbone, _options.Image.Size, wanted);
        return given == 0 || side == given ? side
            : throw new ArgumentException(
                $"{option} is {given}, which {backbone.Name} does not take here; the nearest that it takes is {side}. "
                + $"Set {option}={side}, or 0 for a usual one.");
    }

    /// <summary>Whether the backbone takes crops of a side in pixels.</summary>
    internal bool Fits(int side) => _parts.Backbones.CropSide(_options.Backbone, _options.Image.Size, side) == side;

    /// <summary>Refuses more prototypes than there are images.</summary>
    /// <exception cref="ArgumentException">There are fewer images than prototypes.</exception>
    public void CheckPrototypes(int count)
    {
        var images = _options.Image.Count;
        if (count > images)
        {
            throw new ArgumentException(
                $"prototypes is {count}, and there are {images} images: some prototypes could never get one. "
                + $"Set prototypes={Math.Max(2, images / 10)}; three for each class, or more, will do.");
        }
    }

    /// <summary>The parts of B rows of [n·B,…].</summary>
    public IReadOnlyList<Value> PerView(Value rows)
    {
        long[] sizes = [.. Enumerable.Repeat((long)_options.Batch, (int)(rows.Shape[0] / _options.Batch))];
        return sizes.Length == 1 ? [rows] : Split(rows, 0, sizes);
    }

    /// <summary>A scalar input that moves by a schedule.</summary>
    /// <param name="value">Its value without one.</param>
    public Value Scalar(string name, ScheduleRecipe schedule, double value, DType type = DType.Float, Meaning means = Meaning.None)
    {
        _schedules.Add(name, schedule);
        return Net.Graph.Input(name, type, Shape.Scalar, Role.Scalar, value, means);
    }

    /// <summary>Images [N,C,S,S] → representations [N,D].</summary>
    public Value Backbone(Value images) => Backbone(Net, images);

    /// <summary>Images [N,C,S,S] → the tokens of a vision transformer, where a mask [N,T] may hide patches.</summary>
    public VisionTokens Tokens(Value images, Value? mask = null) => _parts.Backbones.Tokens(Net, images, _options.Backbone, _options.Image.Size, mask);

    /// <summary>Makes what is built in <see cref="Net.Teacher"/> follow its student.</summary>
    public void Teach(EmaOptions ema) => _ema = ema;

    /// <summary>Trains a part of the network at a learning rate that stays at its peak (SimSiam, arXiv:2011.10566, appendix A).</summary>
    public void KeepRate(string part)
    {
        var rate = Scalar($"{part}_learning_rate", new CosineSchedule(PeakRate, PeakRate, _options.Optimizer.WarmupEpochs), PeakRate);
        _groups.Add(new ParameterGroup(part) { LearningRate = rate });
    }

    /// <summary>Leaves a part of the network as it is at first.</summary>
    /// <param name="epochs">For so long, but at most a tenth of the run.</param>
    public void Freeze(string part, double epochs)
    {
        if (epochs > 0)
        {
            _groups.Add(new ParameterGroup(part) { Trains = Scalar($"{part}_trains", new SwitchSchedule(epochs, Latest: 0.1), 1) });
        }
    }

    /// <summary>Reports a term of the loss, or another scalar.</summary>
    public void Report(string name, Value scalar) => Net.Graph.Output(name, Identity(scalar));

    /// <summary>Adds the stage <c>assign</c>: images [N,C,S,S], of any N, → <c>scores</c> [N,K] of the trained prototypes.</summary>
    /// <param name="head">Representations → scores, by the names of the step.</param>
    /// <param name="teacher">Whether by the weights of the teacher.</param>
    public void Assign(Func<Net, Value, Value> head, bool teacher = false)
    {
        _stages.Add(Inference(ProgramStages.Assign, "scores", Meaning.Scores, Scores));

        Value Scores(Net net, Value images)
        {
            using var scope = teacher ? net.Enter(Net.TeacherScope) : null;
            return head(net, Backbone(net, images));
        }
    }

    /// <summary>What a person may set when embeddings have collapsed: each piece with its setting, and last a lower learning rate.</summary>
    /// <param name="pieces">
    /// A setting and what it is for. <c>loss=softmax</c> is left out where it is so; <c>temperature≤0.1</c> and <c>ema.momentum≥0.99</c>
    /// where the bound holds; <c>lambda×4</c>, a factor, where that changes nothing or leaves the option's range. Of two pieces for one
    /// option the first that is not left out counts. An empty setting is words alone, and always said; null says nothing.
    /// </param>
    /// <exception cref="ArgumentException">There is no such option.</exception>
    public IReadOnlyList<Advice> Advice(params IEnumerable<(string Setting, string Reason)?> pieces) =>
        AdviceRules.Of(OptionTable.Of(_options, _parts.Names), pieces);

    /// <summary>A value at which the loss stays when training has collapsed, with what helps against that case alone.</summary>
    /// <param name="pieces">As of <see cref="Advice"/>; a lower learning rate is not added.</param>
    /// <exception cref="ArgumentException">There is no such option.</exception>
    public TellTale TellTale(double value, string meaning, params IEnumerable<(string Setting, string Reason)?> pieces) =>
        new(value, meaning) { Advice = AdviceRules.Of(OptionTable.Of(_options, _parts.Names), pieces, last: false) };

    /// <summary>Adds gradients, optimiser, teacher and metrics, and the encoder beside them.</summary>
    /// <param name="loss">The scalar that is trained.</param>
    /// <param name="embedding">[rows,D]: what shows a collapse.</param>
    /// <param name="collapse">How a collapse shows, and what helps.</param>
    /// <exception cref="GraphException">The loss is no scalar, or a parameter gets no gradient from it.</exception>
    public TrainingProgram Finish(Value loss, Value embedding, CollapseSigns collapse)
    {
        var optimizer = _options.Optimizer;
        var rateSchedule = new CosineSchedule(PeakRate, PeakRate * optimizer.FinalFraction, optimizer.WarmupEpochs);
        var rate = Scalar("learning_rate", rateSchedule, PeakRate, means: Meaning.LearningRate);
        var decay = optimizer.FinalWeightDecay < 0
            ? null
            : Scalar("weight_decay", new CosineSchedule(optimizer.WeightDecay, optimizer.FinalWeightDecay), optimizer.WeightDecay);
        _parts.Optimizers.Step(Net, Gradient.Of(loss, [.. Net.Parameters]), rate, optimizer, decay, _groups);
        Net.Project();
        if (_ema is { } ema)
        {
            Ema.Follow(Net, Scalar("ema_momentum", new CosineSchedule(ema.Momentum, ema.FinalMomentum), ema.Momentum));
        }

        Net.Graph.Output("loss", Identity(loss), means: Meaning.Loss);
        Net.Graph.Output("embedding", Identity(embedding), means: Meaning.Embedding);
        Net.DeclareUpdates();
        Net.Graph.Prune();
        return new TrainingProgram(
            _method,
            _options.Batch,
            _options.Seed,
            _options.Image,
            $"{_options.Backbone.Name}-w{_options.Backbone.Width}",
            OptionJson.Of(_options),
            [Net.Graph, Inference(ProgramStages.Encoder, "embedding", Meaning.Embedding, Backbone), .. _stages],
            Net.Variables,
            _schedules,
            _batch,
            collapse);
    }

    private double PeakRate => _options.Optimizer.LearningRate * _options.Batch / 256;

    private Value Backbone(Net net, Value images) => _parts.Backbones.Build(net, images, _options.Backbone, _options.Image.Size);

    // A network as it is when nothing is trained. The encoder is the backbone alone: SimCLR's section 4.2 and every method after it throw
    // the projector away.
    private Graph Inference(string stage, string output, Meaning means, Func<Net, Value, Value> network)
    {
        var net = new Net(new Graph(stage), training: false);
        var image = _options.Image;
        var images = net.Graph.Input(ProgramStages.Images, DType.Float, [Shape.AnyBatch, image.Channels, image.Size, image.Size]);
        net.Graph.Output(output, network(net, images), means: means);
        net.Graph.Prune();
        return net.Graph;
    }
}
