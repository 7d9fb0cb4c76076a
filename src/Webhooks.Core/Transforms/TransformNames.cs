using System.Security.Cryptography;

namespace Webhooks.Core.Transforms;

/// <summary>The names by which a script that is being run calls back. Nobody can know them who writes one.</summary>
internal static class TransformNames
{
    private static readonly string _unguessable = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Takes the value of an expression that may have made something large, and gives it back.</summary>
    public static readonly string Guard = $"$guard{_unguessable}";

    /// <summary>Gives what the handler is called with.</summary>
    public static readonly string Input = $"$input{_unguessable}";

    /// <summary>Takes what the handler returned.</summary>
    public static readonly string Finish = $"$finish{_unguessable}";
}
