using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Nn;

/// <summary>Teachers, target networks, key encoders: the exponential moving average of a student (Tarvainen and Valpola, arXiv:1703.01780).</summary>
public static class Ema
{
    /// <summary>Every parameter θ′ of a teacher becomes m·θ′ + (1 − m)·θ, where θ is the student's after its step. Running statistics are left alone.</summary>
    /// <param name="momentum">m, a scalar in [0, 1].</param>
    public static void Follow(Net net, Value momentum)
    {
        using var scope = net.Enter("ema");
        foreach (var variable in net.Variables.Where(variable => variable.Follows is not null))
        {
            var (teacher, student) = (variable.Value, net.Latest(variable.Follows!));
            net.Update(teacher, (teacher * momentum) + (student * (Op.ScalarLike(momentum, 1) - momentum)));
        }
    }
}
