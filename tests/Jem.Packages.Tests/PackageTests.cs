using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Jem.Packages.Tests;

/// <summary>What <c>dotnet pack</c> makes is what others can use, without the repository.</summary>
[Category("Slow")]
public sealed partial class PackageTests : IDisposable
{
    private PackedPackages _packed = null!;

    private static IEnumerable<string> Packages => [.. Projects.All, .. PlatformPackages];

    private static IEnumerable<string> PlatformPackages => from tool in Projects.Tools from platform in Projects.Platforms select $"{tool}.{platform}";

    private static IEnumerable<string> Libraries => Projects.Libraries;

    [OneTimeSetUp]
    public void Pack() => _packed = new PackedPackages();

    public void Dispose() => _packed?.Dispose();

    [Test]
    public void Every_project_makes_a_package_and_every_tool_one_for_each_platform() => Assert.That(_packed.Names, Is.EquivalentTo(Packages));

    [TestCaseSource(nameof(Packages))]
    public void A_package_carries_its_licence_the_notices_and_a_readme(string package)
    {
        using var archive = _packed.Open(package);
        foreach (var file in new[] { "LICENSE", "THIRD-PARTY-NOTICES.md" })
        {
            Assert.That(Text(archive.GetEntry(file)), Is.EqualTo(File.ReadAllText(Repository.At(file))), file);
        }

        var metadata = Nuspec(archive).Elements().ToLookup(element => element.Name.LocalName, element => element.Value);
        Assert.That(metadata["license"], Is.EqualTo(new[] { "MIT" }));
        Assert.That(metadata["authors"], Is.EqualTo(new[] { "the Jem authors" }));
        Assert.That(metadata["version"], Is.EqualTo(new[] { PackedPackages.Version }));
        Assert.That(Text(archive.GetEntry(metadata["readme"].Single())), Does.StartWith("# "));
        Assert.That(metadata["description"].Single(), Is.Not.Empty.And.Not.EqualTo("Package Description"));
    }

    [TestCaseSource(nameof(Libraries))]
    public void A_library_has_symbols_and_leaves_the_native_packages_to_the_program(string library)
    {
        using var archive = _packed.Open(library);
        var dependencies = Nuspec(archive).Descendants().Select(element => element.Attribute("id")?.Value);
        Assert.That(dependencies, Has.None.StartsWith("NetVips.Native").And.None.EqualTo("Microsoft.ML.OnnxRuntime"));
        Assert.That(archive.GetEntry($"lib/net10.0/{library}.xml"), Is.Not.Null, "documentation");
        using var symbols = _packed.Open(library, "snupkg");
        Assert.That(symbols.GetEntry($"lib/net10.0/{library}.pdb"), Is.Not.Null);
    }

    [Test]
    public void The_kernels_need_no_other_package_of_Jem()
    {
        using var archive = _packed.Open("Jem.Kernels");
        var dependencies = Nuspec(archive).Descendants().Select(element => element.Attribute("id")?.Value).OfType<string>();
        Assert.That(dependencies, Has.Member("OnnxSharp").And.None.StartsWith("Jem."));
    }

    [TestCaseSource(nameof(PlatformPackages))]
    public void A_tool_package_has_the_native_libraries_of_its_platform_only(string package)
    {
        using var archive = _packed.Open(package);
        var natives = archive.Entries.Select(entry => (entry.Name, Platform: NativeCode.PlatformOf(Bytes(entry))))
            .Where(file => file.Platform is not null).ToList();
        Assert.That(natives.Select(file => file.Platform).Distinct(), Is.EqualTo(new[] { package.Split(".Tool.")[1] }), string.Join(", ", natives));
        Assert.That(natives.Select(file => file.Name), Has.One.Matches("^(lib)?onnxruntime\\.(so|dll|dylib)").And.One.Matches("^libvips"));
    }

    [TestCaseSource(nameof(PlatformPackages))]
    public void What_a_tool_carries_is_named_in_the_notices(string package)
    {
        using var archive = _packed.Open(package);
        var dependencies = JsonNode.Parse(Text(archive.Entries.Single(entry => entry.Name.EndsWith(".deps.json", StringComparison.Ordinal))))!;
        var carried = dependencies["libraries"]!.AsObject()
            .Where(library => (string)library.Value!["type"]! == "package")
            .Select(library => library.Key.Split('/')).ToList();
        Assert.That(carried, Has.Count.GreaterThan(5));
        foreach (var part in carried)
        {
            // NetVips.Native is one package for each platform and one that names them all.
            var name = part[0].StartsWith("NetVips.Native.", StringComparison.Ordinal) ? "NetVips.Native" : part[0];
            NoticesTests.Name(name, part[1]);
        }

        var licences = archive.Entries.Where(entry => entry.FullName.Contains("/licences/", StringComparison.Ordinal)).Select(entry => entry.Name);
        Assert.That(licences, Is.EquivalentTo(new[] { "GPL-3.0.txt", "LGPL-3.0.txt", "onnxruntime.txt" }));
    }

    [Test]
    public void Installed_tools_train_export_and_search()
    {
        using var folder = new TemporaryFolder();
        var script = $$"""
            for tool in {{string.Join(' ', Projects.Tools)}}; do
              dotnet tool install "$tool" --version {{PackedPackages.Version}} --tool-path tools --source '{{_packed.Folder}}'
            done
            PATH=$PWD/tools:$PATH
            jem --version
            jem --help
            jem-embed --help
            jem train simclr --preset small --width 8 --data 'synthetic:shapes?n=200&size=32' --batch 16 --steps 2 --out run
            jem export run --out encoder
            jem data 'synthetic:shapes?n=40&size=32' --images photos --count 20
            jem-embed index photos --model encoder/encoder.onnx --out photos.index
            jem-embed search "$(find photos -name '*.png' | head -1)" --index photos.index -k 3
            find tools -name 'libonnxruntime.*' -o -name 'onnxruntime.dll' -o -name 'libvips*'
            """;
        var output = Dotnet.Run(script, folder.Path, _packed.Cache);
        Assert.That(output, Does.Contain(PackedPackages.Version).And.Contain(".png"));
        Assert.That(Natives().Count(output), Is.EqualTo(2 * Projects.Tools.Count), "native libraries installed");
        Assert.That(File.ReadAllText(folder.At("run", "config.json")), Does.Contain("\"learning_rate\": 0.004"), "the preset's");
    }

    [Test]
    public void The_code_of_every_README_compiles_with_the_packages_and_a_jem_of_ones_own_has_the_presets()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("own", "Own.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreSources>{_packed.Folder}</RestoreSources>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(Projects.Libraries.Select(library => $"<PackageReference Include=\"{library}\" Version=\"{PackedPackages.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
        foreach (var library in Projects.Libraries)
        {
            var code = Code().Match(File.ReadAllText(Repository.At("src", library, "README.md"))).Groups["code"].Value;
            Assert.That(code, Is.Not.Empty, library);

            // One file is the program; of the others the lines become a method.
            var (usings, lines) = (Lines(code, isUsing: true), Lines(code, isUsing: false));
            File.WriteAllText(folder.At("own", $"{library}.cs"), library == "Jem.Trainer" ? code : $$"""
                {{usings}}
                internal static class {{library.Replace(".", "")}}Readme
                {
                    public static void Run()
                    {
                {{lines}}
                    }
                }
                """);
        }

        var shown = Dotnet.Run("dotnet run --project own -- methods moco", folder.Path, _packed.Cache);
        Assert.That(shown, Does.Contain("--preset small").And.Contain("--preset v1"));
    }

    [Test]
    public void A_method_from_outside_trains_resumes_to_the_same_bytes_and_exports()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Repository.At("examples", "nnclr")))
        {
            File.Copy(file, folder.At("nnclr", Path.GetFileName(file)));
        }

        // A run that lost its last checkpoint is one that was killed before it: it goes on from the fifth step.
        var script = $$"""
            dotnet build nnclr -c Release -v quiet -p:RestoreSources='{{_packed.Folder}}'
            nnclr() { dotnet nnclr/bin/Release/net10.0/Nnclr.dll "$@"; }
            nnclr train nnclr --data 'synthetic:shapes?n=80&size=32' --image-size 32 --width 8 --batch 8 --set queue=20 --set projector.hidden=16 \
              --set projector.output=8 --set predictor.hidden=16 --steps 10 --checkpoint-every 5 --keep 9 --out run
            cp -r run killed
            rm killed/checkpoints/*10.safetensors killed/encoder.* killed/card.md
            nnclr train --resume killed
            cmp run/checkpoints/step-00000010.safetensors killed/checkpoints/step-00000010.safetensors
            cmp run/encoder.onnx killed/encoder.onnx
            nnclr eval run --data 'synthetic:shapes?n=80&size=32' --protocol knn
            nnclr export run --out encoder
            nnclr report run --out page.html
            nnclr methods nnclr
            """;
        var output = Dotnet.Run(script, folder.Path, _packed.Cache);
        Assert.That(output, Does.Contain("arXiv:2104.14548").And.Contain("kNN k=20"));
        Assert.That(folder.At("encoder", "encoder.onnx"), Does.Exist);
        Assert.That(File.ReadAllText(folder.At("page.html")), Does.Contain("nnclr"));
        Assert.That(
            File.ReadLines(Repository.At("examples", "nnclr", "Nnclr.cs")).Concat(File.ReadLines(Repository.At("examples", "nnclr", "Program.cs"))).Count(),
            Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void A_call_that_a_platform_lacks_is_an_error_when_built()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Repository.At(".editorconfig"), folder.At(".editorconfig"));
        File.WriteAllText(folder.At("Calls.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Repository.At("src", "Directory.Build.props")}" />
            </Project>
            """);
        File.WriteAllText(folder.At("Calls.cs"), """
            namespace Calls;

            internal static class OnlyUnix
            {
                public static void Close(string path) => File.SetUnixFileMode(path, UnixFileMode.None);
            }

            """);
        var (code, output) = Dotnet.Try("dotnet build Calls.csproj -v quiet", folder.Path, _packed.Cache);
        Assert.That(code, Is.Not.Zero, output);
        Assert.That(output, Does.Contain("error CA1416"));
    }

    private static string Lines(string code, bool isUsing) =>
        string.Join('\n', code.Split('\n').Where(line => Import().IsMatch(line) ? isUsing : !isUsing));

    private static XElement Nuspec(ZipArchive archive) =>
        XDocument.Parse(Text(archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)))).Root!.Elements().Single();

    private static string Text(ZipArchiveEntry? entry)
    {
        Assert.That(entry, Is.Not.Null, "no such file in the package");
        using var reader = new StreamReader(entry!.Open());
        return reader.ReadToEnd();
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Import();

    [GeneratedRegex(@"^tools/\.store/.*(onnxruntime\.(so|dll|dylib)|libvips[\w.-]+)$", RegexOptions.Multiline)]
    private static partial Regex Natives();
}
