using Jem.Trainer.Eval.Linear;

namespace Jem.Trainer.Tests.Eval.Linear;

public sealed class LbfgsTests
{
    [Test]
    public void It_finds_the_bottom_of_a_long_valley()
    {
        var x = new float[12];
        Lbfgs.Minimize(Valley, x, iterations: 300, tolerance: 0);
        Assert.That(x, Is.All.EqualTo(3).Within(1e-3));

        // Curvatures from 1/32 to 64.
        static double Valley(float[] x, float[] gradient)
        {
            var value = 0.0;
            for (var i = 0; i < x.Length; i++)
            {
                var (curvature, distance) = (Math.Pow(2, i - 5), x[i] - 3.0);
                gradient[i] = (float)(curvature * distance);
                value += curvature / 2 * distance * distance;
            }

            return value;
        }
    }

    [Test]
    public void It_stays_where_the_gradient_is_zero()
    {
        float[] x = [1, 2];
        Lbfgs.Minimize((_, gradient) =>
        {
            gradient.AsSpan().Clear();
            return 5;
        }, x, iterations: 10);
        Assert.That(x, Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void The_number_of_iterations_is_kept()
    {
        var calls = 0;
        Lbfgs.Minimize((x, gradient) =>
        {
            calls++;
            gradient[0] = 4 * MathF.Pow(x[0] - 1, 3);
            return Math.Pow(x[0] - 1, 4);
        }, [3f], iterations: 2, tolerance: 0);
        Assert.That(calls, Is.GreaterThanOrEqualTo(3).And.LessThan(20));
    }
}
