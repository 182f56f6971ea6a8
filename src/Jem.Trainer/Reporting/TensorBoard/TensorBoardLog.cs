using System.Globalization;
using Google.Protobuf;

namespace Jem.Trainer.Reporting.TensorBoard;

/// <summary>
/// A run's numbers as an event file, <c>events.out.tfevents.*</c>, which TensorBoard reads while it grows.
/// Scalars are written as PyTorch's <c>SummaryWriter</c> writes them, so what reads those reads these.
/// </summary>
public sealed class TensorBoardLog : IDisposable
{
    // Names that TensorBoard groups: what is before the slash is a section.
    private static readonly Dictionary<string, string> s_tags = new()
    {
        ["embedding_std"] = "embedding/std",
        ["embedding_scale"] = "embedding/scale",
        ["effective_rank"] = "embedding/effective_rank",
        ["images_per_second"] = "speed/images_per_second",
        ["loader_wait"] = "speed/loader_wait",
    };

    private readonly FileStream _file;

    /// <param name="folder">The folder of event files, <c>RUN/tensorboard</c>; made if it is not there.</param>
    /// <param name="resumedAtStep">The last step that is kept of what was written before; null for a new run.</param>
    public TensorBoardLog(string folder, long? resumedAtStep = null)
    {
        Directory.CreateDirectory(folder);
        _file = Create(folder);
        Append(new Event { FileVersion = "brain.Event:2" });

        // TensorBoard takes the first START of a run for its beginning and every further one for a restart,
        // which drops all points from its step on (plugin_event_accumulator.py, _CheckForRestartAndMaybePurge).
        Append(new Event { Step = resumedAtStep + 1 ?? 0, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
    }

    /// <summary>The tag under which TensorBoard shows a number of <c>metrics.jsonl</c>.</summary>
    public static string Tag(string name) => s_tags.GetValueOrDefault(name)
        ?? (name.StartsWith("loss_", StringComparison.Ordinal) ? $"loss/{name["loss_".Length..]}" : name);

    /// <summary>Writes the numbers of one step; a running TensorBoard can see them at once.</summary>
    /// <param name="values">
    /// By their names in <c>metrics.jsonl</c>. <c>step</c> is left out; numbers that are not finite are kept, TensorBoard shows them.
    /// </param>
    public void Write(long step, IReadOnlyDictionary<string, double> values)
    {
        var summary = new Summary();
        summary.Value.AddRange(values.Where(pair => pair.Key != "step")
            .Select(pair => new Summary.Types.Value { Tag = Tag(pair.Key), SimpleValue = (float)pair.Value }));
        if (summary.Value.Count > 0)
        {
            Append(new Event { Step = step, Summary = summary });
        }
    }

    public void Dispose() => _file.Dispose();

    private void Append(Event entry)
    {
        entry.WallTime = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        RecordWriter.Write(_file, entry.ToByteArray());
        _file.Flush();
    }

    // Files are read in the order of their names. Two that begin within a second get a number.
    private static FileStream Create(string folder)
    {
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        for (var number = 0; ; number++)
        {
            var ending = number == 0 ? "" : $".{number}";
            var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds:D10}.{Environment.MachineName}{ending}");
            try
            {
                return new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, name)))
            {
            }
        }
    }
}
