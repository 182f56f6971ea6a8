using Jem.Trainer.Commands;

namespace Jem.Trainer.Tests.Commands;

public class ComplaintTests
{
    private const string Data = "synthetic:shapes?n=32&size=16";

    [TestCase("trian", "jem: Unknown 'trian'. Did you mean 'train'? See `jem --help`.")]
    [TestCase("train simclr --data DATA --ot x", "jem: Unknown '--ot'. Did you mean '--out'? See `jem train --help`.")]
    [TestCase("train simclr --out NEW", "jem: Option '--data' is required. See `jem train --help`.")]
    [TestCase("train simlr --data DATA --out NEW", "jem: Unknown method 'simlr'. Did you mean 'simclr'?")]
    [TestCase("train simclr --data DATA --out NEW --backbone resnet19", "jem: Unknown backbone 'resnet19'. Did you mean 'resnet18'? There are resnet18, resnet34, resnet50.")]
    [TestCase("train simclr --data synthtic:shapes --out NEW", "jem: Unknown kind of data 'synthtic'. Did you mean 'synthetic:shapes")]
    [TestCase("train simclr --data DATA --out NEW --set temprature=1", "jem: --set: unknown option 'temprature'. Did you mean 'temperature'?")]
    [TestCase("train simclr --data DATA --out NEW --batch 8 --set temperature=0", "jem: NT-Xent needs a temperature > 0")]
    [TestCase("train simclr --data DATA --out NEW --batch 1", "jem: batch is 1; expected at least 2")]
    [TestCase("train simclr --data DATA --out NEW --batch 8 --set views.flip=2", "jem: views.flip")]
    [TestCase("train simclr --data DATA --out NEW --set optimizer.name=adam", "jem: Unknown optimizer.name 'adam'. Did you mean 'adamw'?")]
    [TestCase("train simclr --data DATA --out NEW --batch 8 --set views.count=3", "jem: views.count is 3; SimCLR compares exactly 2 views")]
    [TestCase("train simclr --data DATA --out NEW --batch 8 --set views.size=64", "jem: views.size is 64 and image.size 32; expected the same.")]
    [TestCase("train simclr --data DATA --out NEW --batch 8 --set optimizer.momentum=2", "jem: optimizer.momentum is 2; expected a number in [0, 1).")]
    [TestCase("train simclr --data DATA --out NEW --set temperature=nan", "jem: --set: option 'temperature' is nan; expected a value like its default 0.5.")]
    [TestCase("train simclr --data DATA --out NEW --epochs nan", "jem: Give --epochs or --steps")]
    [TestCase("train simclr --data DATA --out NEW --epochs 1 --steps 1", "jem: Give --epochs or --steps, not both")]
    [TestCase("train simclr --data DATA --out NEW --device gpu", "jem: Unknown --device 'gpu'. Did you mean 'cpu'?")]
    [TestCase("train simclr --data DATA --out NEW --config missing.json", "jem: --config missing.json: Could not find file")]
    [TestCase("train simclr --data DATA --batch 8 --out FULL", "jem: --out FULL is not empty and not a run. Choose another folder.")]
    [TestCase("graph simclr --out FULL", "jem: --out FULL exists and is not empty. Choose another folder, or add --overwrite.")]
    [TestCase("eval NEW --data DATA", "jem: NEW: there is no such folder. Give the folder that `jem train --out` wrote.")]
    [TestCase("export FULL --out NEW", "jem: FULL is not a run: it has no config.json.")]
    [TestCase("report FULL", "jem: FULL is not a run: it has no config.json.")]
    [TestCase("methods simcrl", "jem: Unknown method 'simcrl'. Did you mean 'simclr'?")]
    public void Wrong_usage_is_one_line_and_code_2(string command, string complaint) => Complains(command, CommandHost.WrongUsage, complaint);

    [TestCase("train simclr --data folder:NEW --out NEW", "jem: ")]
    [TestCase("train simclr --data cifar10:NEW --out NEW", "jem: ")]
    [TestCase("train simclr --data folder:FULL --out NEW --batch 2", "jem: Cannot ")]
    [TestCase("train simclr --data DATA --out NEW --batch 64", "jem: A batch of 64 is larger than the data")]
    [TestCase("train simclr --data DATA --out NEW --device cuda", "jem: --device cuda: ")]
    [TestCase("train simclr --data DATA --out NEW --device cuda --ep-library missing.so", "jem: --ep-library missing.so: there is no such file.")]
    public void A_failure_is_one_line_and_code_1(string command, string complaint) => Complains(command, CommandHost.Failed, complaint);

    [TestCase("")]
    [TestCase("train")]
    [TestCase("eval")]
    [TestCase("export")]
    [TestCase("graph")]
    [TestCase("methods")]
    [TestCase("data")]
    [TestCase("report")]
    public void Every_verb_has_help_with_an_example(string verb)
    {
        var help = CommandLine.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.That(help.Code, Is.Zero);
        Assert.That(help.Output, Does.Contain("Example:").And.Contain($"jem {verb}"));
    }

    private static void Complains(string command, int code, string complaint)
    {
        using var folder = new TemporaryFolder();
        var (full, missing) = (folder.At("full"), folder.At("new"));
        Directory.CreateDirectory(full);
        File.WriteAllText(Path.Combine(full, "broken.png"), "not an image");
        string Filled(string text) => text.Replace("DATA", Data).Replace("FULL", full).Replace("NEW", missing);
        var result = CommandLine.Run([.. command.Split(' ').Select(Filled)]);
        Assert.That(result.Error, Does.StartWith(Filled(complaint)));
        Assert.That(result.Error.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(result.Code, Is.EqualTo(code));
        Assert.That(Directory.Exists(missing), Is.False, "a command that was refused leaves nothing behind");
    }
}
