// Compares the SimCLR step with TorchSharp's: the sides take turns, each in a process of its own. Started by `run`.
using System.CommandLine;
using Jem.Benchmarks.Sessions;
using Peers.Compare;

var folder = new Argument<string>("folder") { Description = "The training program." };
var portable = new Option<bool>("--portable") { Description = "The portable bodies instead of the C# kernels." };
var step = new Command("step", "Compute steps in this process when asked to.") { folder, portable };
step.SetAction(parsed => JemStep.Serve(parsed.GetValue(folder)!, kernels: !parsed.GetValue(portable)));

var peer = new Argument<string[]>("peer") { Description = "The command that times the peer's step.", Arity = ArgumentArity.OneOrMore };
var json = new Option<string?>("--json") { Description = "Write the rows to this file.", HelpName = "FILE" };
var seconds = new Option<int>("--seconds") { Description = "How long a work is measured.", DefaultValueFactory = _ => 150, HelpName = "N" };
var work = new Option<string>("--work") { Description = "Only the works whose name contains this.", DefaultValueFactory = _ => "", HelpName = "TEXT" };
var threads = new Option<int>("--threads")
{
    Description = "Threads of each side. With 1, CPU times do not depend on what else the machine does.",
    DefaultValueFactory = _ => 2,
    HelpName = "N",
};
var root = new RootCommand("Compare the SimCLR step of jem with TorchSharp's; prints Markdown.") { json, seconds, work, threads, peer, step };
root.SetAction(parsed =>
{
    Environment.SetEnvironmentVariable(Peers.Turns.ThreadsVariable, $"{parsed.GetValue(threads)}");
    return new Comparison([.. parsed.GetValue(peer)!], TimeSpan.FromSeconds(parsed.GetValue(seconds))).Run(
        [.. StepWork.All.Where(each => each.Name.Contains(parsed.GetValue(work)!, StringComparison.Ordinal))], parsed.GetValue(json));
});
return root.Parse(args).Invoke();
