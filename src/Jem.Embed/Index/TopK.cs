using System.Numerics;

namespace Jem.Embed.Index;

/// <summary>
/// The k best of a stream of similarities: a binary heap with the worst on top. Of equal similarities the lower row is better.
/// </summary>
internal sealed class TopK(int k)
{
    // Grown as they fill: a k above the number of vectors costs nothing.
    private float[] _similarities = new float[Math.Min(k, 256)];
    private int[] _rows = new int[Math.Min(k, 256)];
    private int _count;

    /// <summary>Offers the similarities of neighbouring rows; they are above all rows offered before.</summary>
    public void Offer(ReadOnlySpan<float> similarities, int firstRow)
    {
        var i = 0;
        while (i < similarities.Length)
        {
            // Once the heap is full almost nothing enters it: whole vectors are passed over at once.
            // What equals the worst stays outside, for its row is higher.
            if (_count == k && i <= similarities.Length - Vector<float>.Count
                && !Vector.GreaterThanAny(new Vector<float>(similarities[i..]), new Vector<float>(_similarities[0])))
            {
                i += Vector<float>.Count;
                continue;
            }

            Offer(similarities[i], firstRow + i);
            i++;
        }
    }

    /// <summary>Offers what another stream kept.</summary>
    public void Offer(TopK other)
    {
        for (var i = 0; i < other._count; i++)
        {
            Offer(other._similarities[i], other._rows[i]);
        }
    }

    /// <summary>Writes the kept rows, best first. Afterwards nothing is kept.</summary>
    public void Drain(Span<int> rows, Span<float> similarities)
    {
        while (_count > 0)
        {
            _count--;
            (rows[_count], similarities[_count]) = (_rows[0], _similarities[0]);
            Sink(_similarities[_count], _rows[_count]);
        }
    }

    private void Offer(float similarity, int row)
    {
        if (_count < k)
        {
            Rise(similarity, row);
        }
        else if (IsWorse(_similarities[0], _rows[0], similarity, row))
        {
            Sink(similarity, row);
        }
    }

    private void Rise(float similarity, int row)
    {
        if (_count == _rows.Length)
        {
            var length = (int)Math.Min(k, 2L * _count);
            Array.Resize(ref _similarities, length);
            Array.Resize(ref _rows, length);
        }

        var at = _count++;
        for (; at > 0; at = (at - 1) / 2)
        {
            var parent = (at - 1) / 2;
            if (!IsWorse(similarity, row, _similarities[parent], _rows[parent]))
            {
                break;
            }

            (_similarities[at], _rows[at]) = (_similarities[parent], _rows[parent]);
        }

        (_similarities[at], _rows[at]) = (similarity, row);
    }

    // Puts an entry in place of the top and lets it find its place.
    private void Sink(float similarity, int row)
    {
        var at = 0;
        while ((2 * at) + 1 < _count)
        {
            var child = (2 * at) + 1;
            if (child + 1 < _count && IsWorse(_similarities[child + 1], _rows[child + 1], _similarities[child], _rows[child]))
            {
                child++;
            }

            if (!IsWorse(_similarities[child], _rows[child], similarity, row))
            {
                break;
            }

            (_similarities[at], _rows[at]) = (_similarities[child], _rows[child]);
            at = child;
        }

        (_similarities[at], _rows[at]) = (similarity, row);
    }

    private static bool IsWorse(float similarityA, int rowA, float similarityB, int rowB) =>
        similarityA < similarityB || (similarityA == similarityB && rowA > rowB);
}
