namespace Jem.Trainer.Runs;

/// <summary>Reads a <c>metrics.jsonl</c> that still grows: each reading goes on where the last one ended.</summary>
public sealed class MetricsReader(string path)
{
    private long _read;

    /// <summary>The lines that are new. A last line that is still being written waits for the next time.</summary>
    /// <param name="restart">
    /// Called before the lines where the file was cut: a resumed run cuts off what came after its checkpoint, and all is read again.
    /// </param>
    public IEnumerable<MetricsLine> Next(Action restart)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < _read)
        {
            restart();
            _read = 0;
        }

        file.Position = _read;
        var (buffer, held) = (new byte[1 << 16], 0);
        while (file.Read(buffer, held, buffer.Length - held) is > 0 and var count)
        {
            held += count;
            var done = 0;
            while (buffer.AsSpan(done, held - done).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = MetricsLine.Parse(buffer.AsSpan(done, length));
                done += length + 1;
                if (line is not null)
                {
                    yield return line;
                }
            }

            _read += done;
            held -= done;
            buffer.AsSpan(done, held).CopyTo(buffer);
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * held);
            }
        }
    }
}
