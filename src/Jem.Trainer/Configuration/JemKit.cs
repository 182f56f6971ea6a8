using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;
using Jem.Graphs.Naming;
using Jem.Graphs.Optim;
using Jem.Graphs.Programs;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader.Inputs;

namespace Jem.Trainer.Configuration;

/// <summary>
/// What <c>jem</c> trains with: catalogs to which a program of one's own adds. <c>JemKit.BuiltIn.With(method)</c> is everything of these
/// libraries and one method more.
/// </summary>
/// <param name="Methods">What may be trained.</param>
/// <param name="Parts">From which methods take backbone and optimiser.</param>
/// <param name="Schedules">How scalars may move: subtypes of <see cref="ScheduleRecipe"/>.</param>
/// <param name="Data">The kinds of data that <c>--data</c> takes.</param>
/// <param name="Inputs">How batch inputs may be filled.</param>
public sealed record JemKit(Catalog<Method> Methods, Parts Parts, Catalog<RecipeKind> Schedules, Catalog<DataKind> Data, Catalog<InputKind> Inputs)
{
    /// <summary>Everything of these libraries.</summary>
    public static JemKit BuiltIn { get; } = new(MethodCatalog.BuiltIn, Parts.BuiltIn, ProgramKinds.BuiltIn.Schedules, DataKinds.BuiltIn, InputKinds.BuiltIn);

    /// <summary>The kinds of recipes that a program's manifest may have.</summary>
    public ProgramKinds Kinds => new(Schedules, new("kind of batch input", Inputs.All.Select(kind => kind.Recipe)));

    /// <summary>The same, and methods besides.</summary>
    /// <param name="methods">Each with a name that the catalog does not have.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public JemKit With(params IEnumerable<Method> methods) => this with { Methods = Methods.With(methods) };

    /// <summary>The same, and backbones besides.</summary>
    /// <param name="backbones">Each with a name that the catalog does not have.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public JemKit With(params IEnumerable<Backbone> backbones) => this with { Parts = Parts with { Backbones = Parts.Backbones.With(backbones) } };

    /// <summary>The same, and optimisers besides.</summary>
    /// <param name="optimizers">Each with a name that the catalog does not have.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public JemKit With(params IEnumerable<Optimizer> optimizers) => this with { Parts = Parts with { Optimizers = Parts.Optimizers.With(optimizers) } };

    /// <summary>The same, and kinds of data besides.</summary>
    /// <param name="kinds">Each with a name that the catalog does not have.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public JemKit With(params IEnumerable<DataKind> kinds) => this with { Data = Data.With(kinds) };

    /// <summary>The same, and kinds of batch inputs with their fillers besides.</summary>
    /// <param name="inputs">Each with a name that the catalog does not have.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public JemKit With(params IEnumerable<InputKind> inputs) => this with { Inputs = Inputs.With(inputs) };

    /// <summary>The same, and a kind of schedule besides.</summary>
    /// <typeparam name="TSchedule">A record with a <see cref="KindAttribute"/>.</typeparam>
    /// <exception cref="ArgumentException">Its name is taken, or it has no <see cref="KindAttribute"/>.</exception>
    public JemKit WithSchedule<TSchedule>()
        where TSchedule : ScheduleRecipe => this with { Schedules = Schedules.With(RecipeKind.Of(typeof(TSchedule))) };
}
