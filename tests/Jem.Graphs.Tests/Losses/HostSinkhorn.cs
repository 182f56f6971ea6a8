namespace Jem.Graphs.Tests.Losses;

/// <summary>
/// A second implementation of Sinkhorn's codes, in double: the dual potentials of samples and prototypes, of which the plan is made once
/// at the end (Peyré and Cuturi, Computational Optimal Transport, arXiv:1803.00567, section 4.4).
/// </summary>
internal static class HostSinkhorn
{
    /// <summary>Scores [B,K] → codes [B,K], whose rows sum to 1 and whose columns sum to about B/K.</summary>
    public static double[] Codes(double[] scores, int prototypes, double epsilon, int iterations)
    {
        var samples = scores.Length / prototypes;
        var (f, g) = (new double[samples], new double[prototypes]);
        double Cost(int b, int k) => scores[(b * prototypes) + k] / epsilon;
        for (var i = 0; i < iterations; i++)
        {
            for (var k = 0; k < prototypes; k++)
            {
                g[k] = Math.Log((double)samples / prototypes) - LogSumExp([.. Enumerable.Range(0, samples).Select(b => Cost(b, k) + f[b])]);
            }

            for (var b = 0; b < samples; b++)
            {
                f[b] = -LogSumExp([.. Enumerable.Range(0, prototypes).Select(k => Cost(b, k) + g[k])]);
            }
        }

        return [.. Enumerable.Range(0, scores.Length).Select(i => (b: i / prototypes, k: i % prototypes))
            .Select(at => Math.Exp(Cost(at.b, at.k) + f[at.b] + g[at.k]))];
    }

    private static double LogSumExp(double[] x) => x.Max() is var largest ? largest + Math.Log(x.Sum(element => Math.Exp(element - largest))) : 0;
}
