using System.Numerics.Tensors;

namespace Jem.Embed.Vectors;

/// <summary>
/// Counts vectors that are the same though the images are not: the sign of an encoder that has collapsed. It remembers a few vectors,
/// however many there are (the frequent items of Misra and Gries, 1982): one that most images share is always among them.
/// </summary>
public sealed class RepeatedVectors
{
    private const int Remembered = 8;
    private const float Tolerance = 1e-6f;

    private readonly List<Candidate> _candidates = [];
    private long _count;

    /// <summary>What tells images apart: equal for the same pixels, and almost surely not for others.</summary>
    public static int Content(ReadOnlySpan<byte> pixels)
    {
        var hash = new HashCode();
        hash.AddBytes(pixels);
        return hash.ToHashCode();
    }

    /// <summary>Looks at the next vectors.</summary>
    /// <param name="name">What a person calls the image of a row.</param>
    /// <param name="vectors">[N, D].</param>
    /// <param name="content">The <see cref="Content"/> of the image of a row.</param>
    public void Add(VectorMatrix vectors, Func<int, string> name, Func<int, int> content)
    {
        for (var row = 0; row < vectors.Count; row++)
        {
            Add(vectors.Row(row), content(row), () => name(row));
        }
    }

    /// <summary>
    /// One line for a person if half of the images may have one vector; otherwise null. Copies of the first image of a vector count once.
    /// </summary>
    /// <param name="encoder">What made the vectors.</param>
    public string? Warning(string encoder)
    {
        // A candidate has lost at most this of its count to vectors that could not be remembered.
        var lost = (_count - _candidates.Sum(candidate => candidate.Count)) / (Remembered + 1);
        return _candidates.MaxBy(candidate => candidate.Count) is { Count: > 1 } most && most.Count + lost > _count / 2.0
            ? $"{(lost > 0 ? "At least " : "")}{most.Count} of {_count} different images got the same vector as {most.Name}"
                + $"{(most.Vector.All(number => number == 0) ? " (zeros)" : "")}: {encoder} may have collapsed. Similarities between them mean nothing."
            : null;
    }

    private void Add(ReadOnlySpan<float> vector, int content, Func<string> name)
    {
        foreach (var candidate in _candidates)
        {
            if (candidate.Equals(vector))
            {
                // A copy of the image says nothing about the encoder.
                var copy = candidate.Content == content;
                candidate.Count += copy ? 0 : 1;
                _count += copy ? 0 : 1;
                return;
            }
        }

        _count++;
        if (_candidates.Count < Remembered)
        {
            _candidates.Add(new Candidate(vector.ToArray(), content, name()) { Count = 1 });
            return;
        }

        _candidates.ForEach(candidate => candidate.Count--);
        _candidates.RemoveAll(candidate => candidate.Count == 0);
    }

    private sealed class Candidate(float[] vector, int content, string name)
    {
        private readonly float _tolerance = Tolerance * Math.Abs(TensorPrimitives.MaxMagnitude<float>(vector));

        public float[] Vector => vector;

        public int Content => content;

        public string Name => name;

        public long Count { get; set; }

        public bool Equals(ReadOnlySpan<float> other)
        {
            for (var i = 0; i < vector.Length; i++)
            {
                if (!(Math.Abs(vector[i] - other[i]) <= _tolerance))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
