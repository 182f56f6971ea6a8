using System.CommandLine;
using System.Globalization;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Neighbours;

namespace Jem.Trainer.Commands;

/// <summary>The flags with which <c>jem eval</c> chooses protocols and their settings.</summary>
internal sealed class EvalFlags
{
    private static readonly EvaluationOptions s_defaults = new();
    private static readonly int[] s_few = [1, 10, 100];

    private readonly Option<string?> _protocol = new("--protocol")
    {
        Description = "What to measure, with commas between: knn (nearest neighbours), linear (a probe), few (a probe on few labels), retrieval, "
            + "rank (directions in use); or all [knn,linear,few].",
        HelpName = "P,…",
    };
    private readonly Option<bool> _knn = new("--knn") { Description = "Short for --protocol knn." };
    private readonly Option<bool> _linear = new("--linear") { Description = "Short for --protocol linear,few." };
    private readonly Option<string?> _k = new("--k") { Description = "kNN: how many neighbours vote; one row for each number [20,200].", HelpName = "N,…" };
    private readonly Option<double?> _temperature = new("--temperature") { Description = "kNN: τ of the votes exp(cosine/τ) [0.1].", HelpName = "T" };
    private readonly Option<string?> _distance = new("--distance")
    {
        Description = "kNN and retrieval: cosine; or euclidean, between the vectors as they are, where a vote counts 1/distance [cosine].",
        HelpName = "NAME",
    };
    private readonly Option<string?> _solver = new("--solver")
    {
        Description = "Linear probes: lbfgs, which runs until it converges; sgd, as most papers report it; or both [lbfgs].",
        HelpName = "NAME",
    };
    private readonly Option<int?> _iterations = new("--iterations")
    {
        Description = $"lbfgs: the most iterations [{s_defaults.Iterations}].",
        HelpName = "N",
    };
    private readonly Option<int?> _epochs = new("--epochs")
    {
        Description = "sgd: epochs, with momentum 0.9, batches of 256 and no weight decay [100].",
        HelpName = "N",
    };
    private readonly Option<double?> _learningRate = new("--lr")
    {
        Description = "sgd: the learning rate, which falls to 0 along a cosine [0.1].",
        HelpName = "R",
    };
    private readonly Option<string?> _labels = new("--labels-per-class")
    {
        Description = "Few labels: labelled images per class, with commas between [10; 1,10,100 with --protocol few or all].",
        HelpName = "N,…",
    };
    private readonly Option<int?> _draws = new("--draws")
    {
        Description = "Few labels: how many random choices of these images are averaged [5].",
        HelpName = "N",
    };
    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "Seed of these choices, and of the order in which sgd takes the images [0].",
        HelpName = "S",
    };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _protocol, _knn, _linear, _k, _temperature, _distance, _solver, _iterations, _epochs, _learningRate, _labels, _draws, _seed,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">A value is out of range or a name unknown.</exception>
    public EvaluationOptions Options(ParseResult parsed)
    {
        var protocols = Protocols(parsed);
        var (labels, solver) = (parsed.GetValue(_labels), parsed.GetValue(_solver));
        var distance = Name<Distance>(_distance.Name, parsed.GetValue(_distance)) ?? s_defaults.Distance;
        if (distance == Distance.Euclidean && parsed.GetValue(_temperature) is not null)
        {
            throw new UsageException("--temperature belongs to cosine votes; with --distance euclidean votes weigh 1/distance. Leave one of the two out.");
        }

        return new EvaluationOptions
        {
            Protocols = protocols ?? s_defaults.Protocols,
            Neighbours = Counts(_k.Name, parsed.GetValue(_k)) ?? s_defaults.Neighbours,
            Temperature = Positive(_temperature.Name, parsed.GetValue(_temperature)) ?? s_defaults.Temperature,
            Distance = distance,
            Solvers = solver == "both"
                ? [Solver.Lbfgs, Solver.Sgd]
                : [Name<Solver>(_solver.Name, solver, "both") ?? Solver.Lbfgs],
            Iterations = AtLeastOne(_iterations.Name, parsed.GetValue(_iterations)) ?? s_defaults.Iterations,
            Sgd = new SgdOptions
            {
                Epochs = AtLeastOne(_epochs.Name, parsed.GetValue(_epochs)) ?? s_defaults.Sgd.Epochs,
                LearningRate = Positive(_learningRate.Name, parsed.GetValue(_learningRate)) ?? s_defaults.Sgd.LearningRate,
            },
            LabelsPerClass = Counts(_labels.Name, labels) ?? (parsed.GetValue(_protocol) is not null ? s_few : s_defaults.LabelsPerClass),
            ExactLabels = labels is not null,
            Draws = AtLeastOne(_draws.Name, parsed.GetValue(_draws)) ?? s_defaults.Draws,
            Seed = parsed.GetValue(_seed) ?? s_defaults.Seed,
        };
    }

    private Protocol[]? Protocols(ParseResult parsed)
    {
        var (text, knn, linear) = (parsed.GetValue(_protocol), parsed.GetValue(_knn), parsed.GetValue(_linear));
        if (text is not null && (knn || linear))
        {
            throw new UsageException("--knn and --linear are short for --protocol: give one or the other.");
        }

        return text switch
        {
            "all" => Enum.GetValues<Protocol>(),
            not null => [.. text.Split(',').Select(part => Name<Protocol>(_protocol.Name, part.Trim(), "all")!.Value).Distinct().Order()],
            null when knn != linear => knn ? [Protocol.Knn] : [Protocol.Linear, Protocol.Few],
            null => null,
        };
    }

    private static T? Name<T>(string flag, string? text, params string[] others)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant()), .. others];
        var index = Array.IndexOf(names, text);
        return index >= 0 && index < names.Length - others.Length
            ? Enum.GetValues<T>()[index]
            : throw new UsageException(index >= 0
                ? $"{flag}: '{text}' stands alone, without others beside it."
                : $"Unknown {flag} '{text}'. Did you mean '{Nearest.To(text, names)}'? There are {string.Join(", ", names)}.");
    }

    private static int[]? Counts(string flag, string? text)
    {
        const NumberStyles spaced = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        int Count(string part) => int.TryParse(part, spaced, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new UsageException(
                $"{flag} {text}: '{part}' is not a whole number above 0. Give one or more with commas between, such as {flag} 10,100.");
        return text is null ? null : [.. text.Split(',').Select(Count).Distinct().Order()];
    }

    private static int? AtLeastOne(string flag, int? value) => value is null or >= 1 ? value : throw new UsageException($"{flag} {value}: expected 1 or more.");

    private static double? Positive(string flag, double? value) =>
        value is null or (> 0 and < double.PositiveInfinity) ? value : throw new UsageException($"{flag} {value}: expected a number above 0.");
}
