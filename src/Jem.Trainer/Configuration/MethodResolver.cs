using System.Text.Json.Nodes;
using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Trainer.Views;

namespace Jem.Trainer.Configuration;

/// <summary>Resolves a method's options: the paper's defaults, then what the images ask for, the preset, the file, the flags, the settings.</summary>
public static class MethodResolver
{
    // The images that an encoder takes are of the size that its views have.
    private static readonly string[] s_sizes = ["image.size", "views.size"];

    /// <exception cref="UsageException">There is no such method, option or file, or a value does not fit.</exception>
    public static MethodOptions Resolve(MethodRequest request, ImageStatistics images)
    {
        var options = Resolve(request, ForImages(Method(request.Method, request.Kit).Options, ImageSize(request), images));
        CheckImages(options, images);
        return options;
    }

    /// <summary>Refuses options that contradict the images.</summary>
    /// <exception cref="UsageException">They do.</exception>
    internal static void CheckImages(MethodOptions options, ImageStatistics images)
    {
        if (options.Image.Channels != images.Channels)
        {
            throw new UsageException(
                $"image.channels is {options.Image.Channels}, but the images have {images.Channels}. "
                + $"Leave it out: the data decide, such as folder:DIR?channels={options.Image.Channels}.");
        }

        if (images.Count is { } count && options.Image.Count != count)
        {
            throw new UsageException($"image.count is {options.Image.Count}, but there are {count} images. Leave it out: the data decide.");
        }
    }

    /// <summary>The side of the images that is asked for, before anything is known of the images themselves.</summary>
    /// <exception cref="UsageException">As of <see cref="Resolve(MethodRequest, ImageStatistics)"/>.</exception>
    public static int ImageSize(MethodRequest request)
    {
        var asked = Asked(request, Preset(request.Preset, request, Method(request.Method, request.Kit).Options));
        return NamedSize(asked) ?? asked.Value<int>("image.size");
    }

    /// <summary>The side of views that a person named, by either of its two options; null if they left it open.</summary>
    internal static int? NamedSize(OptionTree asked) => s_sizes.FirstOrDefault(asked.IsNamed) is { } name ? asked.Value<int>(name) : null;

    /// <summary>Lays what is asked for over given options.</summary>
    /// <exception cref="UsageException">As of <see cref="Resolve(MethodRequest, ImageStatistics)"/>.</exception>
    public static MethodOptions Resolve(MethodRequest request, MethodOptions defaults)
    {
        var tree = Asked(request, Preset(request.Preset, request, defaults));
        return Sized((MethodOptions)tree.As(defaults.GetType()), request.Kit.Parts);
    }

    /// <summary>The options of a preset over given ones.</summary>
    /// <param name="name">Null or <see cref="Presets.Paper"/> changes nothing.</param>
    /// <exception cref="UsageException">The method has none of that name.</exception>
    internal static MethodOptions Preset(string? name, MethodRequest request, MethodOptions defaults) => name is null or Presets.Paper
        ? defaults
        : (MethodOptions)new OptionTree(defaults, request.Kit.Parts.Names).Overlay(Presets.Read(name, request.Method), $"--preset {name}")
            .As(defaults.GetType());

    /// <summary>Given options, and over them what a person named: by file, flag and setting.</summary>
    /// <exception cref="UsageException">There is no such option or file, or a value does not fit.</exception>
    internal static OptionTree Asked(MethodRequest request, MethodOptions options)
    {
        var tree = new OptionTree(options, request.Kit.Parts.Names);
        if (request.ConfigFile is { } path)
        {
            tree.Overlay(ReadFile(path, request.Method), $"--config {path}");
        }

        Set(tree, "--backbone", request.Backbone, "backbone.name");
        Set(tree, "--width", request.Width, "backbone.width");
        Set(tree, "--image-size", request.ImageSize, s_sizes);
        Set(tree, "--batch", request.Batch, "batch");
        Set(tree, "--seed", request.Seed, "seed");
        foreach (var setting in request.Settings)
        {
            tree.Set(setting);
        }

        return tree;
    }

    /// <summary>Builds the training program, which checks every option.</summary>
    /// <exception cref="UsageException">An option is out of its range, or options do not go together.</exception>
    /// <param name="kit">From which the method and its parts are; null for those of these libraries.</param>
    public static TrainingProgram Build(string method, MethodOptions options, JemKit? kit = null)
    {
        try
        {
            ViewRecipeRules.Check(options.Views);
            return Method(method, kit).Build(options, kit?.Parts);
        }
        catch (Exception error) when (error is ArgumentException or GraphException)
        {
            throw new UsageException(error.Message);
        }
        catch (Exception error) when (error is OutOfMemoryException or OverflowException)
        {
            throw new UsageException("The network is too large for this machine. Take a smaller --width, --image-size or --batch, or smaller heads.");
        }
    }

    /// <summary>The options of a method, all of which a file gives.</summary>
    /// <param name="kit">Of which the method is one.</param>
    /// <param name="source">The file, for messages.</param>
    /// <exception cref="UsageException">There is no such method, or an option is unknown or out of its range.</exception>
    public static MethodOptions Read(JsonObject options, string method, JemKit kit, string source)
    {
        var defaults = Method(method, kit).Options;
        return (MethodOptions)new OptionTree(defaults, kit.Parts.Names).Overlay(options, source).As(defaults.GetType());
    }

    /// <summary>The method of a name.</summary>
    /// <param name="kit">Null for that of these libraries.</param>
    /// <exception cref="UsageException">There is no such method.</exception>
    public static Method Method(string name, JemKit? kit = null)
    {
        try
        {
            return (kit ?? JemKit.BuiltIn).Methods.Get(name);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    // What is printed, recorded and compared are the network's real sizes.
    internal static MethodOptions Sized(MethodOptions options, Parts parts)
    {
        try
        {
            return options with { Backbone = parts.Backbones.Resolve(options.Backbone, options.Image.Size) };
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    internal static MethodOptions ForImages(MethodOptions options, int size, ImageStatistics images) => options with
    {
        Image = options.Image with
        {
            Size = size,
            Count = images.Count ?? options.Image.Count,
            Channels = images.Channels,
            Mean = images.Mean,
            Std = images.Std,
        },
        Views = options.ViewsFor(size, images.Channels),
    };

    private static JsonObject ReadFile(string path, string method)
    {
        var file = OptionFile.Read(path, $"--config {path}");
        return file["options"] is JsonObject options ? OfRun(file, options, path, method) : file;
    }

    // The config.json of a run says which method its options are for.
    private static JsonObject OfRun(JsonObject file, JsonObject options, string path, string method) =>
        method.Length > 0 && file["method"]?.ToString() is { } other && other != method
        ? throw new UsageException($"--config {path}: options of a run of {other}; expected {method}. Did you mean `jem train {other}`?")
        : options;

    private static void Set(OptionTree tree, string flag, object? value, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (value is not null)
            {
                tree.Set(name, value.ToString()!, flag);
            }
        }
    }
}
