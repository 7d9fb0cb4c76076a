using System.Text;
using Acornima;
using Acornima.Ast;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The source of a program in which values go through <see cref="TransformNames.Guard"/>, written line by line as it was.
/// </summary>
internal sealed class TransformRewriting
{
    private readonly StringBuilder _written = new();
    private readonly string _source;

    private TransformRewriting(string source) => _source = source;

    /// <param name="source">The source.</param>
    /// <param name="program">What it was parsed into, of <see cref="TransformSyntax"/>'s kinds of nodes alone.</param>
    public static string Rewrite(string source, Script program)
    {
        var rewriting = new TransformRewriting(source);
        rewriting.WriteParts(program, 0, source.Length, isInChain: false);
        return rewriting._written.ToString();
    }

    private void Write(Node node, int start, Node parent, bool isInChain)
    {
        if (node is TemplateLiteral { Expressions.Count: > 0 } template)
        {
            WriteTemplate(template);
            return;
        }

        var isGuarded = !isInChain && IsGuarded(node, parent);
        if (isGuarded)
        {
            _written.Append(TransformNames.Guard).Append('(');
        }

        WriteParts(node, start, node.End, isInChain);
        if (isGuarded)
        {
            _written.Append(')');
        }
    }

    /// <summary>What is between a node's parts as it stands in the source, and the parts rewritten.</summary>
    private void WriteParts(Node node, int start, int end, bool isInChain)
    {
        var position = start;
        foreach (var child in PartsOf(node))
        {
            // A pattern with a default value is said to begin where the name of its property does.
            var from = Math.Max(position, child.Start);
            _written.Append(_source, position, from - position);
            Write(child, from, node, IsInChain(node, child, isInChain));
            position = child.End;
        }

        _written.Append(_source, position, end - position);
    }

    /// <summary>
    /// A template as a sum of its pieces, each of which is not longer than what it is made of: the interpreter looks at the length of sums.
    /// </summary>
    private void WriteTemplate(TemplateLiteral template)
    {
        _written.Append(TransformNames.Guard).Append('(');
        for (var piece = 0; piece < template.Quasis.Count; piece++)
        {
            if (piece > 0)
            {
                _written.Append("+`${");
                var expression = template.Expressions[piece - 1];
                Write(expression, expression.Start, template, isInChain: false);
                _written.Append("}`+");
            }

            _written.Append('`').Append(template.Quasis[piece].Value.Raw).Append('`');
        }

        _written.Append(')');
    }

    private static bool IsGuarded(Node node, Node parent) => node switch
    {
        // Of a sum of many, the whole.
        BinaryExpression { Operator: Operator.Addition } sum =>
            parent is not BinaryExpression { Operator: Operator.Addition } outer || outer.Left != sum,
        AssignmentExpression { Operator: Operator.AdditionAssignment } => true,
        CallExpression or NewExpression => true,

        // Of what is deleted it is the place that counts.
        ChainExpression => parent is not UnaryExpression { Operator: Operator.Delete },
        ArrayExpression array => array.Elements.Any(element => element is SpreadElement),
        ObjectExpression @object => @object.Properties.Any(property => property is SpreadElement),
        _ => false,
    };

    /// <summary>Whether a part is what the links of an optional chain (<c>a?.b()</c>) hang on, which cannot be taken apart.</summary>
    private static bool IsInChain(Node node, Node child, bool nodeIsInChain) => node switch
    {
        ChainExpression => true,
        CallExpression call => nodeIsInChain && child == call.Callee,
        MemberExpression member => nodeIsInChain && child == member.Object,
        _ => false,
    };

    /// <summary>The parts of a node in the order of the source. Those of <c>{a}</c> are one.</summary>
    private static IEnumerable<Node> PartsOf(Node node) =>
        node is Property { Shorthand: true } property ? [property.Value] : node.ChildNodes.OrderBy(child => child.Start);
}
