using System.Diagnostics;
using System.Text.Json;
using Jem.Benchmarks.Sessions;
using Jem.Graphs.Ir;
using static System.FormattableString;

namespace Peers.Compare;

/// <summary>Runs the sides in turns, with progress on standard error.</summary>
internal sealed class Comparison(IReadOnlyList<Contender> contenders, TimeSpan seconds)
{
    /// <summary>The share of the machine that other programs may take of a turn. The peers' threads wait busily and suffer most.</summary>
    public const double Busy = 0.1;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private const int AtLeast = 5;
    // For as many turns a work may take twice its time.
    private const int Aim = 10;

    /// <param name="json">Where the rows are written after each work; null for nowhere.</param>
    public IReadOnlyList<Row> Run(IReadOnlyList<StepWork> works, string? json)
    {
        var rows = new List<Row>();
        foreach (var work in works)
        {
            rows.Add(Compare(work));
            if (json is not null)
            {
                File.WriteAllText(json, JsonSerializer.Serialize(rows, s_json) + "\n");
            }
        }

        return rows;
    }

    private Row Compare(StepWork work)
    {
        var folder = Directory.CreateTempSubdirectory("jem-peers-").FullName;
        var sides = new List<Side>();
        try
        {
            Write(work, folder);
            foreach (var contender in contenders.Where(contender => contender.Knows(work.Name)))
            {
                sides.Add(new Side(contender, folder));
                Console.Error.WriteLine($"{work.Name}  {contender.Name} is warm");
            }

            var (start, others) = (Stopwatch.GetTimestamp(), new List<double>());
            while (GoesOn(others.Count, Stopwatch.GetElapsedTime(start)))
            {
                others.Add(Turn(sides));
                var times = string.Join("  ", sides.Select(side => Invariant($"{side.Contender.Name} {side.Times.Last():F0} ms")));
                Console.Error.WriteLine(Invariant($"{work.Name}  turn {others.Count}  {times}  others {others[^1]:P0}"));
            }

            // Where enough turns were undisturbed, they alone count.
            var limit = others.Count(share => share <= Busy) >= AtLeast ? Busy : double.PositiveInfinity;
            sides.ForEach(side => side.Keep(turn => others[turn] <= limit));
            var (turns, share) = (sides[0].Times.Count(), others.Where(share => share <= limit).Average());
            return new Row(work.Name, [.. sides.Select(side => SideResult.Of(side, sides[0]))], turns, Math.Round(share, 3));
        }
        finally
        {
            sides.ForEach(side => side.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private bool GoesOn(int turns, TimeSpan passed) => turns < AtLeast || passed < seconds || (turns < Aim && passed < 2 * seconds);

    /// <summary>The training program and, beside it, the images of a batch.</summary>
    private static void Write(StepWork work, string folder)
    {
        work.Write(folder);
        var random = new Random(7);
        foreach (var input in work.Build().Stages[0].Inputs.Where(input => input.Role == Role.Batch))
        {
            File.WriteAllBytes(Turns.BatchFile(folder, input.Value.Name), Images(input.Value.Shape, random));
        }
    }

    /// <summary>
    /// Noise, but each channel of an image in a range of its own. Images of noise alone are so alike that batch norm enlarges what PyTorch
    /// rounds away, and the sides' losses differ.
    /// </summary>
    private static byte[] Images(Shape shape, Random random)
    {
        var bytes = new byte[shape.Size];
        var pixels = (int)(shape[2] * shape[3]);
        for (var start = 0; start < bytes.Length; start += pixels)
        {
            var (one, other) = (random.Next(256), random.Next(256));
            foreach (ref var pixel in bytes.AsSpan(start, pixels))
            {
                pixel = (byte)random.Next(Math.Min(one, other), Math.Max(one, other) + 1);
            }
        }

        return bytes;
    }

    /// <summary>A step of each side. Returns the share of the machine's cores that other programs took meanwhile.</summary>
    private static double Turn(List<Side> sides)
    {
        var (start, worked) = (Stopwatch.GetTimestamp(), Machine.Worked());
        sides.ForEach(side => side.Step());
        var others = Machine.Worked() - worked - sides.Aggregate(TimeSpan.Zero, (sum, side) => sum + side.LastCpuTime);
        return Math.Max(0, others / (Stopwatch.GetElapsedTime(start) * Environment.ProcessorCount));
    }
}
