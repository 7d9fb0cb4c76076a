using Acornima.Ast;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The part of JavaScript that transforms are written in: what has no life of its own beside the statements that are counted.
/// </summary>
internal static class TransformSyntax
{
    private static readonly HashSet<NodeType> _allowed =
    [
        NodeType.Program, NodeType.FunctionDeclaration, NodeType.FunctionExpression, NodeType.ArrowFunctionExpression,
        NodeType.BlockStatement, NodeType.ExpressionStatement, NodeType.EmptyStatement, NodeType.IfStatement, NodeType.ForStatement,
        NodeType.ForInStatement, NodeType.ForOfStatement, NodeType.WhileStatement, NodeType.DoWhileStatement, NodeType.ReturnStatement,
        NodeType.BreakStatement, NodeType.ContinueStatement, NodeType.LabeledStatement, NodeType.SwitchStatement, NodeType.SwitchCase,
        NodeType.ThrowStatement, NodeType.TryStatement, NodeType.CatchClause, NodeType.VariableDeclaration, NodeType.VariableDeclarator,
        NodeType.ArrayExpression, NodeType.ObjectExpression, NodeType.Property, NodeType.SpreadElement, NodeType.RestElement,
        NodeType.ArrayPattern, NodeType.ObjectPattern, NodeType.AssignmentPattern, NodeType.AssignmentExpression,
        NodeType.BinaryExpression, NodeType.LogicalExpression, NodeType.ConditionalExpression, NodeType.UnaryExpression,
        NodeType.UpdateExpression, NodeType.SequenceExpression, NodeType.MemberExpression, NodeType.CallExpression,
        NodeType.NewExpression, NodeType.ChainExpression, NodeType.ThisExpression, NodeType.Identifier, NodeType.Literal,
        NodeType.TemplateLiteral, NodeType.TemplateElement, NodeType.ParenthesizedExpression,
    ];

    /// <summary>Why a program is no transform; null when it is one.</summary>
    public static TransformError? Problem(Script program)
    {
        var rests = 0;
        return Problem(program, level: 0, ref rests);
    }

    private static TransformError? Problem(Node node, int level, ref int rests)
    {
        if (level > TransformLimits.SourceLevels)
        {
            return At(node, "It is nested too deeply.");
        }

        if (NameOfRefused(node) is { } name)
        {
            return At(node, $"A transform cannot have {name}.");
        }

        if (node is RestElement && ++rests > TransformLimits.RestElements)
        {
            return At(node, $"A transform can have {TransformLimits.RestElements} rest elements.");
        }

        foreach (var child in node.ChildNodes)
        {
            if (Problem(child, level + 1, ref rests) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? NameOfRefused(Node node) => node switch
    {
        IFunction { Async: true } or ForOfStatement { Await: true } or AwaitExpression => "asynchronous functions",
        IFunction { Generator: true } or YieldExpression => "generators",
        BigIntLiteral => "integers of any size (1n)",
        IClass => "classes",
        TaggedTemplateExpression => "tagged templates",
        ImportExpression or MetaProperty => "modules",
        _ when !_allowed.Contains(node.Type) => node.TypeText,
        _ => null,
    };

    private static TransformError At(Node node, string message) => new(node.Location.Start.Line, message);
}
