using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting.TensorBoard;

/// <summary>Hands a run's numbers to TensorBoard.</summary>
/// <param name="folder">The folder of event files.</param>
internal sealed class TensorBoardObserver(string folder) : IRunObserver, IDisposable
{
    private TensorBoardLog? _log;

    public void Began(long done) => _log = new TensorBoardLog(folder, done > 0 ? done : null);

    public void Logged(long step, IReadOnlyDictionary<string, double> values) => _log?.Write(step, values);

    public void Ended(bool exported) => Dispose();

    public void Dispose() => _log?.Dispose();
}
