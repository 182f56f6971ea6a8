// Compares training steps with those of TorchSharp and PyTorch: the sides take turns, each in a process of its own. Started by `run`.
using System.CommandLine;
using Jem.Benchmarks.Sessions;
using Peers.Compare;

var folder = new Argument<string>("folder") { Description = "The training program." };
var portable = new Option<bool>("--portable") { Description = "The portable bodies instead of the C# kernels." };
var precision = new Option<string?>("--precision") { Description = "As jem train takes it.", HelpName = "NAME" };
var step = new Command("step", "Compute steps in this process when asked to.") { folder, portable, precision };
step.SetAction(parsed => JemStep.Serve(parsed.GetValue(folder)!, kernels: !parsed.GetValue(portable), parsed.GetValue(precision)));

var here = new Argument<string>("peers") { Description = "The folder with the peers' sources." };
var json = new Option<string?>("--json") { Description = "Write the rows to this file.", HelpName = "FILE" };
var seconds = new Option<int>("--seconds")
{
    Description = "How long a work is measured, after its sides are warm: five turns at least; for ten of them, up to twice as long.",
    DefaultValueFactory = _ => 150,
    HelpName = "N",
};
var work = new Option<string>("--work") { Description = "Only the works whose name contains this.", DefaultValueFactory = _ => "", HelpName = "TEXT" };
var avx2 = new Option<bool>("--avx2") { Description = "Nobody uses AVX-512, but for ONNX Runtime's own operators." };
var threads = new Option<int>("--threads")
{
    Description = "Threads of each side. With 1, CPU times do not depend on what else the machine does.",
    DefaultValueFactory = _ => 2,
    HelpName = "N",
};
var root = new RootCommand("Compare training steps of jem with TorchSharp's and PyTorch's; prints Markdown.")
{
    json, seconds, work, threads, avx2, here, step,
};
root.SetAction(parsed =>
{
    Environment.SetEnvironmentVariable(Peers.Turns.ThreadsVariable, $"{parsed.GetValue(threads)}");
    var works = StepWork.All.Where(each => each.Name.Contains(parsed.GetValue(work)!, StringComparison.Ordinal));
    var contenders = Contenders.All(parsed.GetValue(here)!, parsed.GetValue(avx2));
    var rows = new Comparison(contenders, TimeSpan.FromSeconds(parsed.GetValue(seconds))).Run([.. works], parsed.GetValue(json));
    Report.Print(rows, parsed.GetValue(avx2));
    return rows.All(row => row.SameStep) ? 0 : 1;
});
return root.Parse(args).Invoke();
