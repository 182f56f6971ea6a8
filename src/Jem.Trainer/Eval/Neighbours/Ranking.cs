namespace Jem.Trainer.Eval.Neighbours;

/// <summary>
/// Sorts rows by falling similarity; of equal ones the lower row comes first. A radix sort of 11 bits at a time: retrieval
/// ranks the whole bank for every query, and this is several times faster there than comparing.
/// </summary>
/// <param name="capacity">The most rows there will be.</param>
internal sealed class Ranking(int capacity)
{
    private const int Bits = 11;
    private const int Mask = (1 << Bits) - 1;

    private readonly int[] _starts = new int[1 << Bits];
    private ulong[] _from = new ulong[capacity];
    private ulong[] _to = new ulong[capacity];

    /// <param name="similarities">Finite, one per row.</param>
    /// <param name="rows">Filled with the rows, the most similar first.</param>
    public void Sort(ReadOnlySpan<float> similarities, Span<int> rows)
    {
        for (var row = 0; row < similarities.Length; row++)
        {
            _from[row] = ((ulong)Key(similarities[row]) << 32) | (uint)row;
        }

        for (var shift = 32; shift < 64; shift += Bits)
        {
            Pass(similarities.Length, shift);
            (_from, _to) = (_to, _from);
        }

        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (int)(uint)_from[i];
        }
    }

    // A number's bits in an order that falls as the number rises; −0 counts as 0.
    private static uint Key(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x80000000) != 0 ? bits : ~bits & 0x7FFFFFFF;
    }

    private void Pass(int count, int shift)
    {
        Array.Clear(_starts);
        for (var i = 0; i < count; i++)
        {
            _starts[(int)(_from[i] >> shift) & Mask]++;
        }

        var start = 0;
        for (var digit = 0; digit < _starts.Length; digit++)
        {
            (_starts[digit], start) = (start, start + _starts[digit]);
        }

        for (var i = 0; i < count; i++)
        {
            _to[_starts[(int)(_from[i] >> shift) & Mask]++] = _from[i];
        }
    }
}
