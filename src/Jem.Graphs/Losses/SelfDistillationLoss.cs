using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>DINO's self-distillation with a centred and sharpened teacher (Caron et al., arXiv:2104.14294, equations 1, 3 and 4, algorithm 1).</summary>
public static class SelfDistillationLoss
{
    /// <summary>
    /// Outputs [B,K] of the student for all views and of the teacher for the first of them (the global crops) → the mean over teachers t,
    /// students v ≠ t and rows of −Σₖ softmax((t − c)/τₜ)·ln softmax(v/τₛ). Neither teacher nor centre gets a gradient.
    /// Where no output stands out it is ln K.
    /// </summary>
    /// <param name="center">c [K], kept by <see cref="NextCenter"/>; this step's loss takes it as the last step left it.</param>
    /// <param name="studentTemperature">τₛ &gt; 0: 0.1 in the paper.</param>
    /// <param name="teacherTemperature">A scalar τₜ &gt; 0: from 0.04 to 0.07 over the first 30 epochs in the paper.</param>
    /// <exception cref="ArgumentException">The temperature is not positive, there are fewer than two views, or the shapes do not fit.</exception>
    public static Value Of(IReadOnlyList<Value> students, IReadOnlyList<Value> teachers, Value center, double studentTemperature, Value teacherTemperature)
    {
        if (!(studentTemperature > 0) || !ViewPairs.Fit(teachers, students) || !center.Shape.Equals([students[0].Shape[1]])
            || teacherTemperature.Shape.Rank != 0)
        {
            throw new ArgumentException(
                "DINO's loss needs a student temperature > 0 (0.1 in the paper), a scalar teacher temperature, students of at least 2 views, "
                + $"teachers of the first of them, all of one shape [B,K], and a center [K]; got student temperature {studentTemperature}, "
                + $"teacher temperature {teacherTemperature.Shape}, students {ViewPairs.Shapes(students)}, "
                + $"teachers {ViewPairs.Shapes(teachers)} and center {center.Shape}.");
        }

        return ViewPairs.CrossEntropy(
            [.. teachers.Select(teacher => StopGradient(Softmax((teacher - center) / teacherTemperature)))],
            [.. students.Select(student => student / studentTemperature)]);
    }

    /// <summary>The center [K] and the teacher's outputs [B,K] of its views → m·center + (1 − m)·mean of all their rows, a constant to the gradient.</summary>
    /// <param name="momentum">m in [0, 1]: 0.9 in the paper.</param>
    /// <exception cref="ArgumentException">The momentum is out of range, or the shapes do not fit.</exception>
    public static Value NextCenter(Value center, IReadOnlyList<Value> teachers, double momentum)
    {
        if (!(momentum >= 0 && momentum <= 1) || teachers.Count == 0
            || teachers.Any(teacher => teacher.Shape.Rank != 2 || !center.Shape.Equals([teacher.Shape[1]])))
        {
            throw new ArgumentException(
                "DINO's next center needs a momentum from 0 to 1 (0.9 in the paper), a center [K] and outputs [B,K] of the teacher; "
                + $"got momentum {momentum}, center {center.Shape} and teachers {ViewPairs.Shapes(teachers)}.");
        }

        return StopGradient((center * momentum) + (Mean(Concat(0, [.. teachers]), 0) * (1 - momentum)));
    }
}
