using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Configuration;

/// <summary>
/// A method whose options follow the images and the machine where a person left them open. Without a preset sizes, length and schedules
/// follow. With a preset only what would not fit is lowered; the preset <c>paper</c> changes nothing.
/// </summary>
/// <param name="Program">Built of the options.</param>
/// <param name="Steps">Of the run; null where neither a person nor the images decide.</param>
/// <param name="Seconds">About how long a step takes, by rule of thumb.</param>
/// <param name="MemoryBytes">About how much memory training takes, by rule of thumb.</param>
/// <param name="Choices">What was chosen, and why.</param>
public sealed record FittedMethod(
    MethodOptions Options, TrainingProgram Program, long? Steps, double Seconds, long MemoryBytes, IReadOnlyList<FittedOption> Choices)
{
    /// <summary>The side of views that training may come to, in pixels, before the images are known.</summary>
    /// <exception cref="UsageException">There is no such method, option or file, or a value that was named does not fit.</exception>
    public static int LargestSize(MethodRequest request, Machine machine) =>
        request.Preset is null && MethodResolver.NamedSize(MethodResolver.Asked(request, MethodResolver.Method(request.Method, request.Kit).Options)) is null
            ? machine.LargestView
            : MethodResolver.ImageSize(request);

    /// <summary>Chooses what is open.</summary>
    /// <param name="asked">The steps of the run from those of an epoch, as a person wants them; null where they left it open.</param>
    /// <exception cref="UsageException">There is no such method, option or file, or a value that was named does not fit.</exception>
    public static FittedMethod Of(MethodRequest request, ImageStatistics images, Machine machine, Func<long, long>? asked = null) =>
        new Fitter(request, images, machine, asked).Fit();

    /// <summary>What is asked for over options that were fitted before: a preset is lowered as it was then.</summary>
    /// <exception cref="UsageException">There is no such option or file, or a value does not fit.</exception>
    internal static MethodOptions Over(MethodOptions options, MethodRequest request, int channels, int count)
    {
        var tree = MethodResolver.Asked(request, MethodResolver.Preset(request.Preset, request, options));
        if (request.Preset is not (null or Presets.Paper))
        {
            var images = new ImageStatistics(channels, options.Image.Mean, options.Image.Std) { Count = count };
            var own = MethodResolver.ForImages(MethodResolver.Method(request.Method, request.Kit).Options, options.Image.Size, images);
            new FittingRules(tree, request, images, own, MethodResolver.Preset(request.Preset, request, own)).Limits();
        }

        return MethodResolver.Sized((MethodOptions)tree.As(options.GetType()), request.Kit.Parts);
    }
}
