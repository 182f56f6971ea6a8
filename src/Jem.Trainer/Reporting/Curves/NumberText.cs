using System.Globalization;

namespace Jem.Trainer.Reporting.Curves;

/// <summary>Numbers as a chart shows them: few digits, thousands as k, small ones as a power of ten.</summary>
internal static class NumberText
{
    private static readonly (double Size, string Letter)[] s_letters = [(1e9, "G"), (1e6, "M"), (1e3, "k")];

    /// <param name="percent">The number is a share, shown in per cent.</param>
    /// <param name="digits">Significant digits at the most.</param>
    public static string Of(double value, bool percent = false, int digits = 4)
    {
        if (percent)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Round(value * 100, digits):0.###}\u2009%");
        }

        var size = Math.Abs(value);
        if (size is > 0 and < 1e-3)
        {
            var exponent = (int)Math.Floor(Math.Log10(size));
            return string.Create(CultureInfo.InvariantCulture, $"{Round(value / Math.Pow(10, exponent), digits):0.###}e{exponent}").Replace("-", "−");
        }

        var (scale, letter) = size >= 10_000 ? s_letters.First(pair => size >= pair.Size) : (1, "");
        return string.Create(CultureInfo.InvariantCulture, $"{Round(value / scale, digits):#,0.######}{letter}").Replace("-", "−");
    }

    private static double Round(double value, int digits)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value;
        }

        var places = digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return Math.Round(value, Math.Clamp(places, 0, 15));
    }
}
