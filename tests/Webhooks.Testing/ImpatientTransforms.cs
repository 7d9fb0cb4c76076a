using Webhooks.Core;
using Webhooks.Core.Transforms;

namespace Webhooks.Testing;

/// <summary>Runners of transforms with whom no script gets its turn.</summary>
public static class ImpatientTransforms
{
    public static TransformRunner Create() => new(new WebhooksOptions()) { Patience = TimeSpan.Zero };
}
