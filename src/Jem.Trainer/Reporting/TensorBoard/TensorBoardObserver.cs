using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting.TensorBoard;

/// <summary>Hands a run's numbers to TensorBoard.</summary>
/// <param name="folder">The folder of event files.</param>
internal sealed class TensorBoardObserver(string folder) : IRunObserver, IDisposable
{
    private TensorBoardLog? _log;

    public void Began(long done) => _log = new TensorBoardLog(folder, done > 0 ? done : null);

    public void Logged(long step, IReadOnlyDictionary<string, double> values)
    {
        try
        {
            _log?.Write(step, values);
        }
        catch (IOException)
        {
            // What follows half a record cannot be read: this file ends here.
            Dispose();
            _log = null;
            throw;
        }
    }

    public void Ended(bool exported) => Dispose();

    public void Dispose() => _log?.Dispose();
}
