using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>Σ a and Σ a·b over the segments of a channel: in float lanes over about a thousand numbers, in double beyond, in the segments' order.</summary>
internal struct LaneSums
{
    private const int Flush = 1024;

    private Vector512<float> _sums, _products;
    private double _sum, _product;
    private int _since;

    /// <summary>Adds sums over a segment.</summary>
    /// <param name="length">The segment's numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector512<float> sums, Vector512<float> products, int length)
    {
        (_sums, _products, _since) = (_sums + sums, _products + products, _since + length);
        if (_since >= Flush)
        {
            Take();
        }
    }

    /// <summary>The sums so far.</summary>
    public (double Sum, double Product) Take()
    {
        (_sum, _product) = (_sum + Vector512.Sum(_sums), _product + Vector512.Sum(_products));
        (_sums, _products, _since) = (default, default, 0);
        return (_sum, _product);
    }
}
