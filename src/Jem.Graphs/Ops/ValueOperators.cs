using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>Arithmetic on values as it is written in the papers.</summary>
public static class ValueOperators
{
    extension(Value)
    {
        public static Value operator +(Value a, Value b) => Op.Add(a, b);

        public static Value operator +(Value a, double b) => Op.Add(a, Op.ScalarLike(a, b));

        public static Value operator -(Value a, Value b) => Op.Sub(a, b);

        public static Value operator -(Value a, double b) => Op.Sub(a, Op.ScalarLike(a, b));

        public static Value operator -(double a, Value b) => Op.Sub(Op.ScalarLike(b, a), b);

        public static Value operator -(Value a) => Op.Neg(a);

        public static Value operator *(Value a, Value b) => Op.Mul(a, b);

        public static Value operator *(Value a, double b) => Op.Mul(a, Op.ScalarLike(a, b));

        public static Value operator *(double a, Value b) => b * a;

        public static Value operator /(Value a, Value b) => Op.Div(a, b);

        public static Value operator /(Value a, double b) => Op.Mul(a, Op.ScalarLike(a, 1 / b));
    }
}
