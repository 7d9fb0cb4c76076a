using System.Runtime.CompilerServices;
using Jint;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The end of a run that has come too deep into the stack of its thread, whichever functions it went through. What is left is many times as
/// much: an exception needs stack for each call that it passes, and where that ends the process does.
/// </summary>
internal sealed class TransformStack : Constraint
{
    private const int MostBytes = 2 * 1024 * 1024;

    private readonly nint _beginning = Address();

    public override void Check()
    {
        if (_beginning - Address() > MostBytes)
        {
            throw new InsufficientExecutionStackException();
        }
    }

    public override void Reset()
    {
        // The thread is the same, and so is where it began.
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Address()
    {
        byte here = 0;
        return Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref here);
    }
}
