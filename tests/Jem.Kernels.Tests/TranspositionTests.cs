using Jem.Kernels.Cpu.Layouts;

namespace Jem.Kernels.Tests;

public unsafe class TranspositionTests
{
    [TestCase("0 2 3 1", 1, 1)]
    [TestCase("0 3 1 2", 1, 2)]
    [TestCase("1 0", 0, 1)]
    [TestCase("2 0 1", 0, 2)]
    [TestCase("0 1 3 2", 2, 1)]
    public void Two_runs_of_axes_that_change_places_are_found(string perm, int batch, int rows) =>
        Assert.That(Transposition.Runs([.. perm.Split(' ').Select(int.Parse)]), Is.EqualTo((batch, rows)));

    [TestCase("0 1 2")]
    [TestCase("0 2 1 3")]
    [TestCase("2 1 0")]
    public void Other_permutations_are_left_alone(string perm) =>
        Assert.That(Transposition.Runs([.. perm.Split(' ').Select(int.Parse)]), Is.Null);

    [Test]
    public void Each_number_gets_its_place([Values(1, 3)] int batch, [Values(1, 8, 13, 96)] int rows, [Values(1, 31, 32, 77)] int columns)
    {
        float[] x = TestTensor.Normal(1, batch, rows, columns).Values, y = new float[x.Length];
        fixed (float* from = x, to = y)
        {
            Transposition.Compute(from, to, batch, rows, columns, (count, body) => Parallel.For(0, count, body));
        }

        for (var i = 0; i < x.Length; i++)
        {
            var (matrix, row, column) = (i / (rows * columns), i / columns % rows, i % columns);
            Assert.That(y[(((matrix * columns) + column) * rows) + row], Is.EqualTo(x[i]));
        }
    }
}
