using System.Runtime.ExceptionServices;

namespace Jem.Trainer.Data;

/// <summary>A loop over all cores that fails with the error of one turn, as a plain loop does.</summary>
internal static class InParallel
{
    public static void For(int count, Action<int> turn)
    {
        try
        {
            Parallel.For(0, count, turn);
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }
}
