using System.Numerics.Tensors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>
/// Minimises a smooth function by limited-memory BFGS (Liu and Nocedal 1989; Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5)
/// with a backtracking line search.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10;

    /// <summary>Writes the gradient at x and returns the value.</summary>
    public delegate double Function(float[] x, float[] gradient);

    /// <summary>Moves x to the minimum, at most so many iterations.</summary>
    /// <param name="tolerance">Stops when the value falls by less than this share of itself.</param>
    /// <param name="report">Told which iteration is done, from 1.</param>
    public static void Minimize(Function function, float[] x, int iterations, double tolerance = 1e-6, Action<int>? report = null)
    {
        var (gradient, next, nextGradient) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        var pairs = new LinkedList<(float[] Step, float[] Change, double Curvature)>();
        var value = function(x, gradient);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var direction = Direction(gradient, pairs);
            var slope = Dot(direction, gradient);
            if (slope >= 0)
            {
                return;
            }

            // Armijo's condition; the first step has no scale yet.
            var (length, nextValue) = (iteration == 0 ? Math.Min(1, 1 / Norm(gradient)) : 1.0, double.PositiveInfinity);
            while (length > 1e-10)
            {
                TensorPrimitives.MultiplyAdd(direction, (float)length, x, next);
                nextValue = function(next, nextGradient);
                if (nextValue <= value + (1e-4 * length * slope))
                {
                    break;
                }

                length /= 2;
            }

            if (length <= 1e-10)
            {
                return;
            }

            Remember(pairs, x, next, gradient, nextGradient);
            next.CopyTo(x, 0);
            nextGradient.CopyTo(gradient, 0);
            var done = value - nextValue < tolerance * Math.Abs(value);
            value = nextValue;
            report?.Invoke(iteration + 1);
            if (done)
            {
                return;
            }
        }
    }

    // The two-loop recursion.
    private static float[] Direction(float[] gradient, LinkedList<(float[] Step, float[] Change, double Curvature)> pairs)
    {
        var direction = Array.ConvertAll(gradient, value => -value);
        var weights = new Stack<double>();
        for (var pair = pairs.Last; pair is not null; pair = pair.Previous)
        {
            var weight = Dot(pair.Value.Step, direction) / pair.Value.Curvature;
            weights.Push(weight);
            TensorPrimitives.MultiplyAdd(pair.Value.Change, (float)-weight, direction, direction);
        }

        if (pairs.Last is { } newest)
        {
            TensorPrimitives.Multiply(direction, (float)(newest.Value.Curvature / Dot(newest.Value.Change, newest.Value.Change)), direction);
        }

        for (var pair = pairs.First; pair is not null; pair = pair.Next)
        {
            var correction = weights.Pop() - (Dot(pair.Value.Change, direction) / pair.Value.Curvature);
            TensorPrimitives.MultiplyAdd(pair.Value.Step, (float)correction, direction, direction);
        }

        return direction;
    }

    private static void Remember(
        LinkedList<(float[] Step, float[] Change, double Curvature)> pairs, float[] x, float[] next, float[] gradient, float[] nextGradient)
    {
        var (step, change) = (new float[x.Length], new float[x.Length]);
        TensorPrimitives.Subtract(next, x, step);
        TensorPrimitives.Subtract(nextGradient, gradient, change);
        var curvature = Dot(step, change);
        if (curvature > 1e-12)
        {
            pairs.AddLast((step, change, curvature));
            if (pairs.Count > Memory)
            {
                pairs.RemoveFirst();
            }
        }
    }

    private static double Dot(float[] a, float[] b) => TensorPrimitives.Dot<float>(a, b);

    private static double Norm(float[] a) => TensorPrimitives.Norm<float>(a);
}
