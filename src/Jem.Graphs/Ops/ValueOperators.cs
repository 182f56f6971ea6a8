using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>Arithmetic on values as it is written in the papers.</summary>
public static class ValueOperators
{
    extension(Value)
    {
        /// <summary>The sum; both broadcast.</summary>
        public static Value operator +(Value a, Value b) => Op.Add(a, b);

        /// <summary>The sum; both broadcast.</summary>
        public static Value operator +(Value a, double b) => Op.Add(a, Op.ScalarLike(a, b));

        /// <summary>The difference, or the negative; both broadcast.</summary>
        public static Value operator -(Value a, Value b) => Op.Sub(a, b);

        /// <summary>The difference, or the negative; both broadcast.</summary>
        public static Value operator -(Value a, double b) => Op.Sub(a, Op.ScalarLike(a, b));

        /// <summary>The difference, or the negative; both broadcast.</summary>
        public static Value operator -(double a, Value b) => Op.Sub(Op.ScalarLike(b, a), b);

        /// <summary>The difference, or the negative; both broadcast.</summary>
        public static Value operator -(Value a) => Op.Neg(a);

        /// <summary>The product, element by element; both broadcast.</summary>
        public static Value operator *(Value a, Value b) => Op.Mul(a, b);

        /// <summary>The product, element by element; both broadcast.</summary>
        public static Value operator *(Value a, double b) => Op.Mul(a, Op.ScalarLike(a, b));

        /// <summary>The product, element by element; both broadcast.</summary>
        public static Value operator *(double a, Value b) => b * a;

        /// <summary>The quotient, element by element; both broadcast.</summary>
        public static Value operator /(Value a, Value b) => Op.Div(a, b);

        /// <summary>The quotient, element by element; both broadcast.</summary>
        public static Value operator /(Value a, double b) => Op.Mul(a, Op.ScalarLike(a, 1 / b));
    }
}
